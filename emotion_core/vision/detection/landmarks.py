"""MediaPipe's face mesh (Kartynnik et al. 2019, https://arxiv.org/abs/1907.06724): is it a face, and where is what?"""

from dataclasses import dataclass

import cv2
import numpy as np

from emotion_core.vision.assets import FACE_MESH
from emotion_core.vision.geometry import Box, Landmarks
from emotion_core.vision.tflite import Network, sigmoid

PRESENCE_THRESHOLD = 0.5  # presence above which a region is called a face

_INPUT = 192
_CONFIRMATION_PASSES = 3  # at a new find: by then a head tilted by 30 degrees is upright
_REGION_OF_BOX = 1.5  # side of the searched region, in sides of a detector's box
_REGION_OF_POINTS = 1.5  # in extents of the last points, as MediaPipe has it


@dataclass(frozen=True)
class Region:
    """A square of the picture, turned clockwise by `angle` radians: centre and side in pixels."""

    x: float
    y: float
    side: float
    angle: float = 0.0

    def to_input(self) -> np.ndarray:
        """float64 [2, 3]: from pixels of the picture to pixels of the network's input."""
        scale = _INPUT / self.side
        cos, sin = scale * np.cos(self.angle), scale * np.sin(self.angle)
        turn = np.array([[cos, sin], [-sin, cos]])
        return np.column_stack([turn, _INPUT / 2 - turn @ (self.x, self.y)])


def search_region(place: Box | Landmarks) -> Region:
    """Where to look for a face that a detector boxed, or that was there a frame ago; that one is turned upright."""
    if isinstance(place, Box):
        side = _REGION_OF_BOX * max(place.width, place.height)
        return Region(place.x + place.width / 2, place.y + place.height / 2, side)
    angle = place.roll
    upright = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    points = place.points[:, :2] @ upright
    low, high = points.min(axis=0), points.max(axis=0)
    x, y = upright @ ((low + high) / 2)
    return Region(float(x), float(y), float((high - low).max()) * _REGION_OF_POINTS, angle)


class LandmarkDetector:
    """Looks at one region at a time. Safe to share between threads, but faster with one for each."""

    def __init__(self) -> None:
        self._network = Network(FACE_MESH)

    def locate(self, image: np.ndarray, region: Region) -> tuple[Landmarks, float]:
        """The face in a region of a picture, and how sure the network is that there is one, 0 to 1.

        image: uint8 [height, width, 3] RGB or [height, width] gray.
        """
        to_input = region.to_input()
        patch = cv2.warpAffine(image, to_input, (_INPUT, _INPUT), flags=cv2.INTER_LINEAR)
        if patch.ndim == 2:
            patch = cv2.cvtColor(patch, cv2.COLOR_GRAY2RGB)
        points, presence = self._network.run(patch[np.newaxis].astype(np.float32) / 255)
        points = points.reshape(-1, 3)
        back = cv2.invertAffineTransform(to_input)
        flat = points[:, :2] @ back[:, :2].T + back[:, 2]
        depth = points[:, 2:] * (region.side / _INPUT)
        return Landmarks(np.hstack([flat, depth]).astype(np.float32)), float(sigmoid(presence.ravel()[0]))

    def confirm(self, image: np.ndarray, box: Box) -> Landmarks | None:
        """The face that a detector boxed, None where there is none; each pass turns it as upright as the last saw."""
        region = search_region(box)
        for _ in range(_CONFIRMATION_PASSES):
            landmarks, presence = self.locate(image, region)
            if presence < PRESENCE_THRESHOLD:
                return None
            region = search_region(landmarks)
        return landmarks
