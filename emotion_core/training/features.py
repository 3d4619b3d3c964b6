"""A network's features, measured on the faces it learnt from."""

from pathlib import Path

import numpy as np

from emotion_core.registry.feature_statistics import FEATURES_FILE, FeatureStatistics, write_statistics
from emotion_core.vision.faces.classifier import Classifier, positions

_SHRINKAGE = 0.1  # of the variances towards their mean; chosen with `benchmarks/personal.py`, between 0.03 and 3


def feature_statistics(features: np.ndarray, labels: np.ndarray, neutral: int) -> FeatureStatistics:
    """From features float32 [N, F] and labels int [N], 0 to K-1, each of which must occur.

    neutral: the number of that label.
    """
    count = int(labels.max()) + 1
    means = np.array([features[labels == label].mean(axis=0, dtype=np.float64) for label in range(count)])
    residuals = features - means[labels]
    variances, directions = np.linalg.eigh(residuals.T @ residuals / len(residuals))
    deviations = np.sqrt(np.maximum(variances, 0) + _SHRINKAGE * variances.mean())
    return FeatureStatistics(means - means[neutral], directions / deviations)


def write_features(path: Path, classifier: Classifier, faces: np.ndarray, labels: np.ndarray) -> None:
    """Write `features.npz` into a model folder; nothing where an emotion has no face.

    faces: uint8 [N, 48, 48], those it learnt from; labels: int [N], positions in `EMOTIONS`.
    """
    order = positions(classifier.labels)
    if not set(order) <= set(labels.tolist()) or "neutral" not in classifier.labels:
        return
    _, features = classifier.read(faces)
    if features is not None:
        own = np.argsort(order)[labels]
        write_statistics(path / FEATURES_FILE, feature_statistics(features, own, classifier.labels.index("neutral")))
