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
        crops = crop_faces(gray, boxes)
        classifier = self.classifier  # another thread may put a new one there
        rows = classifier.predict(crops).tolist()
        return [
            Face(box, dict(zip(classifier.labels, row, strict=True)), max(row) < classifier.uncertain_below, crop)
            for box, row, crop in zip(boxes, rows, crops, strict=True)
        ]
