"""Boxes and labels on pictures."""

from collections.abc import Iterable

import cv2
import numpy as np

from emotion_core.emotions import colour_rgb
from emotion_core.vision.face import Face

_FONT = cv2.FONT_HERSHEY_SIMPLEX
_UNCERTAIN = (245, 245, 245)  # no emotion's colour
_FONT_PIXELS = 22  # height of a capital of this font at scale 1


def draw_faces(image: np.ndarray, faces: Iterable[Face]) -> np.ndarray:
    """A copy of a picture (uint8 [height, width, 3], RGB) with every face boxed and named in its emotion's colour, in
    white where the answer is uncertain."""
    canvas = image.copy()
    for face in faces:
        _draw_face(canvas, face)
    return canvas


def _draw_face(canvas: np.ndarray, face: Face) -> None:
    box, colour = face.box, _UNCERTAIN if face.is_uncertain else colour_rgb(face.emotion)
    line = max(2, round(max(canvas.shape[:2]) / 400))
    cv2.rectangle(canvas, (box.x, box.y), (box.x + box.width, box.y + box.height), colour, line, cv2.LINE_AA)
    _draw_label(canvas, face.answer, face, colour, line)


def _draw_label(canvas: np.ndarray, text: str, face: Face, colour: tuple[int, int, int], line: int) -> None:
    height, width = canvas.shape[:2]
    # A tenth of the face, but legible on a small one and no banner on a large one.
    capital = float(np.clip(face.box.width / 10, max(height, width) / 60, max(height, width) / 30))
    scale, thickness = capital / _FONT_PIXELS, max(1, round(capital / 12))
    (text_width, text_height), _ = cv2.getTextSize(text, _FONT, scale, thickness)
    pad = round(capital * 0.5)
    plate_width, plate_height = text_width + 2 * pad, text_height + 2 * pad
    left = int(np.clip(face.box.x - line // 2, 0, max(0, width - plate_width)))
    above = face.box.y - plate_height
    top = above if above >= 0 else min(face.box.y, height - plate_height)
    cv2.rectangle(canvas, (left, top), (left + plate_width, top + plate_height), colour, cv2.FILLED)
    ink = (0, 0, 0) if _is_light(colour) else (255, 255, 255)
    cv2.putText(canvas, text, (left + pad, top + pad + text_height), _FONT, scale, ink, thickness, cv2.LINE_AA)


def _is_light(colour: tuple[int, int, int]) -> bool:
    """Whether black reads better on it than white: the relative luminance at which both have the same contrast
    is 0.179 (WCAG 2, https://www.w3.org/TR/WCAG22/#dfn-relative-luminance)."""
    linear = [(c / 255 / 12.92) if c <= 10 else ((c / 255 + 0.055) / 1.055) ** 2.4 for c in colour]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2] > 0.179
