"""Where a face is: a box or the points of a face, and who finds them."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

# Corners in MediaPipe's canonical face; left and right as seen in the picture.
_LEFT_EYE, _RIGHT_EYE, _MOUTH = (33, 133), (362, 263), (61, 291)
_NOSE_TIP = 1
_FOREHEAD = 0.15  # what the points lack above, as a share of their height


@dataclass(frozen=True)
class Box:
    """A rectangle in pixels of the upright picture: left edge, top edge, width, height."""

    x: int
    y: int
    width: int
    height: int

    def __post_init__(self) -> None:
        if self.width <= 0 or self.height <= 0:
            raise ValueError(f"A box needs a positive size, not {self.width} x {self.height}.")

    @property
    def area(self) -> int:
        """In square pixels."""
        return self.width * self.height

    @property
    def centre(self) -> np.ndarray:
        """float64 [2]: x and y."""
        return np.array([self.x + self.width / 2, self.y + self.height / 2])

    def iou(self, other: "Box") -> float:
        """Intersection over union, 0 (apart) to 1 (the same)."""
        across = min(self.x + self.width, other.x + other.width) - max(self.x, other.x)
        down = min(self.y + self.height, other.y + other.height) - max(self.y, other.y)
        shared = max(across, 0) * max(down, 0)
        return shared / (self.area + other.area - shared)

    def to_list(self) -> list[int]:
        """[x, y, width, height]."""
        return [self.x, self.y, self.width, self.height]


def sort_boxes(boxes: Iterable[Box]) -> list[Box]:
    """Largest first."""
    return sorted(boxes, key=lambda box: box.area, reverse=True)


@dataclass(frozen=True)
class Landmarks:
    """The points of a face: float32 [468, 3], x and y in pixels of the picture, z in the same unit, less is nearer."""

    points: np.ndarray

    @property
    def keypoints(self) -> np.ndarray:
        """float32 [3, 2]: the centres of the left and right eye (as seen in the picture) and of the mouth."""
        corners = self.points[[*_LEFT_EYE, *_RIGHT_EYE, *_MOUTH], :2]
        return corners.reshape(3, 2, 2).mean(axis=1)

    @property
    def roll(self) -> float:
        """Tilt of the head in radians, positive where the eyes' line falls to the right."""
        left, right, _ = self.keypoints
        return float(np.arctan2(right[1] - left[1], right[0] - left[0]))

    @property
    def yaw(self) -> float:
        """How far the nose is off the middle of the eyes, in distances of the eyes along their line: 0 for a face that
        looks at the camera, positive for one that looks to the picture's right, beyond 0.5 nearly a profile."""
        left, right, _ = self.keypoints
        along = right - left
        span = float(np.hypot(*along)) or 1.0
        return float((self.points[_NOSE_TIP, :2] - (left + right) / 2) @ along) / span**2

    @property
    def box(self) -> Box:
        """An upright rectangle around the points and the forehead, of which the landmarks have only the lower half."""
        (left, top), (right, bottom) = self.points[:, :2].min(axis=0), self.points[:, :2].max(axis=0)
        top -= _FOREHEAD * (bottom - top)
        return Box(round(left), round(top), max(1, round(right - left)), max(1, round(bottom - top)))


# Asks where the faces were a moment ago. It may have to wait for the answer, so a detector asks as late as it can.
KnownFaces = Callable[[], Sequence[Box]]


class Detector(Protocol):
    """Anything that finds faces."""

    def detect(self, image: np.ndarray, known: KnownFaces | None = None) -> list[Box]:
        """Boxes in pixels of the picture (uint8, RGB or gray), largest first. known: where the faces were a moment ago,
        which may spare some of the search."""
        ...
