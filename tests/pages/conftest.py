"""Stream slots of their own for the pages, and a stand-in for the browser's camera."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import streamlit as st


@pytest.fixture(autouse=True)
def runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("EMOTION_RUNS", str(tmp_path / "runs"))
    return tmp_path / "runs"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where uploads and own faces are kept; everything is open."""
    monkeypatch.setenv("EMOTION_MODE", "own")
    monkeypatch.setenv("EMOTION_DATA", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture(autouse=True)
def no_navigation(monkeypatch: pytest.MonkeyPatch) -> None:
    """A page that is tested alone has no others to link to."""
    monkeypatch.setattr(st, "page_link", lambda page, *, label: st.markdown(f"[{label}]({page})"))


@pytest.fixture
def streamer(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Stands for the WebRTC component: keeps what the page gave it, and plays. No other visitor has a slot."""
    st.cache_resource.clear()
    given: dict[str, Any] = {}

    def webrtc_streamer(**options: Any) -> SimpleNamespace:
        given.update(options)
        return SimpleNamespace(state=given.get("state", SimpleNamespace(playing=True, signalling=False)))

    monkeypatch.setattr("pages.components.camera.webrtc_streamer", webrtc_streamer)
    monkeypatch.setattr("pages.components.cache.search_threads", lambda: None)  # the first frame already has its faces
    return given
