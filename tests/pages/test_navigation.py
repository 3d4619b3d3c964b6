"""What stands around every page."""

from pathlib import Path
from typing import Any

import pytest
from streamlit.runtime.pages_manager import PagesManager
from streamlit.testing.v1 import AppTest

from tests.pages.steps import PROJECT


@pytest.mark.parametrize("page", ["analyze", "data", "train", "runs", "about"])
@pytest.mark.parametrize("mode", ["own", "public"])
@pytest.mark.usefixtures("streamer")
def test_the_notice_stands_at_the_foot_of_every_page(page: str, mode: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EMOTION_MODE", mode)
    monkeypatch.setattr("pages.components.serving.prepare_process", lambda: None)  # it wants a real server
    make = PagesManager.__init__

    def make_as_served(manager: PagesManager, *arguments: Any, **options: Any) -> None:
        PagesManager.uses_pages_directory = False  # as `while_serving` does, which AppTest has not
        make(manager, *arguments, **options)

    monkeypatch.setattr(PagesManager, "__init__", make_as_served)
    at = AppTest.from_file(str(Path(PROJECT) / "streamlit_app.py"), default_timeout=60).run()
    at.switch_page(f"pages/{page}.py").run()
    assert not at.exception
    assert "not what a person feels" in at.caption[-1].value
