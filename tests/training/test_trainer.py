"""Whole runs on the sample set."""

from pathlib import Path

import keras
import numpy as np
import onnxruntime
import pandas as pd
import pytest

from emotion_core.datasets import FaceDataset, load
from emotion_core.datasets.corrections import save_correction
from emotion_core.emotions import EMOTIONS
from emotion_core.evaluation.comparison import unseen_rows
from emotion_core.evaluation.metrics import measure_split
from emotion_core.evaluation.model_card import render
from emotion_core.experiments.config import RunConfig
from emotion_core.experiments.presets import PRESETS, fine_tune
from emotion_core.experiments.run import Run, create_run
from emotion_core.registry.model_folder import ModelFolder, open_model
from emotion_core.registry.model_schemas import Calibration
from emotion_core.training import callbacks, finalize, trainer
from emotion_core.training.architectures import BUILDERS
from emotion_core.training.export import export_onnx
from emotion_core.training.run_data import RunData
from emotion_core.vision.faces.alignment import to_network_input
from emotion_core.vision.faces.calibrated_confidence import calibrated
from emotion_core.vision.faces.classifier import Classifier
from tests.training.runs import QUICK, RATES, train


def test_a_run_leaves_everything_in_its_folder(finished: Run, sample: FaceDataset) -> None:
    assert finished.status.state == "finished"
    history = finished.history
    assert history["epoch"].tolist() == [1, 2, 3, 4] and history.columns[0] == "epoch"
    assert history["learning_rate"].is_monotonic_decreasing and history["learning_rate"].iloc[-1] == 0
    report = finished.report
    assert report is not None
    assert report.best_epoch == history["epoch"].iloc[int(history["val_accuracy"].argmax())]
    assert report.splits["validation"].accuracy == pytest.approx(history["val_accuracy"].max(), abs=0.01)
    assert report.splits["validation"].count + 672 == len(sample.select("train"))
    assert report.splits["test"].count == 210


def test_the_kept_model_is_the_one_measured(finished: Run, sample: FaceDataset) -> None:
    model = open_model(finished.model_path)
    assert model.card.parameters == 319_527 and model.labels == EMOTIONS
    assert model.card.data.train_digest == sample.select("train").digest
    assert model.card.data.is_sample and model.card.data.digest == sample.digest
    again = measure_split(Classifier(model), sample, "test")
    assert again == finished.report.splits["test"]  # type: ignore[index]
    assert model.card.metrics["test"].accuracy == again.accuracy


def test_every_format_of_the_model_answers_the_same(finished: Run, sample: FaceDataset, tmp_path: Path) -> None:
    faces = sample.images[:20]
    raw = to_network_input(faces, 3)
    export_onnx(open_model(finished.model_path), tmp_path / "model.onnx")
    onnx = onnxruntime.InferenceSession(tmp_path / "model.onnx").run(None, {"face": raw})[0]
    keras_answers = keras.saving.load_model(finished.model_path / "model.keras").predict(raw, verbose=0)
    assert onnx == pytest.approx(keras_answers, abs=1e-5)
    model = open_model(finished.model_path)
    assert Classifier(model).predict(faces) == pytest.approx(
        calibrated(onnx, model.card.calibration.temperature, model.card.calibration.smoothing), abs=5e-3
    )


def test_predictions_name_each_validation_face(finished: Run, sample: FaceDataset) -> None:
    table = pd.read_parquet(finished.path / "predictions.parquet")
    assert list(table.columns) == ["reference", "truth", *EMOTIONS]
    right = (table[list(EMOTIONS)].idxmax(axis=1) == table["truth"]).mean()
    assert right == pytest.approx(finished.report.splits["validation"].accuracy)  # type: ignore[index]
    truth = dict(zip(sample.references, sample.labels, strict=True))
    assert all(truth[row.reference] == EMOTIONS.index(row.truth) for row in table.itertuples())


def one_convolution(dropout: float, size: int | None) -> keras.Model:
    """In the place of a large network, which takes a minute to be built for each size."""
    inputs = keras.Input((size, size, 1), name="face")
    x = keras.layers.BatchNormalization()(keras.layers.Conv2D(8, 3)(inputs))
    x = keras.layers.Dropout(dropout)(keras.layers.GlobalAveragePooling2D()(x))
    x = keras.layers.Dense(len(EMOTIONS), activation="softmax", dtype="float32", name="probabilities")(x)
    return keras.Model(inputs, x, name="residual_small")


def test_faces_grow_while_the_network_learns_and_a_resumed_run_goes_on_with_its_size(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(BUILDERS, "residual_small", one_convolution)
    few = {"epochs": 2, "initial_resolution": 40, "precision": "bfloat16", "validation_split": 0.8, "ema_decay": 0.5}
    few |= {"aligned_fraction": 0.5}
    config = RunConfig.from_settings({"data": "sample", **PRESETS["quick"].settings, **few})
    run = create_run(config, tmp_path / "quick")
    sizes: list[tuple[int, int]] = []
    aligned: list[float] = []
    batches = trainer.training_batches

    def noted(*args, **kwargs):  # type: ignore[no-untyped-def]
        made = batches(*args, **kwargs)
        faces = next(iter(made))[0].numpy()
        sizes.append((args[4], faces.shape[1]))
        aligned.append(float((faces.std(axis=(1, 2, 3)) < 1).mean()))
        return made

    monkeypatch.setattr(trainer, "training_batches", noted)
    monkeypatch.setattr(trainer, "align_faces", lambda faces, goes_on: np.full_like(faces, 250))
    begin, begun = callbacks.StatusWriter.on_epoch_begin, []

    def note_weights(self, epoch, logs=None):  # type: ignore[no-untyped-def]
        begin(self, epoch, logs)
        if epoch == 1:
            begun.append([np.array(variable) for variable in self.model.trainable_variables])

    monkeypatch.setattr(callbacks.StatusWriter, "on_epoch_begin", note_weights)
    write = callbacks.HistoryWriter.on_epoch_end
    with monkeypatch.context() as patched:

        def cut_in_the_last(self, epoch, logs=None):  # type: ignore[no-untyped-def]
            if epoch == 1:
                raise KeyboardInterrupt
            write(self, epoch, logs)

        patched.setattr(callbacks.HistoryWriter, "on_epoch_end", cut_in_the_last)
        assert not train(run)
    assert sizes == [(40, 40), (48, 48)] and all(0.2 < share < 0.8 for share in aligned)
    last = keras.saving.load_model(run.path / "checkpoints" / "last.keras")
    assert not np.allclose(np.array(last.trainable_variables[0]), begun[0][0]), "Keras went on with the means"
    assert train(run)
    assert all(np.allclose(first, second) for first, second in zip(*begun, strict=True))
    assert sizes[2:] == [(48, 48)] and run.history["epoch"].tolist() == [1, 2]
    assert open_model(run.model_path).card.input.height == 48
    rates = run.history["learning_rate"].tolist()
    assert rates == sorted(rates, reverse=True) and rates[-1] == pytest.approx(0, abs=1e-6)
    checkpoints = sorted(file.name for file in (run.path / "checkpoints").iterdir())
    assert checkpoints == [f"best-{run.report.best_epoch:03d}.keras", "last.keras"]  # type: ignore[index]
    half, whole = (
        {layer.compute_dtype for layer in keras.saving.load_model(run.path / path).layers}
        for path in ("checkpoints/last.keras", "model/model.keras")
    )
    assert "bfloat16" in half and whole == {"float32"}


def test_confidence_is_calibrated_on_the_validation_rows_and_kept_on_the_card(finished: Run) -> None:
    model = open_model(finished.model_path)
    fitted = model.card.calibration
    assert fitted.split == "validation" and 0 < fitted.uncertain_below < 1
    raw = ModelFolder(model.path, model.card.model_copy(update={"calibration": Calibration()}))
    faces = load("sample").images[:50]
    expected = calibrated(Classifier(raw).predict(faces), fitted.temperature, fitted.smoothing)
    assert np.allclose(Classifier(model).predict(faces), expected) and fitted.temperature != 1
    curve = finished.report.splits["validation"].risk_coverage  # type: ignore[index]
    answered = [point for point in curve if point.threshold >= fitted.uncertain_below]
    assert answered[0].accuracy >= 0.75


def test_a_stopped_run_goes_on_to_the_same_record_as_one_never_stopped(tmp_path: Path) -> None:
    run = create_run(RunConfig(epochs=2, **QUICK), tmp_path / "stopped")
    begin = callbacks.StatusWriter.on_epoch_begin

    def stop_in_the_second(self, epoch, logs=None):  # type: ignore[no-untyped-def]
        begin(self, epoch, logs)
        if epoch == 1:
            run.stop_path.touch()

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(callbacks.StatusWriter, "on_epoch_begin", stop_in_the_second)
        assert train(run)
    assert run.status.state == "stopped" and run.history["epoch"].tolist() == [1]
    run.stop_path.unlink()
    assert train(run)
    assert run.status.state == "finished" and run.history["epoch"].tolist() == [1, 2]
    assert run.history["learning_rate"].tolist() == pytest.approx(RATES, abs=1e-9)


def test_a_fine_tune_goes_on_from_a_model_with_own_faces_mixed_in(
    finished: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sample: FaceDataset
) -> None:
    monkeypatch.setenv("EMOTION_DATA", str(tmp_path))
    faces = sample.select("test").images[:5]
    for face in faces:
        save_correction(face, "disgust")
    config = fine_tune(open_model(finished.model_path), "sample")
    run = create_run(config.changed(epochs=1), tmp_path / "tuned")
    assert train(run), run.status
    report = run.report
    assert report is not None
    before_and_after = report.before_and_after
    assert before_and_after["corrections"].count == 5
    assert before_and_after["validation"].before == finished.report.splits["validation"].accuracy  # type: ignore[index]
    assert report.splits["validation"].count == finished.report.splits["validation"].count  # type: ignore[index]
    tuned = open_model(run.model_path)
    card = tuned.card
    learnt = open_model(finished.model_path).training_hashes.tolist()
    assert not set(unseen_rows(sample, tuned).picture_hashes) & set(learnt)
    assert card.data.corrections == 5 and card.data.training == 672 + 5 * config.correction_repeats
    assert len(tuned.history) == 1 and card.data.start_from == "finished"
    assert card.recipe["start_from"] == "finished", "a name, not a place on this computer"
    text = render(tuned)
    assert "It began with the weights of finished." in text and "--start-from finished" in text
    assert not [path for path in run.model_path.iterdir() if path.is_dir()], "the files of one run"
    first = run.history["val_accuracy"].iloc[0]
    assert first > finished.history["val_accuracy"].iloc[0], "it did not begin from nothing"


def test_corrections_that_are_validation_faces_too_are_not_measured(finished: Run, sample: FaceDataset) -> None:
    classifier, nothing = Classifier.load(finished.model_path), sample.take(np.arange(0))
    data = RunData(sample, sample, sample.take(np.arange(20)), [], nothing, None)
    assert set(finalize._before_and_after(classifier, classifier, data)) == {"validation"}


def test_a_fine_tune_of_another_network_is_refused(finished: Run, tmp_path: Path) -> None:
    config = RunConfig(data="sample", architecture="residual_small", start_from=str(finished.model_path))
    run = create_run(config, tmp_path / "run")
    assert not train(run) and "is a baseline network; this run trains residual_small" in run.status.message
