"""The one way from a face in a picture to the network's input; nothing else knows margins or scaling."""

from collections.abc import Sequence

import cv2
import numpy as np

from emotion_core.images import FACE_SIZE, resize_face, to_gray
from emotion_core.vision.geometry import Box, Landmarks

# Chosen with `benchmarks/crop.py` on FER2013 faces pasted into photographs: among the crops that move the probabilities
# least from those of the data set's own rows, this one gets the most answers right (docs/measurements.md).
CROP_SCALE = 1.0
CROP_OFFSET_Y = 0.03

# Where FER2013 has the left eye, the right eye and the mouth, in its 48 pixels: medians over 1,500 training rows that
# `benchmarks/framing.py` prints.
FRAMING = np.array([[14.1, 18.5], [32.6, 18.0], [23.7, 36.5]])
_FINEST = 8  # a face is sampled at no more than this many times 48 pixels before it is averaged down


def crop_faces(image: np.ndarray, places: Sequence[Box | Landmarks]) -> np.ndarray:
    """Faces framed as FER2013 frames them: uint8 [N, 48, 48], gray.

    image: uint8 [height, width, 3] RGB or [height, width] gray; places: boxes as the cascade draws them, or landmarks,
    whose faces are turned upright. Where the crop reaches over the picture's edge, the edge pixels are repeated.
    """
    gray = to_gray(image)
    faces = [align_face(gray, place) if isinstance(place, Landmarks) else crop_box(gray, place) for place in places]
    return np.stack(faces) if faces else np.empty((0, FACE_SIZE, FACE_SIZE), np.uint8)


def crop_box(gray: np.ndarray, box: Box, scale: float = CROP_SCALE, offset_y: float = CROP_OFFSET_Y) -> np.ndarray:
    """The face that a cascade boxed, uint8 [48, 48].

    scale: side of the crop as a multiple of the box's. offset_y: shift of its centre down, in sides of the box.
    """
    return resize_face(_crop_square(gray, box, scale, offset_y))


def align_face(gray: np.ndarray, landmarks: Landmarks) -> np.ndarray:
    """The face turned upright, its eyes and mouth where FER2013 has them, uint8 [48, 48]."""
    to_face = alignment_transform(landmarks)
    fine = int(np.clip(round(1 / np.hypot(*to_face[:, 0])), 1, _FINEST))  # large faces: averaged down, not sampled
    side = fine * FACE_SIZE
    return resize_face(cv2.warpAffine(gray, fine * to_face, (side, side), borderMode=cv2.BORDER_REPLICATE))


def alignment_transform(landmarks: Landmarks) -> np.ndarray:
    """float64 [2, 3]: from pixels of the picture to the 48 of the network's input.

    The least-squares similarity (turn, scale, shift) from the landmarks' keypoints to `FRAMING`; with points as complex
    numbers it is w = a z + b.
    """
    points, targets = (xy[:, 0] + 1j * xy[:, 1] for xy in (landmarks.keypoints, FRAMING))
    centred = points - points.mean()
    a = np.vdot(centred, targets) / np.vdot(centred, centred)
    b = targets.mean() - a * points.mean()
    return np.array([[a.real, -a.imag, b.real], [a.imag, a.real, b.imag]])


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
