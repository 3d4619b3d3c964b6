"""A connection outlasts runs whose ends are sent together, and ends where the page was left."""

from types import SimpleNamespace

import pytest
import streamlit_webrtc.component as webrtc
from streamlit.testing.v1 import AppTest
from streamlit_webrtc.component import WebRtcStreamerState


def _page() -> None:
    import streamlit as st

    from emotion_core.registry.active import active_model
    from emotion_core.vision.faces.classifier import Classifier
    from pages.components.camera import show_video, visitors_stream

    if not st.session_state.get("elsewhere"):
        show_video(visitors_stream(Classifier(active_model())), "user")


@pytest.mark.parametrize("elsewhere", [False, True])
def test_a_video_ends_where_a_run_passed_it_over_and_only_there(
    elsewhere: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = SimpleNamespace(script_run_count=1)
    monkeypatch.setattr(webrtc, "get_this_session_info", lambda: session)
    at = AppTest.from_function(_page).run()
    assert not at.exception
    at.session_state["live"]._set_state(WebRtcStreamerState(playing=True, signalling=False))
    at.session_state["elsewhere"] = elsewhere
    at.run()
    at.session_state["elsewhere"] = False
    session.script_run_count = 4
    at.run()
    assert not at.exception
    assert at.session_state["live"].state.playing is not elsewhere
