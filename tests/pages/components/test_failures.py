"""What a visitor sees of an error in a page."""

import tomllib

from streamlit.testing.v1 import AppTest

from tests.pages.steps import PROJECT


def fail() -> None:
    from pages.components.serving import show_failure

    show_failure(ValueError("/srv/app/models/secret.json"))


def test_an_error_in_a_page_is_one_sentence_and_names_no_file() -> None:
    at = AppTest.from_function(fail, default_timeout=60).run()
    assert not at.exception and len(at.main) == 1
    assert at.error[0].value.startswith("Something went wrong") and "/srv" not in at.error[0].value


def test_streamlit_itself_shows_no_details_either() -> None:
    config = tomllib.loads((PROJECT / ".streamlit" / "config.toml").read_text())
    assert config["client"]["showErrorDetails"] == "none"
