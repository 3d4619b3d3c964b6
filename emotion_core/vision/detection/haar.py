"""Haar cascade face detection (Viola & Jones 2001), with the cascades that come with OpenCV."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path

import cv2
import numpy as np

from emotion_core.images import shrink, to_gray
from emotion_core.vision.geometry import Box, KnownFaces, sort_boxes

_SAME_FIND_IOU = 0.3  # two cascades' boxes that overlap more are one face

# The profile cascade's box reaches behind the head: the face as the frontal cascade would box it lies this far towards
# where the person looks and this far down, in sides of the box (medians, measured by `benchmarks/crop.py`).
_PROFILE_SHIFT_X, _PROFILE_SHIFT_Y = 0.16, 0.02
_PROFILE_NEIGHBORS = 3  # fewer finds hardly more faces, and many more that are none


@dataclass(frozen=True)
class CascadeSettings:
    """How to search. The defaults were chosen with `benchmarks/cascade_settings.py`.

    scale_factor: step between searched face sizes.
    min_neighbors: overlapping finds that make a frontal face; one finds the most faces, and many that are none, which
    the landmark detector then throws out.
    max_side: a larger picture is searched at this many pixels on its longer side.
    min_face: smallest face searched for, in pixels of the searched picture.
    profile: search for faces turned aside too, which triples the time.
    roll: search for faces tilted by about so many degrees, clockwise, instead of upright ones.
    """

    scale_factor: float = 1.1
    min_neighbors: int = 1
    max_side: int = 640
    min_face: int = 30
    profile: bool = True
    roll: float = 0.0


# The next search, a quarter of a second later, meets what the steps of this one's sizes passed over, or a tilted head
# (docs/measurements.md).
LIVE_SETTINGS = (
    CascadeSettings(max_side=480, min_face=24, profile=False),
    CascadeSettings(max_side=440, min_face=24, profile=False, roll=25),
    CascadeSettings(max_side=640, min_face=24, profile=False),
    CascadeSettings(max_side=440, min_face=24, profile=False),
    CascadeSettings(max_side=440, min_face=24, profile=False, roll=-25),
    CascadeSettings(scale_factor=1.2, max_side=320, min_face=24),
)


class CascadeDetector:
    """Finds upright faces. Not to be shared between threads: OpenCV's classifier keeps state while it searches.

    >>> CascadeDetector().detect(np.zeros((48, 48, 3), np.uint8))
    []
    """

    def __init__(self, settings: CascadeSettings | None = None) -> None:
        self.settings = settings or CascadeSettings()
        # alt2 finds more faces at a third of the false boxes of frontalface_default (`benchmarks/cascade_settings.py`).
        self._frontal = load_cascade("haarcascade_frontalface_alt2.xml")
        self._profile = load_cascade("haarcascade_profileface.xml") if self.settings.profile else None

    def detect(self, image: np.ndarray, known: KnownFaces | None = None) -> list[Box]:
        """Boxes of the faces in a picture, largest first.

        image: uint8 [height, width, 3] RGB or [height, width] gray. Boxes are in its pixels.
        """
        gray = to_gray(image)
        width = gray.shape[1]
        gray = shrink(gray, self.settings.max_side)
        scale = width / gray.shape[1]
        gray, back = _straightened(gray, self.settings.roll)
        found = self._scan(self._frontal, gray, self.settings.min_neighbors)
        if self.settings.profile and self._profile is not None:
            for turned in self._scan_profile(self._profile, gray):
                if all(turned.iou(box) <= _SAME_FIND_IOU for box in found):
                    found.append(turned)
        return sort_boxes(_moved(box, scale * back) for box in found)

    def _scan(self, cascade: cv2.CascadeClassifier, gray: np.ndarray, min_neighbors: int) -> list[Box]:
        found = cascade.detectMultiScale(
            gray,
            scaleFactor=self.settings.scale_factor,
            minNeighbors=min_neighbors,
            minSize=(self.settings.min_face, self.settings.min_face),
        )
        return [Box(*map(int, rectangle)) for rectangle in found]

    def _scan_profile(self, cascade: cv2.CascadeClassifier, gray: np.ndarray) -> list[Box]:
        """Faces that look to the left, which the cascade knows, and in the mirror those that look to the right."""
        mirror, width = np.ascontiguousarray(gray[:, ::-1]), gray.shape[1]
        left = [_from_profile(box, gray) for box in self._scan(cascade, gray, _PROFILE_NEIGHBORS)]
        mirrored = [_from_profile(box, gray) for box in self._scan(cascade, mirror, _PROFILE_NEIGHBORS)]
        return left + [Box(width - box.x - box.width, box.y, box.width, box.height) for box in mirrored]


class AlternatingCascade:
    """Searches with the next of several settings each time. Not to be shared between threads."""

    def __init__(self, settings: Sequence[CascadeSettings]) -> None:
        self._detector = CascadeDetector(CascadeSettings(profile=any(setting.profile for setting in settings)))
        self._turns = cycle(settings)

    def detect(self, image: np.ndarray, known: KnownFaces | None = None) -> list[Box]:
        """Boxes of the faces in a picture, largest first, as `CascadeDetector` has them."""
        self._detector.settings = next(self._turns)
        return self._detector.detect(image)


def scan_without_helpers() -> None:
    """Let OpenCV start no threads of its own in this process, for servers: each stream scans on a thread of its own,
    and OpenCV's pool is one for all of them. On a busy machine a scan waits there, and two streams stand still."""
    cv2.setNumThreads(1)


def load_cascade(name: str) -> cv2.CascadeClassifier:
    """One of the cascades that come with OpenCV, by its file's name. Raises `RuntimeError`."""
    # OpenCV 5 dropped CascadeClassifier and its files from the wheels, hence opencv-python-headless < 5.
    path = Path(cv2.__file__).parent / "data" / name
    cascade = cv2.CascadeClassifier(str(path))
    if cascade.empty():
        raise RuntimeError(f"OpenCV could not load its face cascade from {path}.")
    return cascade


def _straightened(gray: np.ndarray, tilt: float) -> tuple[np.ndarray, np.ndarray]:
    """The picture turned so that faces tilted by `tilt` degrees stand upright, and the way back from its pixels,
    float64 [2, 3]. Nothing is cut off."""
    height, width = gray.shape
    turn = cv2.getRotationMatrix2D((0, 0), tilt, 1)
    corners = np.array([[0, 0], [width, 0], [0, height], [width, height]]) @ turn[:, :2].T
    low, high = corners.min(axis=0), corners.max(axis=0)
    turn[:, 2] = -low
    straight = cv2.warpAffine(gray, turn, tuple(np.ceil(high - low).astype(int))) if tilt else gray
    return straight, cv2.invertAffineTransform(turn)


def _moved(box: Box, to_picture: np.ndarray) -> Box:
    """An upright box around the same point of the picture, in its pixels; `to_picture` turns and scales."""
    x, y = to_picture @ (box.x + box.width / 2, box.y + box.height / 2, 1)
    scale = float(np.hypot(*to_picture[:, 0]))
    width, height = scale * box.width, scale * box.height
    return Box(round(x - width / 2), round(y - height / 2), round(width), round(height))


def _from_profile(box: Box, gray: np.ndarray) -> Box:
    """The box moved onto the face, and kept inside the picture."""
    x = max(0, round(box.x - _PROFILE_SHIFT_X * box.width))
    y = min(gray.shape[0] - box.height, round(box.y + _PROFILE_SHIFT_Y * box.height))
    return Box(x, y, box.width, box.height)
