"""The finders to choose from, by name."""

from emotion_core.vision.analyzer import Detector, FaceAnalyzer
from emotion_core.vision.blazeface import BlazeFaceDetector
from emotion_core.vision.cascade import LIVE_SETTINGS, AlternatingCascade, CascadeDetector
from emotion_core.vision.classifier import Classifier
from emotion_core.vision.mesh import FaceMesh

FINDERS = {
    "blazeface": "BlazeFace helps where faces are turned, tilted, small or partly covered.",
    "cascade": "The Haar cascade, the classic, helps where a face looks straight ahead and is cut out tightly.",
}
PICTURE_FINDER = "blazeface"  # finds more of the faces in photographs (`benchmarks/detection.py`)
LIVE_FINDER = "cascade"


def new_detector(name: str, live: bool = False) -> Detector:
    """One of `FINDERS`. live: for a stream's frames, where time is short. Not to be shared between threads."""
    if name == "blazeface":
        return BlazeFaceDetector(closer=not live)
    return AlternatingCascade(LIVE_SETTINGS) if live else CascadeDetector()


def new_analyzer(name: str, classifier: Classifier) -> FaceAnalyzer:
    """For pictures and videos, its finds confirmed by the mesh. Not to be shared between threads."""
    return FaceAnalyzer(new_detector(name), classifier, FaceMesh())
