"""What the live page does without while many stream."""

import os
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from emotion_core.vision.live.slots import StreamSlots
from pages.components.server_load import ANALYZING, camera_rate, giving_way, refresh_seconds
from tests.pages.steps import open_page


@pytest.mark.parametrize(("streams", "seconds"), [(0, 0.25), (1, 0.25), (2, 0.25), (3, 0.5), (4, 0.5), (8, 1), (12, 1)])
def test_answers_are_written_anew_more_slowly_while_many_stream(streams: int, seconds: float) -> None:
    assert refresh_seconds(streams) == seconds


@pytest.mark.parametrize(("others", "rate"), [(0, 30), (1, 30), (2, 15), (8, 15)])
def test_a_camera_beside_many_is_asked_for_fewer_frames(others: int, rate: int) -> None:
    assert camera_rate(others) == rate


def test_a_page_that_is_opened_beside_others_asks_so_and_one_that_plays_keeps_its_rate(
    streamer: dict, monkeypatch: pytest.MonkeyPatch
) -> None:
    def asked() -> int:
        return streamer["media_stream_constraints"]["video"]["frameRate"]["ideal"]

    monkeypatch.setattr(StreamSlots, "taken", property(lambda slots: 5))
    monkeypatch.setattr(StreamSlots, "is_full_for", lambda slots, visitor: False)
    at = open_page("live")
    assert asked() == 15
    monkeypatch.setattr(StreamSlots, "taken", property(lambda slots: 0))
    at.run()
    assert asked() == 15


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="Elsewhere threads have no priority of their own.")
def test_the_thread_that_analyzes_lets_the_others_go_first() -> None:
    def priority() -> int:
        return os.getpriority(os.PRIO_PROCESS, threading.get_native_id())

    before = priority()
    with ThreadPoolExecutor(1) as thread:
        lowered = [thread.submit(giving_way(lambda word: (word, priority())), "frame").result() for _ in range(2)]
    assert lowered == [("frame", before + ANALYZING)] * 2
    assert priority() == before
