"""What is said of faces that are hard to read."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from emotion_core.emotions import EMOTIONS
from emotion_core.vision.faces.face import Face
from emotion_core.vision.faces.quality import remarks, sharpness
from emotion_core.vision.geometry import Box, Landmarks

CROP = np.kron(np.random.default_rng(0).integers(40, 220, (8, 8)), np.ones((6, 6))).astype(np.uint8)
GOOD = Face(Box(100, 100, 120, 120), dict.fromkeys(EMOTIONS, 1 / 7), crop=CROP)


def turned(yaw: float) -> Landmarks:
    """Eyes 40 pixels apart, and the tip of the nose so many of these distances off their middle."""
    points = np.zeros((468, 3), np.float32)
    points[[33, 133], 0], points[[362, 263], 0], points[1, 0] = 100, 140, 120 + 40 * yaw
    return Landmarks(points)


@pytest.mark.parametrize(
    ("face", "expected"),
    [
        (GOOD, []),
        (replace(GOOD, box=Box(100, 100, 30, 30)), ["small"]),
        (replace(GOOD, crop=cv2.GaussianBlur(CROP, (0, 0), 3)), ["blurred"]),
        (replace(GOOD, crop=CROP // 5), ["dark"]),
        (replace(GOOD, box=Box(0, 100, 120, 120)), ["cut off"]),
        (replace(GOOD, box=Box(100, 390, 120, 120)), ["cut off"]),
        (replace(GOOD, landmarks=turned(0.4)), ["turned"]),
        (replace(GOOD, landmarks=turned(-0.1)), []),
        (replace(GOOD, box=Box(-5, 0, 20, 20), crop=np.zeros_like(CROP)), ["small", "blurred", "dark", "cut off"]),
    ],
)
def test_each_fault_has_its_word(face: Face, expected: list[str]) -> None:
    assert remarks(face, width=640, height=480) == expected


def test_sharpness_falls_with_blur_and_not_with_light() -> None:
    values = [sharpness(cv2.GaussianBlur(CROP, (0, 0), sigma)) for sigma in (0.5, 1.0, 2.0)]
    assert values == sorted(values, reverse=True) and values[0] > 4 * values[-1]
    assert sharpness(CROP // 2) == pytest.approx(sharpness(CROP), rel=0.05)
