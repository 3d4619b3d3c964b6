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
from emotion_core.datasets.split import copied_rows, split_for_training
from emotion_core.datasets.votes import soft_labels
from emotion_core.images import FACE_SIZE
from emotion_core.store.files import write_json
from emotion_core.store.run_config import RunConfig
from emotion_core.store.runs import Run
from emotion_core.training.architectures import BUILDERS
from emotion_core.training.calibration import fit_temperature, risk_coverage, uncertain_threshold
from emotion_core.training.callbacks import (
    BEST_FILE,
    BestCheckpoint,
    HistoryWriter,
    LastCheckpoint,
    StatusWriter,
    best_checkpoints,
)
from emotion_core.training.evaluation import measure_rows, measure_split, predict
from emotion_core.training.export import describe, export_model, write_card
from emotion_core.training.pipeline import training_batches, validation_batches
from emotion_core.vision.calibration import with_temperature
from emotion_core.vision.classifier import Classifier

_SIZE_STEP = 8  # three times halved, a face of 24 to 48 pixels leaves no remainder
_WARM_SHARE = 0.1  # of a one-cycle run


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
        for ahead in best_checkpoints(last_path.parent):
            if ahead.name > BEST_FILE.format(epoch=done):
                ahead.unlink()
    else:
        model = BUILDERS[config.architecture](config.dropout, FACE_SIZE if config.start_size == FACE_SIZE else None)
        model.compile(_optimizer(config, steps), loss="categorical_crossentropy", metrics=["accuracy"])
    channels = model.input_shape[-1]
    training, validation = material.training, material.validation
    targets = soft_labels(training.labels, training.votes, config.annotators, config.label_smoothing)
    truth = soft_labels(validation.labels, None, annotators=0, smoothing=0)
    run.update_status(state="running", message="", training=len(training), validation=len(validation))
    callbacks = [status, history, BestCheckpoint(last_path.parent, status, best), LastCheckpoint(last_path, status)]
    for size, end in _stages(config):
        if end <= done:
            continue
        model.fit(
            training_batches(training.images, targets, config, channels, size, config.seed + done),
            validation_data=validation_batches(validation.images, truth, channels),
            epochs=end,
            initial_epoch=done,
            verbose=2,
            callbacks=callbacks,
        )
        if model.stop_training:
            break
        done = end
    if run.history.empty:
        run.update_status(state="stopped", message="No epoch was complete, so there is no model to keep.")
        return
    _finish(run, config, material)


def _stages(config: RunConfig) -> list[tuple[int, int]]:
    """The sizes of the faces and the epoch in which each ends: equal shares of the epochs from start_size to 48."""
    sizes = [*range(config.start_size, FACE_SIZE, _SIZE_STEP), FACE_SIZE]
    return [(size, round(config.epochs * (number + 1) / len(sizes))) for number, size in enumerate(sizes)]


def _load_material(config: RunConfig) -> Material:
    dataset = load(config.data)
    for problem in dataset.problems:
        print("left out:", problem)
    training, validation = split_for_training(dataset, config.validation_split, config.seed)
    if len(np.unique(training.labels)) < 2:
        raise DatasetError(f"{dataset.name} has faces of one emotion only; training needs at least two.")
    if config.annotators and dataset.votes is None:
        print(f"{dataset.name} has no FER+ votes: its labels are learnt as they are")
    copies = copied_rows(dataset).sum()
    print(
        f"{dataset.name}: {len(training)} rows to train, {len(validation)} to validate, {copies} copies of test faces"
    )
    return Material(dataset, training, validation)


def _optimizer(config: RunConfig, steps: int) -> keras.optimizers.Optimizer:
    """steps: of one epoch."""
    rate, decay = _learning_rate(config, steps), config.weight_decay or None
    if config.optimizer == "sgd":
        return keras.optimizers.SGD(rate, momentum=0.9, nesterov=True, weight_decay=decay)
    return keras.optimizers.Adam(rate, weight_decay=decay)


def _learning_rate(config: RunConfig, steps: int) -> float | keras.optimizers.schedules.LearningRateSchedule:
    total, peak = config.epochs * steps, config.learning_rate
    if config.schedule == "one-cycle":
        warm = max(1, round(total * _WARM_SHARE))
        return keras.optimizers.schedules.CosineDecay(
            peak / 25, max(1, total - warm), warmup_target=peak, warmup_steps=warm
        )
    if config.schedule == "cosine":
        return keras.optimizers.schedules.CosineDecay(peak, total)
    return peak


def _finish(run: Run, config: RunConfig, material: Material) -> None:
    """Export the best epoch and measure it the way the app will run it."""
    run.update_status(state="evaluating", message="Measuring the best epoch.")
    dataset, history = material.dataset, run.history
    best_epoch = int(history["epoch"].iloc[int(history["val_accuracy"].argmax())])
    best = keras.saving.load_model(run.path / "checkpoints" / BEST_FILE.format(epoch=best_epoch))
    model = BUILDERS[config.architecture](config.dropout, FACE_SIZE)
    model.set_weights(best.get_weights())
    data = {
        "name": dataset.name,
        "digest": dataset.digest,
        "train_digest": dataset.select("train").digest,
        "is_sample": dataset.is_sample,
        "copies_of_test_left_out": int(copied_rows(dataset).sum()),
        "training": len(material.training),
        "training_counts": material.training.counts(),
        "validation": len(material.validation),
        "has_votes": dataset.votes is not None,
    }
    card = {**describe(model, config, run.name, data), "best_epoch": best_epoch}
    export_model(model, run.model_path, card)
    card["calibration"] = _calibrate(Classifier.load(run.model_path), material.validation)
    write_card(run.model_path, card)
    classifier = Classifier.load(run.model_path)

    probabilities = predict(classifier, material.validation)
    measured = {"validation": measure_rows(classifier, material.validation, probabilities)}
    for split in TEST_SPLITS:
        if dataset.mask(split).any() and (split != "test" or "test" in dataset.splits):
            measured[split] = measure_split(classifier, dataset, split)

    _predictions_table(material.validation, probabilities, classifier.labels).to_parquet(
        run.path / "predictions.parquet", index=False
    )
    seconds = float(history["seconds"].sum())
    write_json(run.path / "report.json", {"best_epoch": best_epoch, "seconds": seconds, "splits": measured})
    summary = ("accuracy", "balanced_accuracy", "ece", "count", "ferplus", "without_copies")
    metrics = {split: {key: figures[key] for key in summary if key in figures} for split, figures in measured.items()}
    write_card(run.model_path, {**card, "metrics": metrics})
    accuracy = measured["validation"]["accuracy"]
    stopped = len(history) < config.epochs
    run.update_status(
        state="stopped" if stopped else "finished",
        epoch=len(history),
        message=f"Best epoch {best_epoch}: {accuracy:.1%} of the validation faces right.",
    )


def _calibrate(classifier: Classifier, validation: FaceDataset) -> dict[str, Any]:
    """The card's `calibration`, from the validation rows alone."""
    raw = predict(classifier, validation)
    temperature = fit_temperature(validation.labels, raw)
    curve = risk_coverage(validation.labels, with_temperature(raw, temperature))
    return {"temperature": temperature, "uncertain_below": uncertain_threshold(curve), "split": "validation"}


def _predictions_table(rows: FaceDataset, probabilities: np.ndarray, labels: tuple[str, ...]) -> pd.DataFrame:
    table = pd.DataFrame(probabilities, columns=list(labels))
    table.insert(0, "truth", [labels[label] for label in rows.labels])
    table.insert(0, "reference", rows.references)
    return table
