import numpy as np
import pytest

from emotion_core.datasets import FaceDataset
from emotion_core.emotions import EMOTIONS
from emotion_core.training.evaluation import calibration, measure, measure_dataset
from emotion_core.vision.classifier import Classifier

LABELS = ("a", "b", "c")


def test_figures_of_a_case_counted_by_hand() -> None:
    truth = np.array([0, 0, 0, 1, 1])
    answers = np.array([0, 0, 1, 1, 0])
    report = measure(truth, np.eye(3)[answers] * 0.7 + 0.1, LABELS)
    assert report["count"] == 5 and report["accuracy"] == pytest.approx(0.6)
    assert report["confusion_matrix"] == [[2, 1, 0], [1, 1, 0], [0, 0, 0]]
    assert report["per_class"]["a"] == pytest.approx({"precision": 2 / 3, "recall": 2 / 3, "f1": 2 / 3, "support": 3})
    assert report["per_class"]["c"] == {"precision": 0.0, "recall": 0.0, "f1": 0.0, "support": 0}
    assert report["balanced_accuracy"] == pytest.approx((2 / 3 + 1 / 2) / 2), "absent classes do not count"


def test_calibration_error_of_a_case_counted_by_hand() -> None:
    # Four answers at 0.9, three of them right; four at 0.6, one right: (0.15 x 4 + 0.35 x 4) / 8.
    probabilities = np.array([[0.9, 0.1]] * 4 + [[0.6, 0.4]] * 4)
    truth = np.array([0, 0, 0, 1, 0, 1, 1, 1])
    figures = calibration(truth, probabilities)
    assert figures["ece"] == pytest.approx(0.25)
    assert [entry["count"] for entry in figures["reliability"]] == [4, 4]


def test_a_data_set_is_measured_by_names_not_positions(classifier: Classifier, sample: FaceDataset) -> None:
    class Turned:
        """The same network with its columns in another order."""

        labels = EMOTIONS[::-1]
        model = classifier.model

        def predict(self, faces: np.ndarray) -> np.ndarray:
            return classifier.predict(faces)[:, ::-1]

    usual, turned = measure_dataset(classifier, sample), measure_dataset(Turned(), sample)  # type: ignore[arg-type]
    assert turned["accuracy"] == usual["accuracy"]
    assert turned["per_class"]["happy"] == usual["per_class"]["happy"]
