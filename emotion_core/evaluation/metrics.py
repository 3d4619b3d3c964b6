"""Figures from probabilities and the truth; imports no TensorFlow, so `evaluate` starts fast."""

from collections.abc import Sequence

import numpy as np

from emotion_core.datasets import DatasetError, FaceDataset
from emotion_core.datasets.ferplus import majority
from emotion_core.emotions import EMOTIONS
from emotion_core.evaluation.calibration import reliability, risk_coverage
from emotion_core.registry.model_schemas import ClassFigures, Emotion, Figures, PartFigures
from emotion_core.vision.faces.classifier import Classifier, positions


def measure_split(classifier: Classifier, dataset: FaceDataset, split: str, flip: bool = False) -> Figures:
    """`measure_rows` for one split of a data set, and under `without_copies` the same accuracy on those faces alone
    that do not stand, pixel for pixel, among the training rows. Raises `DatasetError`."""
    rows = dataset.select(split)
    probabilities = predict(classifier, rows, flip)
    figures = measure_rows(classifier, rows, probabilities)
    learnt = dataset.splits == "train"
    if learnt.any() and split not in ("train", "all"):
        fresh = ~np.isin(dataset.picture_ids, dataset.picture_ids[learnt])[dataset.mask(split)]
        right = probabilities[fresh].argmax(axis=1) == true_columns(classifier, rows)[fresh]
        if len(right):
            part = PartFigures(count=len(right), accuracy=float(right.mean()))
            return figures.model_copy(update={"without_copies": part})
    return figures


def measure_rows(classifier: Classifier, rows: FaceDataset, probabilities: np.ndarray) -> Figures:
    """`measure` for what a classifier answered on the rows of a data set. Where there are FER+ votes also, under
    `ferplus`, how often it answers what over half of the annotators saw. Raises `DatasetError` for an emotion that the
    classifier does not know."""
    figures = measure(true_columns(classifier, rows), probabilities, classifier.labels)
    if rows.votes is not None:
        seen, clear = majority(rows.votes)
        if not clear.any():
            return figures
        answers = positions(classifier.labels)[probabilities.argmax(axis=1)]
        right = (answers == seen)[clear]
        recalls = [right[seen[clear] == emotion].mean() for emotion in np.unique(seen[clear])]
        part = PartFigures(
            count=int(clear.sum()), accuracy=float(right.mean()), balanced_accuracy=float(np.mean(recalls))
        )
        return figures.model_copy(update={"ferplus": part})
    return figures


def predict(classifier: Classifier, rows: FaceDataset, flip: bool = False) -> np.ndarray:
    """Probabilities float32 [N, K]; with `flip` the mean of those for each face and for its mirror image."""
    probabilities = classifier.predict(rows.images)
    if flip:
        mirrored = np.ascontiguousarray(rows.images[:, :, ::-1])
        probabilities = (probabilities + classifier.predict(mirrored)) / 2
    return probabilities


def measure(truth: np.ndarray, probabilities: np.ndarray, labels: Sequence[Emotion]) -> Figures:
    """Accuracy, per-class figures, confusion matrix and calibration.

    truth: int [N], positions in `labels`; probabilities: float [N, len(labels)].
    The confusion matrix has a row per true and a column per predicted class. A class without rows gets support 0.
    """
    predicted = probabilities.argmax(axis=1)
    matrix = confusion_matrix(truth, predicted, len(labels))
    support, answered, hits = matrix.sum(axis=1), matrix.sum(axis=0), matrix.diagonal()
    precision, recall = hits / np.maximum(answered, 1), hits / np.maximum(support, 1)
    f1 = 2 * hits / np.maximum(answered + support, 1)
    ece, bins = reliability(truth, probabilities)
    return Figures(
        count=len(truth),
        accuracy=float((predicted == truth).mean()),
        balanced_accuracy=float(recall[support > 0].mean()),
        ece=ece,
        labels=list(labels),
        per_class={
            label: ClassFigures(
                precision=float(precision[i]), recall=float(recall[i]), f1=float(f1[i]), support=int(support[i])
            )
            for i, label in enumerate(labels)
        },
        confusion_matrix=matrix.tolist(),
        reliability=bins,
        risk_coverage=risk_coverage(truth, probabilities),
    )


def confusion_matrix(truth: np.ndarray, predicted: np.ndarray, count: int) -> np.ndarray:
    """int64 [count, count]: how often each class, a row, was given each answer, a column."""
    return np.bincount(truth * count + predicted, minlength=count * count).reshape(count, count)


def true_columns(classifier: Classifier, rows: FaceDataset) -> np.ndarray:
    """Int [N], for each row the column of `Classifier.predict` that its label names. Raises `DatasetError`."""
    names = [EMOTIONS[label] for label in rows.labels]
    unknown = sorted(set(names) - set(classifier.labels))
    if unknown:
        raise DatasetError(f"{rows.name} has {unknown[0]} faces, which {classifier.model.name} does not know.")
    return np.array([classifier.labels.index(name) for name in names])
