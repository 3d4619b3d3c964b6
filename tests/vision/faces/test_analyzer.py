"""Detector, landmarks and classifier in one call."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from emotion_core.vision.detection.blazeface import BlazeFaceDetector
from emotion_core.vision.faces.analyzer import FaceAnalyzer, new_analyzer, new_team
from emotion_core.vision.faces.classifier import Classifier
from emotion_core.vision.geometry import Box


class Jealous:
    """Fails when two threads search with it at once, as OpenCV's cascade does."""

    def __init__(self) -> None:
        self._busy = threading.Lock()

    def detect(self, image: np.ndarray, known: object = None) -> list[Box]:
        assert self._busy.acquire(blocking=False)
        time.sleep(0.01)
        self._busy.release()
        return [Box(0, 0, *image.shape[:2])]


def test_a_page_run_again_meanwhile_waits_for_the_detector(classifier: Classifier) -> None:
    analyzer = FaceAnalyzer(Jealous(), classifier)
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(analyzer.analyze, [np.zeros((64, 64, 3), np.uint8)] * 12))
    assert [len(faces) for faces in found] == [1] * 12


def test_only_those_who_work_together_have_networks_of_their_own(classifier: Classifier) -> None:
    analyzers = [new_analyzer("blazeface", classifier), *new_team("blazeface", classifier, 3)]
    detectors = [analyzer.detector for analyzer in analyzers]
    networks = [detector._network for detector in detectors if isinstance(detector, BlazeFaceDetector)]
    assert networks[0] is networks[1] and len({id(network) for network in networks}) == 3
