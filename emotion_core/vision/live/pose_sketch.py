"""A small drawing of how an emotion is posed, in the corner of the video."""

from dataclasses import dataclass

import cv2
import numpy as np

from emotion_core.registry.model_schemas import Emotion

_PAPER, _INK = (250, 250, 248), (29, 39, 51)
_SHARE = 0.2  # of the picture's height
_SHIFT = 4  # bits of a pixel's fraction


@dataclass(frozen=True)
class _Pose:
    """Heights in the face's radius, down from its middle.

    brows: of their inner and outer ends; eye: half its height; mouth: of its corners, of its middle above, and of its
    middle below; width: half the mouth's; wrinkles: on the nose.
    """

    brows: tuple[float, float]
    eye: float
    mouth: tuple[float, float, float]
    width: float = 0.38
    wrinkles: bool = False


# Drawn after `posing.HOW_TO`, which says the same in words.
_POSES: dict[Emotion, _Pose] = {
    "neutral": _Pose((-0.45, -0.45), 0.09, (0.45, 0.45, 0.46)),
    "happy": _Pose((-0.48, -0.44), 0.05, (0.3, 0.42, 0.66), 0.46),
    "surprise": _Pose((-0.66, -0.6), 0.16, (0.5, 0.28, 0.78), 0.2),
    "sad": _Pose((-0.62, -0.4), 0.07, (0.6, 0.44, 0.46)),
    "angry": _Pose((-0.26, -0.5), 0.08, (0.5, 0.47, 0.49), 0.3),
    "disgust": _Pose((-0.32, -0.42), 0.05, (0.54, 0.32, 0.5), 0.36, wrinkles=True),
    "fear": _Pose((-0.64, -0.54), 0.16, (0.5, 0.42, 0.6), 0.52),
}


def draw_pose(canvas: np.ndarray, emotion: Emotion) -> None:
    """Draw it in the upper left corner of a picture, uint8 [height, width, 3] RGB, in place."""
    radius = _SHARE * min(canvas.shape[:2]) / 2
    middle = np.array([1.2 * radius, 1.2 * radius])
    pose, line = _POSES[emotion], max(1, round(radius / 16))

    def draw(points: list[tuple[float, float]], closed: bool = False) -> None:
        places = np.rint((middle + radius * np.array(points)) * 2**_SHIFT).astype(np.int32)
        cv2.polylines(canvas, [places], closed, _INK, line, cv2.LINE_AA, _SHIFT)

    at = (round(middle[0]), round(middle[1]))
    cv2.circle(canvas, at, round(radius), _PAPER, cv2.FILLED, cv2.LINE_AA)
    cv2.circle(canvas, at, round(radius), _INK, line, cv2.LINE_AA)
    around = np.linspace(0, 2 * np.pi, 24, endpoint=False)
    for side in (-1, 1):
        draw([(side * 0.18, pose.brows[0]), (side * 0.36, min(pose.brows) - 0.03), (side * 0.56, pose.brows[1])])
        eye = zip(side * 0.36 + 0.14 * np.cos(around), -0.18 + pose.eye * np.sin(around), strict=True)
        draw([(float(x), float(y)) for x, y in eye], closed=True)
    if pose.wrinkles:
        for height in (-0.12, -0.02):
            draw([(-0.1, height), (0.0, height - 0.05), (0.1, height)])
    draw([(0.0, 0.0), (-0.06, 0.18), (0.05, 0.18)])
    corner, above, below = pose.mouth
    arc = np.linspace(-1, 1, 13)
    upper = [(float(pose.width * x), float(above + (corner - above) * x * x)) for x in arc]
    lower = [(float(pose.width * x), float(below + (corner - below) * x * x)) for x in arc[::-1]]
    draw(upper + lower, closed=True)
