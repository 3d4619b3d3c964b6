"""When the server lets go of what a session has uploaded."""

from typing import Any

import numpy as np
import pytest
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager

from tests.pages.steps import labelled, open_page, png


@pytest.fixture
def released(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The sessions whose files were let go, one after the other."""
    sessions = list[str]()
    monkeypatch.setattr(MemoryUploadedFileManager, "remove_session_files", lambda _, name: sessions.append(name))
    return sessions


def test_files_are_forgotten_with_their_results(released: list[str]) -> None:
    at = open_page("analyze")
    labelled(at.file_uploader, "Pictures or videos").upload("broken.jpg", b"no picture", "image/jpeg").run()
    assert at.error and at.session_state.analyses
    released.clear()
    labelled(at.button, "Forget the results").click().run()
    at.run()
    assert not at.exception and not at.error and not at.session_state.analyses and len(released) == 1


def test_files_of_another_page_are_let_go(released: list[str]) -> None:
    at = open_page("analyze")
    released.clear()
    at.run()
    assert not released
    at.session_state.page_of_uploads = "another"
    at.run()
    assert len(released) == 1


def test_a_snapshot_is_let_go_before_another_one_is_taken(
    streamer: dict[str, Any], example: np.ndarray, released: list[str]
) -> None:
    at = open_page("live")
    at.get("button_group")[0].set_value("Snapshot").run()
    at.camera_input[0].upload("snapshot.jpg", png(example[300:]), "image/jpeg").run()
    released.clear()
    labelled(at.button, "Take another").click().run()
    assert not at.exception and len(released) == 1 and at.camera_input
