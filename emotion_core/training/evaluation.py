"""Figures from probabilities and the truth; imports no TensorFlow, so `evaluate` starts fast."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from sklearn.metrics import confusion_matrix, precision_recall_fscore_support

from emotion_core.datasets import DatasetError, FaceDataset
from emotion_core.emotions import EMOTIONS
from emotion_core.vision.classifier import Classifier

CALIBRATION_BINS = 15  # as in Guo et al. 2017


def measure_dataset(classifier: Classifier, dataset: FaceDataset) -> dict[str, Any]:
    """`measure` for a classifier on every row of a data set. Raises `DatasetError` for an emotion it does not know."""
    names = [EMOTIONS[label] for label in dataset.labels]
    unknown = sorted(set(names) - set(classifier.labels))
    if unknown:
        raise DatasetError(f"{dataset.name} has {unknown[0]} faces, which {classifier.model.name} does not know.")
    truth = np.array([classifier.labels.index(name) for name in names])
    return measure(truth, classifier.predict(dataset.images), classifier.labels)


def measure(truth: np.ndarray, probabilities: np.ndarray, labels: Sequence[str]) -> dict[str, Any]:
    """Accuracy, per-class figures, confusion matrix and calibration, as plain values for JSON.

    truth: int [N], positions in `labels`; probabilities: float [N, len(labels)].
    The confusion matrix has a row per true and a column per predicted class. A class without rows gets support 0.
    """
    predicted = probabilities.argmax(axis=1)
    positions = np.arange(len(labels))
    precision, recall, f1, support = precision_recall_fscore_support(
        truth, predicted, labels=positions, zero_division=0.0
    )
    present = support > 0
    return {
        "count": len(truth),
        "accuracy": float((predicted == truth).mean()),
        "balanced_accuracy": float(recall[present].mean()),
        "labels": list(labels),
        "per_class": {
            label: {
                "precision": float(precision[i]),
                "recall": float(recall[i]),
                "f1": float(f1[i]),
                "support": int(support[i]),
            }
            for i, label in enumerate(labels)
        },
        "confusion_matrix": confusion_matrix(truth, predicted, labels=positions).tolist(),
        **calibration(truth, probabilities),
    }


def calibration(truth: np.ndarray, probabilities: np.ndarray) -> dict[str, Any]:
    """Expected calibration error over 15 equal bins of confidence (Guo et al. 2017, https://arxiv.org/abs/1706.04599).

    Returns `ece` and, for each bin that has rows, its mean `confidence`, `accuracy` and `count`.
    """
    confidence = probabilities.max(axis=1)
    correct = probabilities.argmax(axis=1) == truth
    bin_of_row = np.minimum((confidence * CALIBRATION_BINS).astype(int), CALIBRATION_BINS - 1)
    bins, error = [], 0.0
    for number in np.unique(bin_of_row):
        rows = bin_of_row == number
        mean_confidence, accuracy = float(confidence[rows].mean()), float(correct[rows].mean())
        error += abs(mean_confidence - accuracy) * rows.mean()
        bins.append({"confidence": mean_confidence, "accuracy": accuracy, "count": int(rows.sum())})
    return {"ece": float(error), "reliability": bins}
