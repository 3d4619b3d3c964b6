"""What the live page shows when more visitors come than the server has slots."""

import numpy as np
import pytest

from tests.pages.steps import open_page, play


@pytest.fixture(autouse=True)
def one_slot(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EMOTION_STREAMS", "1")


def test_a_full_server_says_so_and_offers_a_snapshot(streamer: dict, example: np.ndarray) -> None:
    open_page("live")
    play(streamer, example)
    late = open_page("live")
    assert "video slots of this server are in use. You are in the queue" in late.warning[0].value
    assert not late.exception and late.get("camera_input")


def test_a_visitor_whose_time_is_over_goes_when_somebody_waits(streamer: dict, example: np.ndarray) -> None:
    first = open_page("live")
    play(streamer, example)
    callback = streamer["video_frame_callback"]
    late = open_page("live")
    first.session_state.stream.max_stay = 0.0
    play({"video_frame_callback": callback}, example)
    assert "because somebody else is waiting" in first.run().warning[0].value
    assert not late.run().warning and not late.get("camera_input"), "the slot is free for whoever stood in line"


def test_a_visitor_who_plays_keeps_the_session_when_another_took_the_place(streamer: dict, example: np.ndarray) -> None:
    at = open_page("live")
    play(streamer, example)
    slots = at.session_state.stream._slots
    slots.leave(at.session_state.stream.slot_key)
    slots.take("another")
    at.run()
    assert not at.get("camera_input") and len(at.session_state.stream.session) == 1
    play(streamer, example)
    assert "are in use" in at.run().warning[0].value
