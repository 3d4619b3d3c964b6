"""One training run from its config to its model folder."""

import math
import traceback
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
import pandas as pd

from emotion_core.datasets import DatasetError, FaceDataset, load
from emotion_core.datasets.dataset import TEST_SPLITS
from emotion_core.datasets.split import train_validation_split
from emotion_core.store.files import write_json
from emotion_core.store.run_config import RunConfig
from emotion_core.store.runs import Run
from emotion_core.training.architectures import BUILDERS
from emotion_core.training.callbacks import BEST_FILE, BestCheckpoint, HistoryWriter, LastCheckpoint, StatusWriter
from emotion_core.training.evaluation import measure
from emotion_core.training.export import describe, export_model, write_card
from emotion_core.training.pipeline import training_batches, validation_batches
from emotion_core.vision.classifier import Classifier


@dataclass(frozen=True)
class Material:
    """The rows of a run: what it learns from, what chooses the epoch, what only measures at the end."""

    dataset: FaceDataset
    training: FaceDataset
    validation: FaceDataset


def train(run: Run, resume: bool = False) -> bool:
    """Do what the run's config says and leave everything in its folder; True when it came to its end.

    Never raises for what can go wrong with data or training: the run's status then says it in one sentence
    and its log has the rest.
    """
    config = run.config
    if config is None:
        raise ValueError(f"{run.path} has no config.json.")
    run.update_status(state="starting", message="Reading the data.")
    try:
        _train(run, config, resume)
    except KeyboardInterrupt:
        run.update_status(state="stopped", message="Interrupted from the keyboard; it can be resumed.")
        return False
    except Exception as error:
        traceback.print_exc()
        sentence = str(error).splitlines()[0] if str(error) else type(error).__name__
        run.update_status(state="failed", message=sentence)
        return False
    return True


def _train(run: Run, config: RunConfig, resume: bool) -> None:
    material = _load_material(config)
    keras.utils.set_random_seed(config.seed)
    steps = math.ceil(len(material.training) / config.batch_size)
    last_path = run.path / "checkpoints" / "last.keras"
    last_path.parent.mkdir(exist_ok=True)

    status = StatusWriter(run)
    history = HistoryWriter(run, status)
    done, best = 0, None
    if resume and last_path.exists():
        model = keras.saving.load_model(last_path)
        done = int(model.optimizer.iterations) // steps
        kept = run.history.head(done)  # a row may have been written just before its checkpoint failed
        history.keep(kept)
        best = float(kept["val_accuracy"].max())
    else:
        model = BUILDERS[config.architecture](config.dropout)
        model.compile(
            keras.optimizers.Adam(_learning_rate(config, steps)),
            loss="sparse_categorical_crossentropy",
            metrics=["accuracy"],
        )
    channels = model.input_shape[-1]
    run.update_status(state="running", message="", training=len(material.training), validation=len(material.validation))
    model.fit(
        training_batches(
            material.training.images,
            material.training.labels,
            config.batch_size,
            config.augmentation,
            channels,
            config.seed + done,
        ),
        validation_data=validation_batches(material.validation.images, material.validation.labels, channels),
        epochs=config.epochs,
        initial_epoch=done,
        verbose=2,
        callbacks=[
            status,
            history,
            BestCheckpoint(last_path.parent, status, best),
            LastCheckpoint(last_path, status),
        ],
    )
    if run.history.empty:
        run.update_status(state="stopped", message="No epoch was complete, so there is no model to keep.")
        return
    _finish(run, config, material)


def _load_material(config: RunConfig) -> Material:
    dataset = load(config.data)
    for problem in dataset.problems:
        print("left out:", problem)
    candidates = dataset.select("train")
    if "validation" in dataset.splits:
        training, validation = candidates, dataset.select("validation")
    else:
        rows, kept_back = train_validation_split(candidates, config.validation_split, config.seed)
        training, validation = candidates.take(rows), candidates.take(kept_back)
    if len(np.unique(training.labels)) < 2:
        raise DatasetError(f"{dataset.name} has faces of one emotion only; training needs at least two.")
    print(f"{dataset.name}: {len(training)} rows to train, {len(validation)} to validate")
    return Material(dataset, training, validation)


def _learning_rate(config: RunConfig, steps: int) -> float | keras.optimizers.schedules.LearningRateSchedule:
    if config.schedule == "cosine":
        return keras.optimizers.schedules.CosineDecay(config.learning_rate, config.epochs * steps)
    return config.learning_rate


def _finish(run: Run, config: RunConfig, material: Material) -> None:
    """Export the best epoch and measure it the way the app will run it."""
    run.update_status(state="evaluating", message="Measuring the best epoch.")
    dataset, history = material.dataset, run.history
    best_epoch = int(history["epoch"].iloc[int(history["val_accuracy"].argmax())])
    model = keras.saving.load_model(run.path / "checkpoints" / BEST_FILE.format(epoch=best_epoch))
    data = {
        "name": dataset.name,
        "digest": dataset.digest,
        "train_digest": dataset.select("train").digest,
        "is_sample": dataset.is_sample,
        "training": len(material.training),
        "validation": len(material.validation),
    }
    card = {**describe(model, config, run.name, data), "best_epoch": best_epoch}
    export_model(model, run.model_path, card)
    classifier = Classifier.load(run.model_path)

    measured: dict[str, Any] = {}
    probabilities = classifier.predict(material.validation.images)
    measured["validation"] = measure(material.validation.labels, probabilities, classifier.labels)
    for split in TEST_SPLITS:
        rows = dataset.take(dataset.splits == split)
        if len(rows):
            measured[split] = measure(rows.labels, classifier.predict(rows.images), classifier.labels)

    _predictions_table(material.validation, probabilities, classifier.labels).to_parquet(
        run.path / "predictions.parquet", index=False
    )
    seconds = float(history["seconds"].sum())
    write_json(run.path / "report.json", {"best_epoch": best_epoch, "seconds": seconds, "splits": measured})
    summary = ("accuracy", "balanced_accuracy", "ece", "count")
    metrics = {split: {key: figures[key] for key in summary} for split, figures in measured.items()}
    write_card(run.model_path, {**card, "metrics": metrics})
    accuracy = measured["validation"]["accuracy"]
    stopped = len(history) < config.epochs
    run.update_status(
        state="stopped" if stopped else "finished",
        epoch=len(history),
        message=f"Best epoch {best_epoch}: {accuracy:.1%} of the validation faces right.",
    )


def _predictions_table(rows: FaceDataset, probabilities: np.ndarray, labels: tuple[str, ...]) -> pd.DataFrame:
    table = pd.DataFrame(probabilities, columns=list(labels))
    table.insert(0, "truth", [labels[label] for label in rows.labels])
    table.insert(0, "reference", rows.references)
    return table
