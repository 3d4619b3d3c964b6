"""What a run leaves behind: its model folder, report and predictions."""

import os
import shutil
from pathlib import Path

import keras
import numpy as np
import pandas as pd

from emotion_core.datasets import FaceDataset
from emotion_core.datasets.dataset import TEST_SPLITS
from emotion_core.evaluation.calibration import fit_calibration, risk_coverage, uncertain_threshold
from emotion_core.evaluation.metrics import measure_rows, measure_split, predict
from emotion_core.experiments.config import RunConfig
from emotion_core.experiments.run import Run
from emotion_core.experiments.run_schemas import RunState
from emotion_core.files import whole_folder, write_bytes, write_json
from emotion_core.images import FACE_SIZE
from emotion_core.registry.model_folder import TRAINING_HASHES_FILE, ModelFolder
from emotion_core.registry.model_schemas import BeforeAfter, Calibration, RunReport
from emotion_core.training.architectures import BUILDERS
from emotion_core.training.callbacks import best_checkpoint
from emotion_core.training.export import describe, export_model, write_card
from emotion_core.training.features import write_features
from emotion_core.training.logit_adjustment import adjust_logits
from emotion_core.training.run_data import RunData
from emotion_core.validation import to_json
from emotion_core.vision.faces.calibrated_confidence import calibrated
from emotion_core.vision.faces.classifier import Classifier


def finish(run: Run, config: RunConfig, data: RunData) -> None:
    """Export the best epoch, calibrate it, and measure it the way the app will run it; the rest of the run's folder."""
    run.update_status(state=RunState.evaluating, message="Measuring the best epoch.")
    best_epoch, model = _best_network(run, config)
    adjust_logits(model, data.training.counts(), config.logit_adjustment)
    with whole_folder(run.model_path) as folder:
        card = export_model(model, folder, describe(model, config, run.name, data.describe(), best_epoch))
        exported = Classifier.load(folder)
        write_features(folder, exported, data.training.images, data.training.labels)
        raw = predict(exported, data.validation)
        card = write_card(folder, card.model_copy(update={"calibration": _calibrate(raw, data.validation)}))
        classifier = Classifier(ModelFolder(folder, card))
        probabilities = calibrated(raw, card.calibration.temperature, card.calibration.smoothing)
        report = _measure(run, best_epoch, classifier, probabilities, data)
        metrics = {split: figures.summary for split, figures in report.splits.items()}
        _keep_origin(folder, run, report, data)
        write_card(folder, card.model_copy(update={"metrics": metrics}))
    table = _predictions_table(data.validation, probabilities, classifier.labels)
    write_bytes(run.predictions_path, table.to_parquet(index=False))
    run.write_report(report)
    _say_how_it_ended(run, config, report)


def _best_network(run: Run, config: RunConfig) -> tuple[int, keras.Model]:
    """The best epoch, and its network for faces of 48 pixels, never compiled."""
    best_epoch, path = best_checkpoint(run.path / "checkpoints")
    model = BUILDERS[config.architecture](config.dropout, FACE_SIZE)
    model.set_weights(keras.saving.load_model(path).get_weights())
    return best_epoch, model


def _calibrate(raw: np.ndarray, validation: FaceDataset) -> Calibration:
    """From the network's own probabilities for the validation rows alone."""
    temperature, smoothing = fit_calibration(validation.labels, raw)
    curve = risk_coverage(validation.labels, calibrated(raw, temperature, smoothing))
    threshold = uncertain_threshold(curve)
    return Calibration(temperature=temperature, smoothing=smoothing, uncertain_below=threshold, split="validation")


def _measure(run: Run, best_epoch: int, classifier: Classifier, probabilities: np.ndarray, data: RunData) -> RunReport:
    """probabilities: calibrated ones, of the validation faces."""
    splits = {"validation": measure_rows(classifier, data.validation, probabilities)}
    unseen = data.without_learnt_tests
    for split in TEST_SPLITS:
        if split in unseen.splits:
            splits[split] = measure_split(classifier, unseen, split)
    return RunReport(
        best_epoch=best_epoch,
        seconds=float(run.history["seconds"].sum()),
        splits=splits,
        processors=os.cpu_count(),
        before_and_after=_before_and_after(Classifier(data.start), classifier, data) if data.start else {},
    )


def _before_and_after(start: Classifier, end: Classifier, data: RunData) -> dict[str, BeforeAfter]:
    """Accuracy of the model that a run began with and of the one it made, on the same faces."""
    faces = {"validation": data.validation, "corrections": data.corrections}
    return {
        name: BeforeAfter(
            count=len(rows),
            before=measure_rows(start, rows, predict(start, rows)).accuracy,
            after=measure_rows(end, rows, predict(end, rows)).accuracy,
        )
        for name, rows in faces.items()
        if rows
    }


def _keep_origin(folder: Path, run: Run, report: RunReport, data: RunData) -> None:
    """What a promoted model keeps of how it came about: history, report, hashes of its training faces."""
    np.save(folder / TRAINING_HASHES_FILE, data.training_hashes)
    write_json(folder / "report.json", to_json(report))
    shutil.copy(run.path / "history.csv", folder / "history.csv")


def _predictions_table(rows: FaceDataset, probabilities: np.ndarray, labels: tuple[str, ...]) -> pd.DataFrame:
    table = pd.DataFrame(probabilities, columns=list(labels))
    table.insert(0, "truth", [labels[label] for label in rows.labels])
    table.insert(0, "reference", rows.references)
    return table


def _say_how_it_ended(run: Run, config: RunConfig, report: RunReport) -> None:
    epochs, accuracy = int(run.history["epoch"].max()), report.validation.accuracy
    run.update_status(
        state=RunState.finished if epochs >= config.epochs else RunState.stopped,
        epoch=epochs,
        message=f"Best epoch {report.best_epoch}: validation accuracy {accuracy:.1%}.",
    )
