import cv2
import numpy as np
import pytest

from emotion_core.images import FACE_SIZE, resize_face, to_gray
from emotion_core.training import aligned_faces
from emotion_core.training.aligned_faces import align_faces
from emotion_core.vision.detection.landmarks import LandmarkDetector
from emotion_core.vision.geometry import Box


def test_a_tilted_face_is_turned_and_what_is_none_stays(example: np.ndarray) -> None:
    face = resize_face(to_gray(example)[60:180, 164:284])
    turn = cv2.getRotationMatrix2D((FACE_SIZE / 2, FACE_SIZE / 2), 20, 1)
    tilted = cv2.warpAffine(face, turn, (FACE_SIZE, FACE_SIZE), borderMode=cv2.BORDER_REPLICATE)
    blank = np.full_like(face, 90)
    given = np.stack([tilted, blank])
    turned = align_faces(given)
    assert turned is not None
    landmark_detector, whole = LandmarkDetector(), Box(0, 0, FACE_SIZE, FACE_SIZE)
    before, after = (landmark_detector.confirm(image, whole) for image in (tilted, turned[0]))
    assert before is not None and after is not None
    assert abs(np.degrees(before.roll)) > 15 and abs(np.degrees(after.roll)) < 4
    assert np.array_equal(turned[1], blank) and np.array_equal(given[0], tilted)


def test_it_says_how_far_it_is_and_can_be_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(aligned_faces, "_PART", 2)
    blank, told = np.zeros((5, FACE_SIZE, FACE_SIZE), np.uint8), list[int]()
    turned = align_faces(blank, lambda done: told.append(done) is None)
    assert turned is not None and len(turned) == 5 and told == [2, 4, 5]
    assert align_faces(blank, lambda done: False) is None
