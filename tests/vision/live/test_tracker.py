"""Following real faces over rendered frames."""

import threading
from concurrent.futures import Executor, Future, ThreadPoolExecutor

import cv2
import numpy as np
import pytest

from emotion_core.vision.detection.landmarks import LandmarkDetector
from emotion_core.vision.geometry import Box, Landmarks
from emotion_core.vision.live.tracker import (
    EAGER_SEARCHES,
    KEPT_FOR,
    LEAD,
    MAX_SEARCH_INTERVAL,
    SEARCH_EVERY,
    SEARCH_SHARE,
    FaceTracker,
)
from tests.browser.camera import one_face, two_faces

RATE = 30


class StubDetector:
    """Knows where the faces are, and counts how often it is asked."""

    def __init__(self) -> None:
        self.boxes: list[Box] = []
        self.asked = 0

    def detect(self, image: np.ndarray) -> list[Box]:
        self.asked += 1
        return self.boxes


@pytest.fixture(scope="module")
def landmark_detector() -> LandmarkDetector:
    return LandmarkDetector()


@pytest.fixture(scope="module")
def head(example: np.ndarray) -> np.ndarray:
    return example[30:250, 110:330]


def scene(head: np.ndarray, *places: tuple[int, int]) -> tuple[np.ndarray, list[Box]]:
    """A gray picture with a copy of the head at each place (top left corner), and where the faces are."""
    picture = np.full((480, 960, 3), 110, np.uint8)
    boxes = []
    for x, y in places:
        height, width = head.shape[:2]
        picture[y : y + height, x : x + width] = head
        boxes.append(Box(x + 60, y + 30, 110, 110))
    return picture, boxes


def test_a_moving_face_keeps_its_number_and_the_detector_rests(landmark_detector: LandmarkDetector) -> None:
    detector = StubDetector()
    tracker = FaceTracker(detector, landmark_detector)
    frames = one_face()
    detector.boxes = [Box(250, 60, 150, 150)]
    seen = [tracker.update(frame, number / RATE) for number, frame in enumerate(frames)]
    assert {tuple(track.track_id for track in tracks) for tracks in seen} == {(1,)}
    assert detector.asked <= len(frames) / RATE / SEARCH_EVERY + 2 * EAGER_SEARCHES


def test_two_faces_are_two_numbers_largest_first(landmark_detector: LandmarkDetector) -> None:
    detector = StubDetector()
    detector.boxes = [Box(125, 150, 75, 75), Box(440, 150, 75, 75)]
    tracker = FaceTracker(detector, landmark_detector)
    for number, frame in enumerate(two_faces()[:40]):
        tracks = tracker.update(frame, number / RATE)
        first, second = (track.landmarks.box.area for track in tracks)
        assert sorted(track.track_id for track in tracks) == [1, 2] and LEAD * first >= second


def test_the_first_face_stays_first_until_another_is_clearly_larger(
    landmark_detector: LandmarkDetector, head: np.ndarray
) -> None:
    detector = StubDetector()
    tracker = FaceTracker(detector, landmark_detector)
    order, sizes = [], np.linspace(1.15, 0.7, 90)
    for frame, size in enumerate(sizes):
        other = cv2.resize(head, None, fx=size, fy=size, interpolation=cv2.INTER_AREA)
        picture, boxes = scene(other, (100, 100))
        right, more = scene(cv2.resize(head, None, fx=0.95, fy=0.95, interpolation=cv2.INTER_AREA), (600, 100))
        picture[:, 450:] = right[:, 450:]
        detector.boxes = boxes + more
        order.append([track.track_id for track in tracker.update(picture, frame / RATE)])
    about_as_large = [numbers for numbers, size in zip(order, sizes, strict=True) if size > 0.95 / LEAD**0.5 + 0.05]
    assert len({tuple(numbers) for numbers in about_as_large[5:]}) == 1
    assert order[-1] == order[5][::-1]


def test_a_short_miss_keeps_the_number_a_long_one_does_not(
    landmark_detector: LandmarkDetector, head: np.ndarray
) -> None:
    detector = StubDetector()
    tracker = FaceTracker(detector, landmark_detector)
    picture, boxes = scene(head, (300, 100))
    empty = np.full_like(picture, 110)

    def play(image: np.ndarray, found: list[Box], start: float, seconds: float) -> list[int]:
        detector.boxes = found
        for frame in range(round(seconds * RATE)):
            tracks = tracker.update(image, start + frame / RATE)
        return [track.track_id for track in tracks]

    assert play(picture, boxes, 0, 0.5) == [1]
    assert play(empty, [], 0.5, 0.4) == []
    assert play(picture, boxes, 0.9, 0.5) == [1]
    assert play(empty, [], 1.4, KEPT_FOR + 0.3) == []
    assert play(picture, boxes, 1.4 + KEPT_FOR + 0.3, 0.5) == [2]


def test_a_face_that_appears_is_there_within_half_a_second(
    landmark_detector: LandmarkDetector, head: np.ndarray
) -> None:
    detector = StubDetector()
    tracker = FaceTracker(detector, landmark_detector)
    alone, boxes = scene(head, (100, 100))
    detector.boxes = boxes
    for frame in range(31):
        tracker.update(alone, frame / RATE)
    both, detector.boxes = scene(head, (100, 100), (600, 100))
    counts = [len(tracker.update(both, (31 + frame) / RATE)) for frame in range(15)]
    assert counts[-1] == 2


def test_two_faces_that_come_close_keep_their_numbers(landmark_detector: LandmarkDetector, head: np.ndarray) -> None:
    detector = StubDetector()
    tracker = FaceTracker(detector, landmark_detector)
    smaller = cv2.resize(head, None, fx=0.8, fy=0.8, interpolation=cv2.INTER_AREA)
    order = []
    for frame in range(60):
        gap = 260 - round(120 * np.sin(np.pi * frame / 60))  # from 260 pixels to 140 and back
        picture, boxes = scene(smaller, (200, 100), (200 + gap, 100))
        detector.boxes = [Box(box.x - 12, box.y - 6, 88, 88) for box in boxes]
        tracks = sorted(tracker.update(picture, frame / RATE), key=lambda track: track.landmarks.box.x)
        order.append([track.track_id for track in tracks])
    assert order[0] == order[-1] and len(order[0]) == 2
    assert all(numbers == order[0] for numbers in order if len(numbers) == 2)
    assert sum(len(numbers) == 2 for numbers in order) >= 50


def test_a_find_that_is_no_face_is_not_followed(landmark_detector: LandmarkDetector, head: np.ndarray) -> None:
    detector = StubDetector()
    picture, _ = scene(head, (100, 100))
    detector.boxes = [Box(700, 300, 100, 100)]
    assert FaceTracker(detector, landmark_detector).update(picture, 0.0) == []


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


def test_a_face_out_of_reach_does_not_part_a_pair(landmark_detector: LandmarkDetector, head: np.ndarray) -> None:
    picture, boxes = scene(head, (300, 60))
    face = landmark_detector.confirm(picture, boxes[0])
    assert face is not None

    def moved(sides: float) -> Landmarks:
        return Landmarks(face.points + np.float32([sides * face.box.width, 0, 0]))

    tracker = FaceTracker(StubDetector(), landmark_detector)
    tracker._take_up([moved(0.0), moved(1.0)], 0.0)
    for track in tracker._tracks:
        track.is_visible = False
    tracker._take_up([moved(0.1), moved(-3.0)], 0.1)
    assert [track.track_id for track in tracker._tracks if track.is_visible] == [1, 3]


def test_frames_go_on_while_a_search_takes_its_time(landmark_detector: LandmarkDetector, head: np.ndarray) -> None:
    picture, boxes = scene(head, (120, 60))
    open_gate = threading.Event()

    class SlowFinder(StubDetector):
        def detect(self, image: np.ndarray) -> list[Box]:
            found = super().detect(image)
            assert open_gate.wait(30)
            assert np.array_equal(image, picture), "what was drawn on the frame meanwhile is not searched"
            return found

    detector = SlowFinder()
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
        def detect(self, image: np.ndarray) -> list[Box]:
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
