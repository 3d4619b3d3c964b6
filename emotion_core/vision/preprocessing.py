"""The one way from a face in a picture to the network's input; nothing else knows margins or scaling."""

from collections.abc import Sequence

import cv2
import numpy as np

from emotion_core.images import FACE_SIZE, resize_face, to_gray
from emotion_core.vision.face import Box

# Chosen with `benchmarks/crop.py` on FER2013 faces pasted into photographs: among the crops that move the probabilities
# least from those of the data set's own rows, this one gets the most answers right (docs/measurements.md).
CROP_SCALE = 1.0
CROP_OFFSET_Y = 0.03


def crop_faces(
    image: np.ndarray, boxes: Sequence[Box], scale: float = CROP_SCALE, offset_y: float = CROP_OFFSET_Y
) -> np.ndarray:
    """Faces framed as FER2013 frames them: uint8 [N, 48, 48], gray.

    image: uint8 [height, width, 3] RGB or [height, width] gray; boxes: as the cascade draws them.
    scale: side of the crop as a multiple of the box's. offset_y: shift of its centre down, in sides of the box.
    Where the crop reaches over the picture's edge, the edge pixels are repeated.
    """
    gray = to_gray(image)
    faces = [resize_face(_crop_square(gray, box, scale, offset_y)) for box in boxes]
    return np.stack(faces) if faces else np.empty((0, FACE_SIZE, FACE_SIZE), np.uint8)


def to_network_input(faces: np.ndarray, channels: int) -> np.ndarray:
    """Faces uint8 [N, 48, 48] as float32 [N, 48, 48, channels] from 0 to 255; scaling is the network's first layer."""
    return np.repeat(faces.astype(np.float32)[..., np.newaxis], channels, axis=-1)


def _crop_square(gray: np.ndarray, box: Box, scale: float, offset_y: float) -> np.ndarray:
    side = max(1, round(max(box.width, box.height) * scale))
    left = round(box.x + box.width / 2 - side / 2)
    top = round(box.y + box.height / 2 + box.height * offset_y - side / 2)
    height, width = gray.shape
    inside = gray[max(top, 0) : max(top + side, 0), max(left, 0) : max(left + side, 0)]
    if inside.size == 0:
        raise ValueError(f"{box} lies outside the picture of {width} x {height} pixels.")
    return cv2.copyMakeBorder(
        inside,
        max(-top, 0),
        max(top + side - height, 0),
        max(-left, 0),
        max(left + side - width, 0),
        cv2.BORDER_REPLICATE,
    )
