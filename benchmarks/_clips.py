"""Clips of real faces that move in real scenes, where each face's place is known in every frame."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

import av
import cv2
import numpy as np

from benchmarks._pasting import Scene
from emotion_core.vision.detection.landmarks import LandmarkDetector
from emotion_core.vision.geometry import Box

RATE = 30
_AROUND = 2.0  # sides of the face's box that are cut out around it
_TURNED = 0.3  # `Landmarks.yaw`
_MIN_FACE = 100  # pixels; smaller faces are not cut out


@dataclass(frozen=True)
class Head:
    """A face with what is around it, uint8 [side, side, 3] RGB; face: its box in the cutting."""

    image: np.ndarray
    face: Box


@dataclass(frozen=True)
class Frame:
    """uint8 [height, width, 3] RGB; faces: where each head's face is, in the heads' order."""

    image: np.ndarray
    faces: tuple[Box, ...]


def camera_frame(image: np.ndarray, number: int) -> av.VideoFrame:
    """A picture, uint8 [height, width, 3] RGB, as a stream gets it from the browser."""
    frame = av.VideoFrame.from_ndarray(image, format="rgb24").reformat(format="yuv420p")
    frame.pts, frame.time_base = number, Fraction(1, RATE)
    return frame


def cut_heads(scenes: list[Scene]) -> list[Head]:
    """The large faces of the photographs that stand alone, look ahead and have landmarks, each with what is around
    it."""
    landmark_detector, heads = LandmarkDetector(), []
    for scene in scenes:
        for box in scene.faces:
            side = round(_AROUND * max(box.width, box.height))
            place = Box(box.x + box.width // 2 - side // 2, box.y + box.height // 2 - side // 2, side, side)
            height, width = scene.image.shape[:2]
            inside = min(place.x, place.y) >= 0 and place.x + side <= width and place.y + side <= height
            if box.width < _MIN_FACE or not inside or sum(place.iou(other) > 0 for other in scene.faces) > 1:
                continue
            found = landmark_detector.confirm(scene.image, box)
            if found and abs(found.yaw) < _TURNED:
                face = found.box
                cutting = scene.image[place.y : place.y + side, place.x : place.x + side].copy()
                heads.append(Head(cutting, Box(face.x - place.x, face.y - place.y, face.width, face.height)))
    return heads


def moving(heads: list[Head], background: np.ndarray, size: tuple[int, int], seconds: float) -> Iterator[Frame]:
    """Each head in a lane of its own, swaying and coming nearer. size: width and height of the frames."""
    width, height = size
    lane = width / len(heads)
    for frame in range(round(seconds * RATE)):
        canvas, faces = _backdrop(background, size), []
        for number, head in enumerate(heads):
            phase = 2 * np.pi * (frame / RATE / 5 + number / len(heads))
            side = min(lane * 0.85, height * 0.75) * (0.9 + 0.1 * np.sin(0.7 * phase))
            x = lane * (number + 0.5) + (lane - side) / 2 * np.sin(phase)
            y = height / 2 + (height - side) / 4 * np.cos(1.3 * phase)
            faces.append(_paste(canvas, head, x, y, side))
        yield Frame(canvas, tuple(faces))


def crossing(pair: tuple[Head, Head], background: np.ndarray, size: tuple[int, int], seconds: float) -> Iterator[Frame]:
    """Two heads change sides and back; the second passes before the first."""
    width, height = size
    side = height * 0.55
    for frame in range(round(seconds * RATE)):
        sway = np.cos(2 * np.pi * frame / RATE / 6)
        canvas = _backdrop(background, size)
        first = _paste(canvas, pair[0], width / 2 + 0.3 * width * sway, height * 0.45, side * 0.9)
        second = _paste(canvas, pair[1], width / 2 - 0.3 * width * sway, height * 0.55, side)
        yield Frame(canvas, (first, second))


def _backdrop(background: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """A photograph upside down, so that its own faces are none."""
    return np.ascontiguousarray(cv2.resize(background, size, interpolation=cv2.INTER_AREA)[::-1])


def _paste(canvas: np.ndarray, head: Head, x: float, y: float, side: float) -> Box:
    """Lay a head over the canvas around a point, its edges faded out; where its face has come to lie."""
    scale = side / head.image.shape[0]
    move = np.array([[scale, 0, x - side / 2], [0, scale, y - side / 2]])
    size = canvas.shape[1::-1]
    pasted = cv2.warpAffine(head.image, move, size, flags=cv2.INTER_AREA)
    share = cv2.warpAffine(_mask(head.image.shape[0]), move, size)[..., np.newaxis]
    canvas[:] = (canvas * (1 - share) + pasted * share).astype(np.uint8)
    (left, top), face = move[:, 2], head.face
    return Box(
        round(left + face.x * scale),
        round(top + face.y * scale),
        max(1, round(face.width * scale)),
        max(1, round(face.height * scale)),
    )


def _mask(side: int) -> np.ndarray:
    """float32 [side, side]: 1 in the middle, 0 at the edge."""
    mask = np.zeros((side, side), np.float32)
    cv2.ellipse(mask, (side // 2, side // 2), (round(side * 0.36), round(side * 0.42)), 0, 0, 360, 1, cv2.FILLED)
    return cv2.GaussianBlur(mask, (0, 0), side * 0.03)
