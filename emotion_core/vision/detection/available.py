"""The detectors to choose from, by name."""

from collections.abc import Sequence
from itertools import cycle

import numpy as np

from emotion_core.vision.detection.blazeface import BlazeFaceDetector
from emotion_core.vision.detection.haar import LIVE_SETTINGS, AlternatingCascade, CascadeDetector
from emotion_core.vision.geometry import Box, Detector, KnownFaces

DETECTORS = {
    "blazeface": "BlazeFace helps where faces are turned, tilted, small or partly covered.",
    "cascade": "The Haar cascade, the classical method, works best for upright, frontal faces.",
}
PICTURE_DETECTOR = "blazeface"  # finds more of the faces in photographs (`benchmarks/detection.py`)
LIVE_DETECTOR = "both"  # the cascade alone passes over faces that stay in sight (`benchmarks/live.py`)
LIVE_DETECTORS = {
    LIVE_DETECTOR: "The cascade, and in turns with it BlazeFace, which finds the faces that the cascade passes over.",
    **DETECTORS,
}


class TurnTaking:
    """Asks the next of several detectors each time. Not to be shared between threads."""

    def __init__(self, detectors: Sequence[Detector]) -> None:
        self._turns = cycle(detectors)

    def detect(self, image: np.ndarray, known: KnownFaces | None = None) -> list[Box]:
        """Boxes of the faces in a picture, largest first, as that detector has them."""
        return next(self._turns).detect(image, known)


def new_detector(name: str, live: bool = False, shared: bool = True) -> Detector:
    """One of `DETECTORS`. live: for a stream's frames, where time is short; then also one of `LIVE_DETECTORS`. shared:
    may wait for other detectors' network, which spares memory. Not to be shared between threads."""
    if live and name == LIVE_DETECTOR:
        return TurnTaking([new_detector(detector, live) for detector in ("blazeface", "cascade")])
    if name == "blazeface":
        return BlazeFaceDetector(closer=not live, shared=shared)
    return AlternatingCascade(LIVE_SETTINGS) if live else CascadeDetector()
