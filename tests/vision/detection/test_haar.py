import cv2
import numpy as np
import pytest

from emotion_core.vision.detection.available import LIVE_DETECTOR, new_detector
from emotion_core.vision.detection.haar import LIVE_SETTINGS, AlternatingCascade, CascadeDetector, CascadeSettings
from emotion_core.vision.geometry import Box

# The example's face, measured by eye: brows to chin.
EXAMPLE_FACE = Box(178, 72, 92, 92)


@pytest.mark.parametrize("settings", [CascadeSettings(), *LIVE_SETTINGS])
def test_the_face_is_found_where_it_is(settings: CascadeSettings, example: np.ndarray) -> None:
    height, width = example.shape[:2]
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), -settings.roll, 1)
    face = EXAMPLE_FACE
    x, y = turn @ (face.x + face.width / 2, face.y + face.height / 2, 1)
    expected = Box(round(x - face.width / 2), round(y - face.height / 2), face.width, face.height)
    boxes = CascadeDetector(settings).detect(cv2.warpAffine(example, turn, (width, height)))
    assert max(box.iou(expected) for box in boxes) > 0.6


def test_boxes_are_in_pixels_of_the_picture_given(example: np.ndarray) -> None:
    enlarged = np.repeat(np.repeat(example, 3, axis=0), 3, axis=1)
    boxes = CascadeDetector().detect(enlarged)
    assert max(box.iou(Box(534, 216, 276, 276)) for box in boxes) > 0.6


@pytest.mark.parametrize("shape", [(480, 640, 3), (480, 640), (1, 1, 3), (5, 2000), (1, 2000)])
def test_a_picture_without_a_face_has_no_boxes(shape: tuple[int, ...]) -> None:
    assert CascadeDetector().detect(np.full(shape, 128, np.uint8)) == []


def test_largest_face_comes_first(example: np.ndarray) -> None:
    scene = np.zeros((512, 1024, 3), np.uint8)
    scene[:, 512:] = example
    scene[100:356, 100:356] = example[::2, ::2]
    widths = [box.width for box in CascadeDetector().detect(scene)]
    assert len(widths) >= 2 and widths == sorted(widths, reverse=True)


@pytest.mark.parametrize(
    ("other", "overlap"),
    [(Box(0, 0, 10, 10), 1.0), (Box(5, 0, 10, 10), 1 / 3), (Box(10, 0, 10, 10), 0.0), (Box(2, 2, 5, 5), 0.25)],
)
def test_intersection_over_union(other: Box, overlap: float) -> None:
    assert Box(0, 0, 10, 10).iou(other) == pytest.approx(overlap)


def test_a_box_needs_a_size() -> None:
    with pytest.raises(ValueError, match="positive size"):
        Box(1, 1, 0, 5)


def test_live_cascade_and_blazeface_take_turns(example: np.ndarray) -> None:
    both = new_detector(LIVE_DETECTOR, live=True)
    first, second = (new_detector(detector, live=True).detect(example) for detector in ("blazeface", "cascade"))
    assert [both.detect(example) for _ in range(2)] == [first, second] and first != second


def test_searches_take_turns_with_their_settings(example: np.ndarray) -> None:
    alternating = AlternatingCascade(LIVE_SETTINGS)
    expected = [CascadeDetector(settings).detect(example) for settings in LIVE_SETTINGS]
    assert [alternating.detect(example) for _ in range(2 * len(expected))] == expected * 2
    assert any(boxes != expected[0] for boxes in expected)
