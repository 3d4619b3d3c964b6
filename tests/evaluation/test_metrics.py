from dataclasses import replace

import numpy as np
import pytest
import sklearn.metrics

from emotion_core.datasets import FaceDataset
from emotion_core.emotions import EMOTIONS
from emotion_core.evaluation.metrics import measure, measure_split, predict
from emotion_core.registry.model_schemas import PartFigures
from emotion_core.vision.faces.classifier import Classifier
from tests.support.face_rows import face_rows

LABELS = ("angry", "fear", "sad")


def test_figures_of_a_case_counted_by_hand() -> None:
    truth = np.array([0, 0, 0, 1, 1])
    answers = np.array([0, 0, 1, 1, 0])
    report = measure(truth, np.eye(3)[answers] * 0.7 + 0.1, LABELS)
    assert report.count == 5 and report.accuracy == pytest.approx(0.6)
    assert report.confusion_matrix == [[2, 1, 0], [1, 1, 0], [0, 0, 0]]
    assert report.per_class["angry"].model_dump() == pytest.approx(
        {"precision": 2 / 3, "recall": 2 / 3, "f1": 2 / 3, "support": 3}
    )
    assert report.per_class["sad"].model_dump() == {"precision": 0.0, "recall": 0.0, "f1": 0.0, "support": 0}
    assert report.balanced_accuracy == pytest.approx((2 / 3 + 1 / 2) / 2), "absent classes do not count"


def test_figures_are_those_that_scikit_learn_counts() -> None:
    random = np.random.default_rng(0)
    truth, probabilities = random.integers(0, 6, 500), random.dirichlet(np.ones(7), 500)
    answers = probabilities.argmax(axis=1)
    report = measure(truth, probabilities, EMOTIONS)
    positions = range(7)
    assert report.confusion_matrix == sklearn.metrics.confusion_matrix(truth, answers, labels=positions).tolist()
    expected = sklearn.metrics.precision_recall_fscore_support(truth, answers, labels=positions, zero_division=0.0)
    for place, name in enumerate(("precision", "recall", "f1", "support")):
        assert [getattr(row, name) for row in report.per_class.values()] == pytest.approx(expected[place].tolist())
    assert report.balanced_accuracy == pytest.approx(expected[1][:6].mean())


def test_a_data_set_is_measured_by_names_not_positions(classifier: Classifier, sample: FaceDataset) -> None:
    class Turned:
        """The same network with its columns in another order."""

        labels = EMOTIONS[::-1]
        model = classifier.model

        def predict(self, faces: np.ndarray) -> np.ndarray:
            return classifier.predict(faces)[:, ::-1]

    usual, turned = (
        measure_split(each, sample.take(np.arange(0, len(sample), 7)), "all") for each in (classifier, Turned())
    )  # type: ignore[arg-type]
    assert turned.accuracy == usual.accuracy
    assert turned.per_class["happy"] == usual.per_class["happy"]


class Bright:
    """Answers "happy" for a bright face, "sad" for a dark one, surer of a face that is brighter on its left."""

    labels = ("sad", "happy")

    def predict(self, faces: np.ndarray) -> np.ndarray:
        sure = 0.6 + 0.2 * (faces[:, :, :24].mean(axis=(1, 2)) > faces[:, :, 24:].mean(axis=(1, 2)))
        is_bright = faces.mean(axis=(1, 2)) > 100
        happy = np.where(is_bright, sure, 1 - sure)
        return np.stack([1 - happy, happy], axis=1).astype(np.float32)


def faces_of(grays: list[int], labels: list[str], splits: list[str], votes: np.ndarray | None = None) -> FaceDataset:
    images = [np.full((48, 48), gray, np.uint8) for gray in grays]
    return face_rows(images, labels, splits, votes=votes)


def test_faces_that_also_stand_in_the_training_rows_are_told_apart() -> None:
    faces = faces_of([200, 50, 200, 210, 60], ["happy", "sad", "sad", "happy", "happy"], ["train"] * 2 + ["test"] * 3)
    report = measure_split(Bright(), faces, "test")  # type: ignore[arg-type]
    assert report.count == 3 and report.accuracy == pytest.approx(1 / 3)
    assert report.without_copies == PartFigures(count=2, accuracy=0.5)
    assert measure_split(Bright(), faces, "train").without_copies is None  # type: ignore[arg-type]
    assert report.ferplus is None


def test_a_second_accuracy_against_what_most_annotators_saw() -> None:
    votes = np.zeros((4, 8), np.uint8)
    votes[0, EMOTIONS.index("happy")] = 10
    votes[1, EMOTIONS.index("sad")] = 6
    votes[1, 7] = 4
    votes[2, EMOTIONS.index("sad")] = 5  # no majority
    votes[2, 7] = 5
    votes[3, EMOTIONS.index("happy")] = 10
    faces = faces_of([200, 50, 60, 40], ["sad", "sad", "sad", "happy"], ["test"] * 4, votes)
    report = measure_split(Bright(), faces, "test")  # type: ignore[arg-type]
    assert report.accuracy == 0.5
    plus = report.ferplus
    assert plus and (plus.count, plus.accuracy, plus.balanced_accuracy) == (
        3,
        pytest.approx(2 / 3),
        pytest.approx(0.75),
    )


def test_flip_averages_with_the_mirror_image() -> None:
    face = np.full((1, 48, 48), 200, np.uint8)
    face[:, :, 24:] = 150
    rows = replace(faces_of([1], ["happy"], ["test"]), images=face)
    assert predict(Bright(), rows)[0, 1] == pytest.approx(0.8)  # type: ignore[arg-type]
    assert predict(Bright(), rows, flip=True)[0, 1] == pytest.approx(0.7)  # type: ignore[arg-type]
