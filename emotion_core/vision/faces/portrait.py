"""A picture of one face and of nobody else."""

from collections.abc import Sequence

import cv2
import numpy as np

from emotion_core.vision.geometry import Box

PORTRAIT_SIDE = 240  # pixels
_MARGIN = 0.25  # of the face's size, around it
_GRAY = 128


def portrait(image: np.ndarray, box: Box, others: Sequence[Box]) -> np.ndarray:
    """One face and a little around it, uint8 [240, 240, 3] RGB, from a picture; other faces are painted gray."""
    height, width = image.shape[:2]
    side = min(height, width, round((1 + 2 * _MARGIN) * max(box.width, box.height)))
    left = int(np.clip(box.x + box.width // 2 - side // 2, 0, width - side))
    top = int(np.clip(box.y + box.height // 2 - side // 2, 0, height - side))
    crop = image[top : top + side, left : left + side].copy()
    for other in others:
        x, y = other.x - left, other.y - top
        crop[max(0, y) : max(0, y + other.height), max(0, x) : max(0, x + other.width)] = _GRAY
    return cv2.resize(crop, (PORTRAIT_SIDE, PORTRAIT_SIDE), interpolation=cv2.INTER_AREA)
