import cv2
import numpy as np
import pytest

from emotion_core.vision.detection.landmarks import PRESENCE_THRESHOLD, LandmarkDetector, search_region
from emotion_core.vision.faces.alignment import FRAMING, alignment_transform, crop_faces
from emotion_core.vision.geometry import Box, Landmarks

FACE = Box(170, 60, 110, 110)  # in the example picture


@pytest.fixture(scope="module")
def landmark_detector() -> LandmarkDetector:
    return LandmarkDetector()


def tilted(picture: np.ndarray, degrees: float) -> np.ndarray:
    """The picture turned clockwise about its face."""
    middle = (FACE.x + FACE.width / 2, FACE.y + FACE.height / 2)
    turn = cv2.getRotationMatrix2D(middle, -degrees, 1)
    return cv2.warpAffine(picture, turn, picture.shape[1::-1], borderMode=cv2.BORDER_REPLICATE)


def found(landmark_detector: LandmarkDetector, picture: np.ndarray) -> Landmarks:
    face = landmark_detector.confirm(picture, FACE)
    assert face is not None
    return face


def test_a_face_is_confirmed_and_its_parts_are_in_their_places(
    landmark_detector: LandmarkDetector, example: np.ndarray
) -> None:
    face = found(landmark_detector, example)
    left, right, mouth = face.keypoints
    assert left[0] < mouth[0] < right[0] and max(left[1], right[1]) < mouth[1]
    assert face.box.iou(FACE) > 0.5
    assert abs(face.yaw) < 0.3 and abs(np.degrees(face.roll)) < 10


def test_what_is_no_face_is_not_confirmed(landmark_detector: LandmarkDetector, example: np.ndarray) -> None:
    assert landmark_detector.confirm(example, Box(20, 380, 110, 110)) is None
    assert landmark_detector.confirm(np.zeros((200, 200, 3), np.uint8), Box(50, 50, 100, 100)) is None


@pytest.mark.parametrize("degrees", [-30, -15, 15, 30])
def test_tilt_is_measured_and_taken_out_of_the_crop(
    landmark_detector: LandmarkDetector, example: np.ndarray, degrees: float
) -> None:
    upright, turned = found(landmark_detector, example), tilted(example, degrees)
    face = found(landmark_detector, turned)
    assert np.degrees(face.roll - upright.roll) == pytest.approx(degrees, abs=3)
    as_mesh = np.corrcoef(crop_faces(example, [upright]).ravel(), crop_faces(turned, [face]).ravel())[0, 1]
    as_box = np.corrcoef(crop_faces(example, [FACE]).ravel(), crop_faces(turned, [FACE]).ravel())[0, 1]
    assert as_mesh > 0.97 > as_box + 0.05


def test_eyes_and_mouth_come_to_lie_where_the_data_set_has_them(
    landmark_detector: LandmarkDetector, example: np.ndarray
) -> None:
    face = found(landmark_detector, tilted(example, 20))
    to_face = alignment_transform(face)
    placed = face.keypoints @ to_face[:, :2].T + to_face[:, 2]
    assert np.abs(placed - FRAMING).max() < 3


def test_a_face_is_followed_by_looking_where_it_was(landmark_detector: LandmarkDetector, example: np.ndarray) -> None:
    face = found(landmark_detector, example)
    moved = np.roll(example, (6, 10), axis=(0, 1))
    again, presence = landmark_detector.locate(moved, search_region(face))
    assert presence > PRESENCE_THRESHOLD
    assert again.keypoints == pytest.approx(face.keypoints + np.array([10, 6]), abs=2)


def test_gray_pictures_and_faces_half_outside_are_looked_at_too(
    landmark_detector: LandmarkDetector, example: np.ndarray
) -> None:
    assert landmark_detector.confirm(example[..., 1].copy(), FACE) is not None
    assert crop_faces(example[:, 200:], [found(landmark_detector, example)]).shape == (1, 48, 48)
