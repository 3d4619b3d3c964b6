"""Picture in, classified faces out: detector, preprocessing and classifier in one call."""

from typing import Protocol

import numpy as np

from emotion_core.images import to_gray
from emotion_core.vision.classifier import Classifier
from emotion_core.vision.face import Box, Face
from emotion_core.vision.preprocessing import crop_faces


class Detector(Protocol):
    """Anything that finds faces."""

    def detect(self, image: np.ndarray) -> list[Box]:
        """Boxes in pixels of the picture, largest first."""
        ...


class FaceAnalyzer:
    """Finds the faces of a picture and classifies them, all in one forward pass.

    Make one for each thread: the detector may keep state. The classifier may be shared.
    """

    def __init__(self, detector: Detector, classifier: Classifier) -> None:
        self.detector = detector
        self.classifier = classifier

    def analyze(self, image: np.ndarray) -> list[Face]:
        """Faces in a picture, uint8 [height, width, 3] RGB or [height, width] gray, largest first."""
        gray = to_gray(image)
        boxes = self.detector.detect(gray)
        probabilities = self.classifier.predict(crop_faces(gray, boxes))
        return [
            Face(box, dict(zip(self.classifier.labels, row, strict=True)), max(row) < self.classifier.uncertain_below)
            for box, row in zip(boxes, probabilities.tolist(), strict=True)
        ]
