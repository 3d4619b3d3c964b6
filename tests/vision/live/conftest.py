import numpy as np
import pytest

from emotion_core.vision.detection.landmarks import LandmarkDetector


@pytest.fixture(scope="module")
def landmark_detector() -> LandmarkDetector:
    return LandmarkDetector()


@pytest.fixture(scope="module")
def head(example: np.ndarray) -> np.ndarray:
    return example[30:250, 110:330]
