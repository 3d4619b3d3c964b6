"""The detector searches beside the stream: slow, late, failing and rare searches."""

import threading
from concurrent.futures import Executor, Future, ThreadPoolExecutor

import numpy as np
import pytest

from emotion_core.vision.detection.landmarks import LandmarkDetector
from emotion_core.vision.geometry import Box
from emotion_core.vision.live.tracker import (
    EAGER_SEARCHES,
    MAX_SEARCH_INTERVAL,
    SEARCH_SHARE,
    FaceTracker,
)
from tests.vision.live.heads import RATE, StubDetector, scene


class ByHand(Executor):
    """Searches that are done when a test says so."""

    def __init__(self) -> None:
        self.begun: list[Future[tuple[list[Box], float]]] = []

    def submit(self, work, /, *args, **kwargs):  # type: ignore[no-untyped-def]
        self.begun.append(Future())
        return self.begun[-1]


def test_a_restart_waits_for_the_search_that_goes_on_and_throws_it_away(
    landmark_detector: LandmarkDetector, head: np.ndarray
) -> None:
    picture, boxes = scene(head, (120, 60))
    searches = ByHand()
    tracker = FaceTracker(StubDetector(), landmark_detector, searches)
    tracker.update(picture, 0.0)
    tracker.restart()
    tracker.update(picture, 1.0)
    assert len(searches.begun) == 1, "the detector is still busy"
    searches.begun[0].set_result((boxes, 0.1))
    assert tracker.update(picture, 1.1) == [], "those boxes are of another picture"
    tracker.update(picture, 1.5)
    searches.begun[1].set_result((boxes, 0.1))
    assert [track.track_id for track in tracker.update(picture, 1.6)] == [1]
    tracker.restart()
    tracker.update(picture, 2.0)
    searches.begun[-1].set_result((boxes, 0.1))
    assert [track.track_id for track in tracker.update(picture, 2.1)] == [2], "a number stands for one face only"


def test_a_search_that_took_ages_does_not_stop_the_next_one(
    landmark_detector: LandmarkDetector, head: np.ndarray
) -> None:
    picture, boxes = scene(head, (120, 60))
    searches = ByHand()
    tracker = FaceTracker(StubDetector(), landmark_detector, searches)
    for number in range(2 * EAGER_SEARCHES):
        tracker.update(picture, 100.0 * number)
        searches.begun[-1].set_result((boxes, 60.0))
        tracker.update(picture, 100.0 * number + 60)
    begun = len(searches.begun)
    tracker.update(picture, 100.0 * number + 60 + MAX_SEARCH_INTERVAL)
    assert len(searches.begun) == begun + 1


def test_frames_go_on_while_a_search_takes_its_time(landmark_detector: LandmarkDetector, head: np.ndarray) -> None:
    picture, boxes = scene(head, (120, 60))
    open_gate = threading.Event()

    class SlowDetector(StubDetector):
        def detect(self, image: np.ndarray, known: object = None) -> list[Box]:
            found = super().detect(image)
            assert open_gate.wait(30)
            assert np.array_equal(image, picture), "what was drawn on the frame meanwhile is not searched"
            return found

    detector = SlowDetector()
    detector.boxes = boxes
    with ThreadPoolExecutor(max_workers=2) as searches:
        tracker = FaceTracker(detector, landmark_detector, searches)
        first = picture.copy()
        assert tracker.update(first, 0.0) == []
        first[:] = 0
        assert all(tracker.update(picture, number / RATE) == [] for number in range(1, RATE))
        assert detector.asked == 1, "one search at a time"
        open_gate.set()
    assert [track.track_id for track in tracker.update(picture, 1.0)] == [1]


def test_on_a_busy_server_searches_become_rarer(landmark_detector: LandmarkDetector, head: np.ndarray) -> None:
    picture, boxes = scene(head, (120, 60))

    busy = ByHand()
    tracker = FaceTracker(StubDetector(), landmark_detector, busy)
    ends: dict[int, float] = {}
    for frame in range(200):
        now = frame / 10
        tracker.update(picture, now)
        end = ends.setdefault(len(busy.begun), now + 0.4)  # each search takes so long
        if now >= end and not busy.begun[-1].done():
            busy.begun[-1].set_result((boxes, 0.4))
    assert len(busy.begun) <= 2 * EAGER_SEARCHES + 20 / (0.4 / SEARCH_SHARE)


def test_a_search_that_fails_is_told_and_the_next_one_begins(
    landmark_detector: LandmarkDetector, head: np.ndarray
) -> None:
    picture, boxes = scene(head, (120, 60))

    class Failing(StubDetector):
        def detect(self, image: np.ndarray, known: object = None) -> list[Box]:
            if super().detect(image) and self.asked == 1:
                raise ValueError("broken")
            return self.boxes

    class AtOnce(Executor):
        def submit(self, work, /, *args, **kwargs):  # type: ignore[no-untyped-def]
            done: Future[list[Box]] = Future()
            try:
                done.set_result(work(*args, **kwargs))
            except ValueError as error:
                done.set_exception(error)
            return done

    detector = Failing()
    detector.boxes = boxes
    tracker = FaceTracker(detector, landmark_detector, AtOnce())
    with pytest.raises(ValueError, match="broken"):
        tracker.update(picture, 0.0)
    assert [track.track_id for track in tracker.update(picture, 0.5)] == [1]
