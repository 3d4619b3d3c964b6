"""Who gets the rights of the operator."""

import pytest
from streamlit.testing.v1 import AppTest

from tests.pages.steps import labelled

PASSWORD = "correct horse battery staple"


def show_footer_only() -> None:
    from pages.components.footer import show_footer

    show_footer()


def test_a_session_without_a_connection_has_no_rights(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("EMOTION_MODE")
    at = AppTest.from_function(show_footer_only, default_timeout=60).run()
    assert "nobody else sees them" in at.caption[0].value


def test_the_operator_signs_in_and_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EMOTION_MODE", "public")
    monkeypatch.setenv("OPERATOR_PASSWORD", PASSWORD)
    monkeypatch.setenv("OPERATOR_NAME", "Ada")
    monkeypatch.setenv("OPERATOR_CONTACT", "ada@demo.example")
    at = AppTest.from_function(show_footer_only, default_timeout=60).run()
    assert "run by Ada, ada@demo.example" in at.caption[1].value
    labelled(at.text_input, "Password").set_value("wrong")
    labelled(at.button, "Sign in").click().run()
    assert "not the operator's password" in at.error[0].value
    labelled(at.text_input, "Password").set_value(PASSWORD)
    labelled(at.button, "Sign in").click().run()
    assert "Stored until you delete them" in at.caption[0].value
    labelled(at.button, "Sign out").click().run()
    assert labelled(at.button, "Sign in") and "nobody else sees them" in at.caption[0].value
