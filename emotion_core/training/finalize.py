"""What a run leaves behind: its model folder, report and predictions."""

import os
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pandas as pd

from emotion_core.datasets import FaceDataset
from emotion_core.datasets.dataset import TEST_SPLITS
from emotion_core.evaluation.calibration import fit_calibration, risk_coverage, uncertain_threshold
from emotion_core.evaluation.metrics import measure_rows, measure_split, predict
from emotion_core.experiments.config import RunConfig
from emotion_core.experiments.run import Run
from emotion_core.files import whole_folder, write_bytes, write_json
from emotion_core.images import FACE_SIZE
from emotion_core.registry.model_folder import (
    RECORD_FILES,
    START_FOLDER,
    TEACHERS_FOLDER,
    TRAINING_HASHES_FILE,
    ModelFolder,
)
from emotion_core.training.architectures import BUILDERS
from emotion_core.training.callbacks import best_checkpoint
from emotion_core.training.export import describe, export_model, write_card
from emotion_core.training.run_data import Ending, RunData
from emotion_core.training.sharpness_aware import load_checkpoint
from emotion_core.training.weight_averaging import blend
from emotion_core.vision.faces.classifier import Classifier
from emotion_core.vision.faces.confidence import calibrated

_SUMMARY = ("accuracy", "balanced_accuracy", "ece", "count", "ferplus", "without_copies")  # of a report, on the card


def finish(run: Run, config: RunConfig, data: RunData, ending: Ending) -> None:
    """Export the best epoch, calibrate it, and measure it the way the app will run it; the rest of the run's folder."""
    run.update_status(state="evaluating", message="Measuring the best epoch.")
    dataset, history = data.dataset, run.history
    best_epoch, path = best_checkpoint(run.path / "checkpoints")
    best = load_checkpoint(path)
    model = BUILDERS[config.architecture](config.dropout, FACE_SIZE)
    model.set_weights(best.get_weights())
    if data.start and config.start_share:
        start = keras.saving.load_model(data.start.path / "model.keras")
        blend(model, start, config.start_share, data.training.images)
    card = {**describe(model, config, run.name, data.describe()), "best_epoch": best_epoch}
    with whole_folder(run.model_path) as folder:
        export_model(model, folder, card)
        raw = predict(Classifier.load(folder), data.validation)
        card["calibration"] = _calibrate(raw, data.validation)
        write_card(folder, card)
        classifier = Classifier.load(folder)

        probabilities = calibrated(raw, classifier.model.temperature, classifier.model.smoothing)
        measured = {"validation": measure_rows(classifier, data.validation, probabilities)}
        for split in TEST_SPLITS:
            if split in dataset.splits:
                measured[split] = measure_split(classifier, dataset, split)

        seconds = float(history["seconds"].sum())
        report: dict[str, Any] = {"best_epoch": best_epoch, "seconds": seconds, "splits": measured}
        report["processors"] = os.cpu_count()
        if data.start:
            report["before_and_after"] = _before_and_after(Classifier(data.start), classifier, data)
        metrics = {
            split: {key: value for key, value in row.items() if key in _SUMMARY} for split, row in measured.items()
        }
        write_card(folder, {**card, "metrics": metrics})
        np.save(folder / TRAINING_HASHES_FILE, data.training_hashes)
        write_json(folder / "report.json", report)  # a promoted model keeps the record of how it came about
        shutil.copy(run.path / "history.csv", folder / "history.csv")
        _keep_records(folder, data.start, data.teachers)
    table = _predictions_table(data.validation, probabilities, classifier.labels)
    write_bytes(run.predictions_path, table.to_parquet(index=False))
    write_json(run.path / "report.json", report)
    accuracy = measured["validation"]["accuracy"]
    stopped = len(history) < config.epochs and not ending.is_complete
    run.update_status(
        state="stopped" if stopped else "finished",
        epoch=len(history),
        message=f"{ending.reason} Best epoch {best_epoch}: {accuracy:.1%} of the validation faces right.".strip(),
    )


def _keep_records(path: Path, start: ModelFolder | None, teachers: Iterable[ModelFolder]) -> None:
    """The records of the models that the one at `path` builds on, and of those before them; not their weights."""
    folders = [(start, path / START_FOLDER)] if start else []
    folders += [(teacher, path / TEACHERS_FOLDER / str(number)) for number, teacher in enumerate(teachers)]
    for model, folder in folders:
        folder.mkdir(parents=True, exist_ok=True)
        write_json(folder / "card.json", model.card)
        for file in RECORD_FILES:
            if (model.path / file).exists():
                shutil.copy(model.path / file, folder / file)
        _keep_records(folder, model.start, model.teachers)


def _calibrate(raw: np.ndarray, validation: FaceDataset) -> dict[str, Any]:
    """The card's `calibration`, from the network's own probabilities for the validation rows alone."""
    temperature, smoothing = fit_calibration(validation.labels, raw)
    curve = risk_coverage(validation.labels, calibrated(raw, temperature, smoothing))
    fitted = {"temperature": temperature, "smoothing": smoothing, "uncertain_below": uncertain_threshold(curve)}
    return {**fitted, "split": "validation"}


def _before_and_after(start: Classifier, end: Classifier, data: RunData) -> dict[str, Any]:
    """Accuracy of the model that a run began with and of the one it made, on the same faces."""
    faces = {"validation": data.validation, "corrections": data.own}
    return {
        name: {
            "count": len(rows),
            "before": measure_rows(start, rows, predict(start, rows))["accuracy"],
            "after": measure_rows(end, rows, predict(end, rows))["accuracy"],
        }
        for name, rows in faces.items()
        if rows is not None
    }


def _predictions_table(rows: FaceDataset, probabilities: np.ndarray, labels: tuple[str, ...]) -> pd.DataFrame:
    table = pd.DataFrame(probabilities, columns=list(labels))
    table.insert(0, "truth", [labels[label] for label in rows.labels])
    table.insert(0, "reference", rows.references)
    return table
