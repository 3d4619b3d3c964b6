"""A network's features, measured on the faces it learnt from.

    python -m emotion_core.training.features MODEL --data fer2013.csv

measures them for a model folder that was exported without, and writes its `model.tflite` again, with features as its
second output.
"""

from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from emotion_core.datasets import load
from emotion_core.files import write_bytes
from emotion_core.registry.feature_statistics import FEATURES_FILE, FeatureStatistics, write_statistics
from emotion_core.registry.model_folder import open_model
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


def main(
    model: Annotated[Path, typer.Argument(help="Model folder.")],
    data: Annotated[str, typer.Option(help="The data set that it learnt from.")],
) -> None:
    """Export a model once more, with its features."""
    import keras

    from emotion_core.training.export import convert, write_card

    folder, dataset = open_model(model), load(data)
    hashes = folder.training_hashes
    if hashes is None:
        raise typer.BadParameter(f"{folder.name} does not say which faces it learnt from.")
    learnt = dataset.take(np.flatnonzero(np.isin(dataset.picture_hashes, hashes)))
    write_bytes(folder.tflite_path, convert(keras.saving.load_model(model / "model.keras", compile=False)))
    write_features(model, Classifier(folder), learnt.images, learnt.labels)
    write_card(model, folder.card)
    print(f"{folder.name}: features of {len(learnt):,} faces.")


if __name__ == "__main__":
    typer.run(main)
