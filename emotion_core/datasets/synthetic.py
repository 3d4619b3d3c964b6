"""A generated data set: drawn faces, so that training can be tried on a machine without data.

It teaches how training looks, not how people look: nothing trained on it is fit for photographs.
"""

import cv2
import numpy as np

from emotion_core.datasets.dataset import FaceDataset
from emotion_core.emotions import EMOTIONS
from emotion_core.images import FACE_SIZE, resize_face

SAMPLE_NAME = "sample (drawn faces)"
_CANVAS = 4 * FACE_SIZE  # drawn large, then shrunk: smooth lines

# What each drawn face does: how far the mouth's corners rise, how far it opens, how wide it is; how the inner ends
# of the brows move and how high the brows stand; how open the eyes are. In 1/100 of the face's width.
_EXPRESSIONS = {
    "angry": (-4, 3, 13, -6, -2, 3.0),
    "disgust": (-5, 6, 9, -4, -3, 1.6),
    "fear": (-2, 7, 11, 5, 4, 5.5),
    "happy": (8, 6, 16, 1, 1, 2.4),
    "neutral": (0, 1, 12, 0, 0, 3.2),
    "sad": (-7, 1, 12, 6, -1, 2.2),
    "surprise": (0, 13, 8, 2, 7, 6.0),
}


def generate_sample(per_emotion: int = 120, test_per_emotion: int = 30, seed: int = 0) -> FaceDataset:
    """Drawn faces, the same for the same seed; per emotion so many train and so many test rows."""
    random = np.random.default_rng(seed)
    count = per_emotion + test_per_emotion
    labels = np.repeat(np.arange(len(EMOTIONS)), count)
    return FaceDataset(
        name=SAMPLE_NAME,
        images=np.stack([_draw_face(EMOTIONS[label], random) for label in labels]),
        labels=labels.astype(np.int64),
        splits=np.tile(np.repeat(["train", "test"], [per_emotion, test_per_emotion]), len(EMOTIONS)),
        references=np.array([f"{EMOTIONS[label]}/{number:03d}" for number, label in enumerate(labels)]),
        is_sample=True,
    )


def _draw_face(emotion: str, random: np.random.Generator) -> np.ndarray:
    rise, opening, width, inner, height, lids = np.array(_EXPRESSIONS[emotion]) + random.normal(0, 0.9, 6)
    skin = int(random.integers(110, 220))
    ink = int(random.integers(10, 60))
    canvas: np.ndarray = np.full((_CANVAS, _CANVAS), int(random.integers(20, 240)), np.uint8)
    unit = _CANVAS / 100
    centre = np.array([50.0, 50.0]) + random.normal(0, 1.5, 2)

    def point(x: float, y: float) -> tuple[int, int]:
        return int((centre[0] + x) * unit), int((centre[1] + y) * unit)

    cv2.ellipse(canvas, point(0, 0), (int(38 * unit), int(48 * unit)), 0, 0, 360, skin, -1, cv2.LINE_AA)
    for side in (-1, 1):
        eye = point(side * 18, -11)
        cv2.ellipse(canvas, eye, (int(6 * unit), max(1, int(lids * unit))), 0, 0, 360, 245, -1, cv2.LINE_AA)
        cv2.circle(canvas, eye, int(min(2.8, max(lids, 1)) * unit), ink, -1, cv2.LINE_AA)
        brow_in, brow_out = point(side * 10, -20 - height - inner), point(side * 27, -21 - height)
        cv2.line(canvas, brow_in, brow_out, ink, int(2.4 * unit), cv2.LINE_AA)
    cv2.line(canvas, point(0, -5), point(-2, 9), max(0, skin - 50), int(1.6 * unit), cv2.LINE_AA)
    _draw_mouth(canvas, point, rise, max(0.0, opening), max(5.0, width), ink)

    turn = cv2.getRotationMatrix2D((_CANVAS / 2, _CANVAS / 2), random.normal(0, 4), 1 + random.normal(0, 0.04))
    canvas = cv2.warpAffine(canvas, turn, (_CANVAS, _CANVAS), borderMode=cv2.BORDER_REPLICATE)
    noisy = resize_face(canvas) + random.normal(0, 6, (FACE_SIZE, FACE_SIZE))
    return np.clip(noisy, 0, 255).astype(np.uint8)


def _draw_mouth(canvas, point, rise, opening, width, ink) -> None:  # type: ignore[no-untyped-def]
    """Two parabolas from corner to corner, filled between."""
    across = np.linspace(-1, 1, 21)
    bend = 1 - across**2
    upper = [point(x * width, 25 - rise * (x * x) - opening * 0.5 * b) for x, b in zip(across, bend, strict=True)]
    lower = [point(x * width, 25 - rise * (x * x) + opening * 0.5 * b + 1) for x, b in zip(across, bend, strict=True)]
    outline = np.array(upper + lower[::-1], dtype=np.int32)
    cv2.fillPoly(canvas, [outline], ink, cv2.LINE_AA)
    cv2.polylines(canvas, [outline], True, ink, int(_CANVAS / 100 * 1.6), cv2.LINE_AA)
