import cv2
import numpy as np
import pytest

from emotion_core.vision.detection.landmarks import PRESENT, FaceMesh, region_of
from emotion_core.vision.faces.alignment import FRAMING, crop_faces, face_transform
from emotion_core.vision.geometry import Box, Mesh

FACE = Box(170, 60, 110, 110)  # in the example picture


@pytest.fixture(scope="module")
def mesh() -> FaceMesh:
    return FaceMesh()


def tilted(picture: np.ndarray, degrees: float) -> np.ndarray:
    """The picture turned clockwise about its face."""
    middle = (FACE.x + FACE.width / 2, FACE.y + FACE.height / 2)
    turn = cv2.getRotationMatrix2D(middle, -degrees, 1)
    return cv2.warpAffine(picture, turn, picture.shape[1::-1], borderMode=cv2.BORDER_REPLICATE)


def found(mesh: FaceMesh, picture: np.ndarray) -> Mesh:
    face = mesh.confirm(picture, FACE)
    assert face is not None
    return face


def test_a_face_is_confirmed_and_its_parts_are_in_their_places(mesh: FaceMesh, example: np.ndarray) -> None:
    face = found(mesh, example)
    left, right, mouth = face.anchors
    assert left[0] < mouth[0] < right[0] and max(left[1], right[1]) < mouth[1]
    assert face.box.iou(FACE) > 0.5
    assert abs(face.turn) < 0.3 and abs(np.degrees(face.roll)) < 10


def test_what_is_no_face_is_not_confirmed(mesh: FaceMesh, example: np.ndarray) -> None:
    assert mesh.confirm(example, Box(20, 380, 110, 110)) is None
    assert mesh.confirm(np.zeros((200, 200, 3), np.uint8), Box(50, 50, 100, 100)) is None


@pytest.mark.parametrize("degrees", [-30, -15, 15, 30])
def test_tilt_is_measured_and_taken_out_of_the_crop(mesh: FaceMesh, example: np.ndarray, degrees: float) -> None:
    upright, turned = found(mesh, example), tilted(example, degrees)
    face = found(mesh, turned)
    assert np.degrees(face.roll - upright.roll) == pytest.approx(degrees, abs=3)
    as_mesh = np.corrcoef(crop_faces(example, [upright]).ravel(), crop_faces(turned, [face]).ravel())[0, 1]
    as_box = np.corrcoef(crop_faces(example, [FACE]).ravel(), crop_faces(turned, [FACE]).ravel())[0, 1]
    assert as_mesh > 0.97 > as_box + 0.05


def test_eyes_and_mouth_come_to_lie_where_the_data_set_has_them(mesh: FaceMesh, example: np.ndarray) -> None:
    face = found(mesh, tilted(example, 20))
    to_face = face_transform(face)
    placed = face.anchors @ to_face[:, :2].T + to_face[:, 2]
    assert np.abs(placed - FRAMING).max() < 3


def test_a_face_is_followed_by_looking_where_it_was(mesh: FaceMesh, example: np.ndarray) -> None:
    face = found(mesh, example)
    moved = np.roll(example, (6, 10), axis=(0, 1))
    again, presence = mesh.look(moved, region_of(face))
    assert presence > PRESENT
    assert again.anchors == pytest.approx(face.anchors + np.array([10, 6]), abs=2)


def test_gray_pictures_and_faces_half_outside_are_looked_at_too(mesh: FaceMesh, example: np.ndarray) -> None:
    assert mesh.confirm(example[..., 1].copy(), FACE) is not None
    assert crop_faces(example[:, 200:], [found(mesh, example)]).shape == (1, 48, 48)
