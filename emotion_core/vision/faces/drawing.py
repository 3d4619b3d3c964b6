"""Boxes, labels and the rest on pictures."""

import textwrap
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from emotion_core.emotions import colour_rgb
from emotion_core.images import FACE_SIZE
from emotion_core.vision.faces.alignment import alignment_transform
from emotion_core.vision.faces.face import Face
from emotion_core.vision.faces.mesh_contours import draw_contours
from emotion_core.vision.geometry import Box, Landmarks

_UNCERTAIN = (245, 245, 245)  # no emotion's colour
_DARK, _LIGHT = (20, 20, 20), (255, 255, 255)
_MAX_CACHED_HEIGHT = 56  # pixels: letters on live frames; those on large photographs would fill the memory
_CROWD = 8  # faces, from which on the words of small ones would hide others
_SMALL_IN_A_CROWD = 12  # times that such a face fits along the picture's longer side
_LINE_LENGTH = 1.8  # letters of a sentence's line, of those that would fit if a letter were as wide as it is high
LITTLE_HEAT = 0.03  # a smaller loss of probability is never drawn in full colour, be it the largest
HEAT_RGB = np.array((255, 60, 0), np.float32)


@dataclass(frozen=True)
class Overlay:
    """What is drawn on a picture besides the labels."""

    boxes: bool = True
    bars: bool = False
    landmarks: bool = False


def draw_faces(image: np.ndarray, faces: Iterable[Face], overlay: Overlay = Overlay()) -> np.ndarray:
    """A copy of a picture (uint8 [height, width, 3], RGB) with every face named in its emotion's colour, in white where
    the answer is uncertain; faces that are followed have their number before the answer when there are several. Of many
    small faces each has its number only, which is its person's or its place among them."""
    canvas = image.copy()
    faces = list(faces)
    small = max(image.shape[:2]) / _SMALL_IN_A_CROWD if len(faces) > _CROWD else 0
    for place, face in enumerate(faces, start=1):
        if overlay.landmarks and face.landmarks:
            draw_contours(canvas, face.landmarks)
        colour = _UNCERTAIN if face.is_uncertain else colour_rgb(face.emotion)
        if overlay.boxes:
            _draw_box(canvas, face.box, colour)
        if face.box.width < small:
            _draw_label(canvas, str(face.track_id or place), face.box, colour, max(10, face.box.width // 4))
        else:
            number = f"{face.track_id} · " if face.track_id and len(faces) > 1 else ""
            _draw_label(canvas, number + face.answer, face.box, colour)
        if overlay.bars:
            _draw_bars(canvas, face)
    return canvas


def draw_sentence(canvas: np.ndarray, text: str) -> None:
    """Text at the bottom of a picture, in place, on as many lines as it takes to be read on a phone."""
    height, width = canvas.shape[:2]
    pixels = max(12, round(min(height, width) / 22))
    lines = [_text(line, pixels) for line in textwrap.wrap(text, max(1, round(_LINE_LENGTH * width / pixels)))]
    most = max((line.shape[1] for line in lines), default=1)
    centred = [cv2.copyMakeBorder(m, 0, 0, (most - m.shape[1]) // 2, -(-(most - m.shape[1]) // 2), 0) for m in lines]
    mask = np.concatenate(centred) if centred else _text(text, pixels)
    pad = _text(text[:1], pixels).shape[0] // 3
    left = max(0, (width - mask.shape[1]) // 2)
    _plate(canvas, (left - pad, height - mask.shape[0] - 3 * pad), mask, pad, _DARK, _LIGHT)


def draw_progress(canvas: np.ndarray, box: Box, share: float, text: str) -> None:
    """A ring above the right corner of a face that fills clockwise from the top, in place, with a few letters in it;
    share: 0 to 1."""
    radius = max(10, box.width // 8)
    center = (min(box.x + box.width, canvas.shape[1] - radius - 4), max(box.y, radius + 4))
    width = max(3, radius // 3)
    cv2.circle(canvas, center, radius + width // 2 + 2, _DARK, cv2.FILLED, cv2.LINE_AA)
    mask = _text(text, round(1.2 * radius))
    _blend(canvas, mask, center[0] - mask.shape[1] // 2, center[1] - mask.shape[0] // 2, _LIGHT)
    cv2.ellipse(canvas, center, (radius, radius), -90, 0, 360 * share, _LIGHT, width, cv2.LINE_AA)


def draw_heat(canvas: np.ndarray, landmarks: Landmarks, heat: np.ndarray) -> None:
    """Colour, in place, what an `OcclusionMap` (float32 [48, 48]) found to speak for the decision."""
    height, width = canvas.shape[:2]
    corners = np.array([[0, 0, 1], [FACE_SIZE, 0, 1], [0, FACE_SIZE, 1], [FACE_SIZE, FACE_SIZE, 1]])
    back = cv2.invertAffineTransform(alignment_transform(landmarks))
    places = corners @ back.T
    left, top = np.floor(places.min(axis=0)).astype(int).clip(0, (width, height))
    right, bottom = np.ceil(places.max(axis=0)).astype(int).clip(0, (width, height))
    if right <= left or bottom <= top:
        return
    back[:, 2] -= (left, top)
    strength = cv2.warpAffine(heat_strength(heat), back, (int(right - left), int(bottom - top)))
    region = canvas[top:bottom, left:right]
    share = 0.6 * strength[..., np.newaxis]
    region[:] = (region * (1 - share) + HEAT_RGB * share).astype(np.uint8)


def heat_strength(heat: np.ndarray) -> np.ndarray:
    """How strongly each place is coloured, 0 to 1; heat: the probability lost there, float32 [48, 48]."""
    return (heat / max(float(heat.max()), LITTLE_HEAT)).clip(0, 1)


def _draw_box(canvas: np.ndarray, box: Box, colour: tuple[int, int, int]) -> None:
    line = _line(canvas)
    start, end = (box.x, box.y), (box.x + box.width, box.y + box.height)
    cv2.rectangle(canvas, start, end, _DARK, line + 2, cv2.LINE_AA)  # seen on a background of the same colour too
    cv2.rectangle(canvas, start, end, colour, line, cv2.LINE_AA)


def _draw_label(
    canvas: np.ndarray, text: str, box: Box, colour: tuple[int, int, int], letters: int | None = None
) -> None:
    """letters: their height in pixels."""
    height, width = canvas.shape[:2]
    # Grows with the face, but legible on a small one and no banner on a large one.
    letters = letters or round(float(np.clip(box.width / 7, max(height, width) / 40, max(height, width) / 24)))
    mask = _text(text, letters)
    pad = max(2, mask.shape[0] // 4)
    plate_height, plate_width = mask.shape[0] + 2 * pad, mask.shape[1] + 2 * pad
    left = int(np.clip(box.x - _line(canvas) // 2, 0, max(0, width - plate_width)))
    above = box.y - plate_height - 2
    top = above if above >= 0 else int(np.clip(box.y, 0, max(0, height - plate_height)))
    _plate(canvas, (left, top), mask, pad, colour, _DARK if _is_light(colour) else _LIGHT)


def _draw_bars(canvas: np.ndarray, face: Face) -> None:
    """Seven bars beside the face, where there is more room."""
    height, width = canvas.shape[:2]
    row = max(9, height // 34)
    mask_width, bar_width = row * 4, row * 4
    total = mask_width + bar_width + row
    box = face.box
    left = box.x + box.width + 4 if box.x + box.width / 2 < width / 2 else box.x - total - 4
    left, top = (int(np.clip(v, 0, max(0, most))) for v, most in ((left, width - total), (box.y, height - 7 * row - 6)))
    part = canvas[top : top + 7 * row + 6, left : left + total]
    part //= 3
    for number, (emotion, share) in enumerate(face.probabilities.items()):
        y = top + 3 + number * row
        _blend(canvas, _text(emotion, row - 2), left + 3, y, _LIGHT)
        end = left + mask_width + max(1, round(share * bar_width))
        cv2.rectangle(canvas, (left + mask_width, y + 1), (end, y + row - 3), colour_rgb(emotion), cv2.FILLED)


def _plate(
    canvas: np.ndarray,
    corner: tuple[int, int],
    mask: np.ndarray,
    pad: int,
    colour: tuple[int, int, int],
    ink: tuple[int, int, int],
) -> None:
    """Text on a rounded plate."""
    (left, top), (height, width) = corner, (mask.shape[0] + 2 * pad, mask.shape[1] + 2 * pad)
    _blend(canvas, _rounded(width, height, max(2, height // 3)), left, top, colour)
    _blend(canvas, mask, left + pad, top + pad, ink)


def _blend(canvas: np.ndarray, mask: np.ndarray, left: int, top: int, colour: tuple[int, int, int]) -> None:
    """Lay a colour on the canvas where the mask (uint8, 255 is opaque) lets it; what lies outside is left out."""
    height, width = canvas.shape[:2]
    x, y = max(0, left), max(0, top)
    right, bottom = min(width, left + mask.shape[1]), min(height, top + mask.shape[0])
    if right <= x or bottom <= y:
        return
    share = mask[y - top : bottom - top, x - left : right - left, np.newaxis].astype(np.uint16)
    region = canvas[y:bottom, x:right]
    region[:] = (region * (255 - share) + np.array(colour, np.uint16) * share) // 255


def _text(text: str, pixels: int) -> np.ndarray:
    """uint8 [height, width]: the text's mask; lines of one size have one height."""
    return (_kept_text if pixels <= _MAX_CACHED_HEIGHT else _new_text)(text, pixels)


def _new_text(text: str, pixels: int) -> np.ndarray:
    font = _font(max(6, pixels))
    ascent, descent = font.getmetrics()
    image = Image.new("L", (max(1, round(font.getlength(text))), ascent + descent))
    ImageDraw.Draw(image).text((0, 0), text, fill=255, font=font)
    return np.asarray(image)


@lru_cache(maxsize=32)
def _font(pixels: int) -> ImageFont.FreeTypeFont:
    font = ImageFont.load_default(pixels)  # comes with Pillow
    assert isinstance(font, ImageFont.FreeTypeFont)
    return font


def _rounded(width: int, height: int, radius: int) -> np.ndarray:
    """uint8 [height, width]: the mask of a rectangle with round corners."""
    return (_kept_rounded if height <= 2 * _MAX_CACHED_HEIGHT else _new_rounded)(width, height, radius)


def _new_rounded(width: int, height: int, radius: int) -> np.ndarray:
    image = Image.new("L", (width, height))
    ImageDraw.Draw(image).rounded_rectangle((0, 0, width - 1, height - 1), radius, fill=255)
    return np.asarray(image)


_kept_text = lru_cache(maxsize=512)(_new_text)
_kept_rounded = lru_cache(maxsize=256)(_new_rounded)


def _line(canvas: np.ndarray) -> int:
    return max(2, round(max(canvas.shape[:2]) / 400))


def _is_light(colour: tuple[int, int, int]) -> bool:
    """Whether black reads better on it than white: the relative luminance at which both have the same contrast
    is 0.179 (WCAG 2, https://www.w3.org/TR/WCAG22/#dfn-relative-luminance)."""
    linear = [(c / 255 / 12.92) if c <= 10 else ((c / 255 + 0.055) / 1.055) ** 2.4 for c in colour]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2] > 0.179
