"""The crop's geometry, and the wall it stands for: a data set row and a face in a photo get the same answer."""

import cv2
import numpy as np
import pytest

from emotion_core.images import resize_face, to_gray
from emotion_core.vision.detection.haar import CascadeDetector
from emotion_core.vision.detection.landmarks import LandmarkDetector
from emotion_core.vision.faces.alignment import crop_box, crop_faces, to_network_input
from emotion_core.vision.faces.analyzer import FaceAnalyzer
from emotion_core.vision.faces.classifier import Classifier
from emotion_core.vision.geometry import Box

# How far a face's seven probabilities may move (half the sum of differences) on their way through a photo: measured
# 0.05 to 0.12 for this face at these sizes; a crop 15 % too wide moves them by 0.3 and more.
TOLERANCE = 0.2


def test_a_crop_of_the_box_itself_is_the_box() -> None:
    picture = np.random.default_rng(0).integers(0, 256, (200, 300), np.uint8)
    face = crop_box(picture, Box(60, 70, 48, 48), scale=1.0, offset_y=0.0)
    assert np.array_equal(face, picture[70:118, 60:108])


def test_scale_and_offset_move_the_frame() -> None:
    picture = np.zeros((300, 300), np.uint8)
    picture[100:196, 100:196] = 255  # a white square twice the input's size
    whole = crop_box(picture, Box(124, 124, 48, 48), scale=2.0, offset_y=0.0)
    assert whole.min() == 255
    lower = crop_box(picture, Box(124, 124, 48, 48), scale=2.0, offset_y=0.5)
    assert lower[:36].min() == 255 and lower[36:].max() == 0


def test_beyond_the_edge_the_edge_is_repeated() -> None:
    picture = np.tile(np.arange(100, dtype=np.uint8), (100, 1))
    face = crop_box(picture, Box(-24, 10, 48, 48), scale=1.0, offset_y=0.0)
    assert np.array_equal(face[:, :24], np.zeros((48, 24))) and np.array_equal(face[0, 24:], np.arange(24))
    with pytest.raises(ValueError, match="outside the picture"):
        crop_faces(picture, [Box(500, 500, 48, 48)])


def test_no_boxes_no_faces() -> None:
    assert crop_faces(np.zeros((10, 10, 3), np.uint8), []).shape == (0, 48, 48)


def test_network_input_keeps_the_pixel_range() -> None:
    faces = np.arange(2 * 48 * 48, dtype=np.uint32).astype(np.uint8).reshape(2, 48, 48)
    values = to_network_input(faces, channels=3)
    assert values.dtype == np.float32 and values.shape == (2, 48, 48, 3)
    assert np.array_equal(values[..., 2], faces) and values.max() == 255


@pytest.mark.parametrize("side", [80, 150, 300])
@pytest.mark.parametrize(
    "landmark_detector", [None, LandmarkDetector()], ids=["by the box", "by the landmark_detector"]
)
def test_a_row_and_the_same_face_in_a_photo_get_the_same_answer(
    side: int, landmark_detector: LandmarkDetector | None, example: np.ndarray, classifier: Classifier
) -> None:
    gray = to_gray(example)
    box = CascadeDetector().detect(gray)[0]
    row = crop_box(gray, box)

    photo = np.ascontiguousarray(cv2.resize(example, (800, 600))[::-1])  # a real scene, its own face upside down
    enlarged = cv2.resize(row, (side, side), interpolation=cv2.INTER_CUBIC)
    photo[250 : 250 + side, 120 : 120 + side] = enlarged[..., np.newaxis]

    analyzer = FaceAnalyzer(CascadeDetector(), classifier, landmark_detector)
    place = Box(120, 250, side, side)
    faces = [face for face in analyzer.analyze(photo) if face.box.iou(place) > 0.5]
    assert len(faces) == 1
    through_photo = np.array([faces[0].probabilities[label] for label in classifier.labels])
    direct = classifier.predict(resize_face(row)[np.newaxis])[0]
    assert np.abs(through_photo - direct).sum() / 2 < TOLERANCE
    assert through_photo.argmax() == direct.argmax()
