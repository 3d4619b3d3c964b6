"""What the live page does without while many stream."""

import os
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from emotion_core.vision.live.slots import StreamSlots
from pages.components import server_load, serving
from pages.components.server_load import (
    ANALYZING,
    ANALYZING_SHARE,
    FEW_STREAMS,
    SEARCHING_SHARE,
    RestingExecutor,
    camera_rate,
    giving_way,
    refresh_seconds,
)
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
        lowered = [
            thread.submit(giving_way(lambda word: (word, priority()), lambda: 1), "frame").result() for _ in range(2)
        ]
    assert lowered == [("frame", before + ANALYZING)] * 2
    assert priority() == before


def busy(seconds: float) -> str:
    """Take so much processor time."""
    end = time.thread_time() + seconds
    while time.thread_time() < end:
        pass
    return "done"


@pytest.fixture
def slept(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The seconds that threads rested, none of which the test waits for."""
    seconds: list[float] = []
    monkeypatch.setattr(server_load.time, "sleep", seconds.append)
    return seconds


def test_streams_rest_between_frames_while_many_of_them_share_the_processor(
    slept: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server_load, "give_way", lambda steps: None)
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    for streams, rests in ((FEW_STREAMS, 0.0), (6, 0.05 * (6 / (2 * ANALYZING_SHARE) - 1))):
        frame = giving_way(busy, lambda streams=streams: streams)
        assert frame(0.05) == frame(0.0) == "done"
        assert slept[-2] == 0, "the first frame waits for none"
        assert slept[-1] == pytest.approx(rests, rel=0.25)


def test_a_search_is_answered_before_its_thread_rests(slept: list[float]) -> None:
    with RestingExecutor(lambda: FEW_STREAMS) as searches:
        assert searches.submit(busy, 0.0).result() == "done"
    assert not slept
    with RestingExecutor(lambda: FEW_STREAMS + 1) as searches:
        assert searches.submit(busy, 0.05).result() == "done"
        with pytest.raises(ValueError, match="odd"):
            searches.submit(int, "odd").result()
    assert slept[0] == pytest.approx(0.05 * (1 / SEARCHING_SHARE - 1), rel=0.25)


def test_a_server_hands_the_interpreter_on_sooner_than_python_does(monkeypatch: pytest.MonkeyPatch) -> None:
    for elsewhere in ("cleanup.clean_up", "webrtc.drop_late_frames", "webrtc.read_datagrams_together"):
        monkeypatch.setattr(f"pages.components.{elsewhere}", lambda: None)  # they want a real server
    monkeypatch.setattr("emotion_core.process_memory.freeze_imported_modules", lambda: None)
    before = sys.getswitchinterval()
    try:
        serving._prepare.__wrapped__()
        assert sys.getswitchinterval() == pytest.approx(server_load.SWITCH_INTERVAL)
    finally:
        sys.setswitchinterval(before)
