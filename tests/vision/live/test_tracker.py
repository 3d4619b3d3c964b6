"""Following real faces over rendered frames."""

import cv2
import numpy as np

from emotion_core.vision.detection.landmarks import LandmarkDetector
from emotion_core.vision.geometry import Box, Landmarks
from emotion_core.vision.live.tracker import (
    EAGER_SEARCHES,
    KEPT_FOR,
    LEAD,
    SEARCH_EVERY,
    FaceTracker,
)
from tests.browser.camera import one_face, two_faces
from tests.vision.live.heads import RATE, StubDetector, scene


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
