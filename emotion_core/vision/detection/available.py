"""The finders to choose from, by name."""

from collections.abc import Sequence
from itertools import cycle

import numpy as np

from emotion_core.vision.detection.blazeface import BlazeFaceDetector
from emotion_core.vision.detection.haar import LIVE_SETTINGS, AlternatingCascade, CascadeDetector
from emotion_core.vision.geometry import Box, Detector

FINDERS = {
    "blazeface": "BlazeFace helps where faces are turned, tilted, small or partly covered.",
    "cascade": "The Haar cascade, the classic, helps where a face looks straight ahead and is cut out tightly.",
}
PICTURE_FINDER = "blazeface"  # finds more of the faces in photographs (`benchmarks/detection.py`)
LIVE_FINDER = "both"  # the cascade alone passes over faces that stay in sight (`benchmarks/live.py`)
LIVE_FINDERS = {
    LIVE_FINDER: "The cascade, and in turns with it BlazeFace, which finds the faces that the cascade passes over.",
    **FINDERS,
}


class TurnTaking:
    """Asks the next of several detectors each time. Not to be shared between threads."""

    def __init__(self, detectors: Sequence[Detector]) -> None:
        self._turns = cycle(detectors)

    def detect(self, image: np.ndarray) -> list[Box]:
        """Boxes of the faces in a picture, largest first, as that detector has them."""
        return next(self._turns).detect(image)


def new_detector(name: str, live: bool = False) -> Detector:
    """One of `FINDERS`. live: for a stream's frames, where time is short; then also one of `LIVE_FINDERS`. Not to be
    shared between threads."""
    if live and name == LIVE_FINDER:
        return TurnTaking([new_detector(finder, live) for finder in ("blazeface", "cascade")])
    if name == "blazeface":
        return BlazeFaceDetector(closer=not live)
    return AlternatingCascade(LIVE_SETTINGS) if live else CascadeDetector()
