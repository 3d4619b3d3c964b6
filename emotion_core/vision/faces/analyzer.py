"""Picture in, classified faces out: detector, landmarks, alignment and classifier in one call."""

import threading
from collections.abc import Sequence

import numpy as np

from emotion_core.vision.detection.available import new_detector
from emotion_core.vision.detection.landmarks import LandmarkDetector
from emotion_core.vision.faces.alignment import crop_faces
from emotion_core.vision.faces.classifier import Classifier
from emotion_core.vision.faces.face import Face, new_face
from emotion_core.vision.geometry import Box, Detector, KnownFaces, Landmarks

SAME_FACE_IOU = 0.4  # boxes that overlap more are one face


class FaceAnalyzer:
    """Finds the faces of a picture and classifies them, all in one forward pass.

    landmark_detector: confirms what the detector finds and turns it upright; without one all boxes are believed.
    Safe between threads, which wait for each other: the detector keeps state. The classifier may be shared.
    """

    def __init__(
        self, detector: Detector, classifier: Classifier, landmark_detector: LandmarkDetector | None = None
    ) -> None:
        self.detector = detector
        self.classifier = classifier
        self.landmark_detector = landmark_detector
        self._lock = threading.Lock()

    def analyze(self, image: np.ndarray, known: KnownFaces | None = None) -> list[Face]:
        """Faces in a picture, uint8 [height, width, 3] RGB or [height, width] gray, largest first.

        known: asks where the faces were a moment ago, as detectors take it.
        """
        with self._lock:
            boxes = self.detector.detect(image, known)
            places: Sequence[Box | Landmarks] = (
                confirmed(image, boxes, self.landmark_detector) if self.landmark_detector else boxes
            )
        crops = crop_faces(image, places)
        probabilities, features = self.classifier.read(crops)
        kept = [None] * len(crops) if features is None else list(features.astype(np.float16))  # half the memory
        below = self.classifier.uncertain_below
        return [
            new_face(place, crop, self.classifier.labels, row, bool(row.max() < below), features=its)
            for place, row, crop, its in zip(places, probabilities, crops, kept, strict=True)
        ]


def confirmed(
    image: np.ndarray, boxes: Sequence[Box], landmark_detector: LandmarkDetector, known: Sequence[Landmarks] = ()
) -> list[Landmarks]:
    """The boxes that hold a face, each face once and none that is known already."""
    found: list[Landmarks] = []
    for box in boxes:
        face = landmark_detector.confirm(image, box)
        if face and all(face.box.iou(other.box) < SAME_FACE_IOU for other in [*known, *found]):
            found.append(face)
    return found


def new_analyzer(name: str, classifier: Classifier, shared: bool = True) -> FaceAnalyzer:
    """For pictures and videos, its detections confirmed by their landmarks. Not to be shared between threads.

    shared: as `new_detector` takes it.
    """
    return FaceAnalyzer(new_detector(name, shared=shared), classifier, LandmarkDetector())


def new_team(name: str, classifier: Classifier, size: int) -> list[FaceAnalyzer]:
    """So many of these, for threads that look at one video: none waits for another's detector."""
    return [new_analyzer(name, classifier, shared=number == 0) for number in range(size)]
