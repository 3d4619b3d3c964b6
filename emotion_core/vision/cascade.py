"""The Haar cascade face detector (Viola & Jones 2001; frontal face cascade by R. Lienhart, shipped with OpenCV)."""

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from emotion_core.images import to_gray
from emotion_core.vision.face import Box


@dataclass(frozen=True)
class CascadeSettings:
    """How to search. The defaults were chosen with `benchmarks/cascade_settings.py`.

    scale_factor: step between searched face sizes.
    min_neighbors: overlapping finds that make a face; fewer finds more faces and more that are none.
    max_side: a larger picture is searched at this many pixels on its longer side.
    min_face: smallest face searched for, in pixels of the searched picture.
    """

    scale_factor: float = 1.1
    min_neighbors: int = 4
    max_side: int = 640
    min_face: int = 30


# A webcam shows few, near faces and the next frame is a fiftieth of a second away: coarser steps on half the pixels cost an
# eighth of the full scan of 640 x 480.
LIVE_SETTINGS = CascadeSettings(scale_factor=1.2, min_neighbors=3, max_side=320, min_face=32)


class CascadeDetector:
    """Finds upright frontal faces. Not safe to share between threads: OpenCV's classifier keeps state while it searches.

    >>> CascadeDetector().detect(np.zeros((48, 48, 3), np.uint8))
    []
    """

    def __init__(self, settings: CascadeSettings | None = None) -> None:
        self.settings = settings or CascadeSettings()
        # OpenCV 5 dropped CascadeClassifier from its wheels, hence opencv-python-headless < 5 in requirements.in.
        path = Path(cv2.data.haarcascades) / "haarcascade_frontalface_default.xml"
        self._cascade = cv2.CascadeClassifier(str(path))
        if self._cascade.empty():
            raise RuntimeError(f"OpenCV could not load its face cascade from {path}.")

    def detect(self, image: np.ndarray) -> list[Box]:
        """Boxes of the faces in a picture, largest first.

        image: uint8 [height, width, 3] RGB or [height, width] gray. Boxes are in its pixels.
        """
        gray = to_gray(image)
        shrink = min(1.0, self.settings.max_side / max(gray.shape))
        if shrink < 1:
            gray = cv2.resize(gray, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA)
        found = self._cascade.detectMultiScale(
            gray,
            scaleFactor=self.settings.scale_factor,
            minNeighbors=self.settings.min_neighbors,
            minSize=(self.settings.min_face, self.settings.min_face),
        )
        boxes = [Box(*(round(value / shrink) for value in rectangle.tolist())) for rectangle in found]
        return sorted(boxes, key=lambda box: box.width * box.height, reverse=True)
