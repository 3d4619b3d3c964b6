"""Whole runs on the sample set."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import keras
import numpy as np
import onnxruntime
import pandas as pd
import pytest

from emotion_core.datasets import DatasetError, FaceDataset, load
from emotion_core.datasets.corrections import save_correction
from emotion_core.datasets.split import copied_rows, split_for_training
from emotion_core.emotions import EMOTIONS
from emotion_core.evaluation.comparison import unseen_rows
from emotion_core.evaluation.metrics import measure_split
from emotion_core.evaluation.model_card import render
from emotion_core.experiments.config import RunConfig
from emotion_core.experiments.presets import PRESETS, fine_tune
from emotion_core.experiments.run import Run, create_run
from emotion_core.registry.model_folder import ModelFolder, open_model
from emotion_core.registry.model_schemas import Calibration
from emotion_core.training import callbacks, finalize, run_data, trainer
from emotion_core.training.callbacks import best_checkpoint
from emotion_core.training.export import export_onnx
from emotion_core.training.trainer import train
from emotion_core.vision.faces.alignment import to_network_input
from emotion_core.vision.faces.classifier import Classifier
from emotion_core.vision.faces.confidence import calibrated

QUICK = {"data": "sample", "batch_size": 32, "learning_rate": 2e-3}


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Run:
    run = create_run(RunConfig(epochs=4, **QUICK), tmp_path_factory.mktemp("runs") / "finished")
    assert train(run)
    return run


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


def test_a_killed_run_goes_on_as_if_nothing_had_been(
    finished: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = create_run(RunConfig(epochs=4, **QUICK), tmp_path / "killed")

    class PowerCut(BaseException):
        """Nothing can catch it, like a kill."""

    save = callbacks.LastCheckpoint.on_epoch_end

    def cut_after_two(self, epoch, logs=None):  # type: ignore[no-untyped-def]
        if epoch == 2:
            raise PowerCut
        save(self, epoch, logs)

    with monkeypatch.context() as patched, pytest.raises(PowerCut):
        patched.setattr(callbacks.LastCheckpoint, "on_epoch_end", cut_after_two)
        train(run)
    assert len(run.history) == 3, "the third epoch was noted but its checkpoint was not written"

    assert train(run, resume=True)
    assert run.status.state == "finished"
    assert run.history["epoch"].tolist() == [1, 2, 3, 4]
    assert np.allclose(run.history["learning_rate"], finished.history["learning_rate"])
    assert run.report is not None
    assert run.report.splits["validation"].accuracy == pytest.approx(run.history["val_accuracy"].max(), abs=0.01)


def test_stop_keeps_the_best_epoch_and_reports(tmp_path: Path) -> None:
    run = create_run(RunConfig(epochs=50, **QUICK), tmp_path / "stopped")
    write = callbacks.HistoryWriter.on_epoch_end

    def stop_after_one(self, epoch, logs=None):  # type: ignore[no-untyped-def]
        write(self, epoch, logs)
        run.stop_path.touch()

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(callbacks.HistoryWriter, "on_epoch_end", stop_after_one)
        assert train(run)
    assert run.status.state == "stopped" and 1 <= len(run.history) <= 2
    assert run.report is not None and open_model(run.model_path)


def test_faces_grow_while_the_network_learns_and_a_resumed_run_goes_on_with_its_size(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = RunConfig.from_settings(
        {"data": "sample", **PRESETS["residual_small"], "epochs": 4, "initial_resolution": 40, "crop": 44}
    )
    run = create_run(config, tmp_path / "residual_small")
    sizes: list[tuple[int, int]] = []
    batches = trainer.training_batches

    def noted(*args, **kwargs):  # type: ignore[no-untyped-def]
        made = batches(*args, **kwargs)
        sizes.append((args[4], next(iter(made))[0].shape[1]))
        return made

    monkeypatch.setattr(trainer, "training_batches", noted)
    write = callbacks.HistoryWriter.on_epoch_end
    with monkeypatch.context() as patched:

        def cut_in_the_last(self, epoch, logs=None):  # type: ignore[no-untyped-def]
            if epoch == 3:
                raise KeyboardInterrupt
            write(self, epoch, logs)

        patched.setattr(callbacks.HistoryWriter, "on_epoch_end", cut_in_the_last)
        assert not train(run)
    assert sizes == [(40, 40), (44, 44)]
    assert train(run, resume=True)
    assert sizes[2:] == [(44, 44)] and run.history["epoch"].tolist() == [1, 2, 3, 4]
    assert open_model(run.model_path).card.input.height == 48
    rates = run.history["learning_rate"].tolist()
    assert rates == sorted(rates, reverse=True) and rates[-1] == pytest.approx(0, abs=1e-6)
    checkpoints = sorted(file.name for file in (run.path / "checkpoints").iterdir())
    assert checkpoints == [f"best-{run.report.best_epoch:03d}.keras", "last.keras"]  # type: ignore[index]


def test_faces_copied_from_the_test_are_not_learnt(sample: FaceDataset) -> None:
    training, test = np.flatnonzero(sample.splits == "train"), np.flatnonzero(sample.splits == "test")
    images = sample.images.copy()
    images[training[:5]] = images[test[:5]]
    leaking = replace(sample, images=images)
    assert copied_rows(leaking).sum() == 5 and copied_rows(leaking)[training[:5]].all()
    learnt, validation = split_for_training(leaking, 0.2, seed=0)
    assert len(learnt) + len(validation) == len(training) - 5
    rows = {face.tobytes() for part in (learnt, validation) for face in part.images}
    assert not rows & {face.tobytes() for face in leaking.select("test").images}


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


def test_a_stopped_run_goes_on_to_the_same_record_as_one_never_stopped(finished: Run, tmp_path: Path) -> None:
    run = create_run(RunConfig(epochs=4, **QUICK), tmp_path / "stopped")
    begin = callbacks.StatusWriter.on_epoch_begin

    def stop_in_the_third(self, epoch, logs=None):  # type: ignore[no-untyped-def]
        begin(self, epoch, logs)
        if epoch == 2:
            run.stop_path.touch()

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(callbacks.StatusWriter, "on_epoch_begin", stop_in_the_third)
        assert train(run)
    assert run.status.state == "stopped" and run.history["epoch"].tolist() == [1, 2]
    run.stop_path.unlink()
    assert train(run, resume=True)
    assert run.status.state == "finished" and run.history["epoch"].tolist() == [1, 2, 3, 4]
    assert np.allclose(run.history["learning_rate"], finished.history["learning_rate"])


def test_a_full_disk_is_one_sentence_and_the_run_can_go_on(tmp_path: Path) -> None:
    run = create_run(RunConfig(epochs=2, **QUICK), tmp_path / "full")
    save, calls = keras.Model.save, []

    def full(self, path, **options):  # type: ignore[no-untyped-def]
        calls.append(path)
        if len(calls) > 2:
            Path(path).write_bytes(b"half a file")
            raise OSError(28, "No space left on device")
        save(self, path, **options)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(keras.Model, "save", full)
        assert not train(run)
    assert run.status.state == "failed" and "No space left on device" in run.status.message
    assert not list((run.path / "checkpoints").glob("writing*")), "the half file made room again"
    assert train(run, resume=True)
    assert run.status.state == "finished" and run.history["epoch"].tolist() == [1, 2]


def test_a_loss_that_is_no_number_ends_the_run_with_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = create_run(RunConfig(epochs=2, **QUICK), tmp_path / "nan")
    monkeypatch.setattr(
        trainer, "training_targets", lambda labels, *_, **__: np.full((len(labels), 7), np.nan, np.float32)
    )
    assert not train(run)
    assert run.status.state == "failed" and "no longer a number" in run.status.message


@pytest.mark.parametrize(
    ("limit", "sentence"), [({"patience": 2}, "No better epoch for 2 epochs"), ({"time_limit": 0.01}, "time limit")]
)
def test_limits_end_a_run_with_its_best_epoch_kept(limit: dict, sentence: str, tmp_path: Path) -> None:
    settings = {**QUICK, "learning_rate": 1e-7, "schedule": "constant", "epochs": 100, **limit}
    run = create_run(RunConfig(**settings), tmp_path / "limited")
    assert train(run)
    assert sentence in run.status.message
    assert run.status.state == ("finished" if "patience" in limit else "stopped")
    if "patience" in limit:
        best = int(run.history["val_accuracy"].argmax())
        assert len(run.history) == best + 3 and open_model(run.model_path)


def test_class_weights_make_each_emotion_count_the_same() -> None:
    weights = trainer._class_weights(np.array([0] * 6 + [3] * 2))
    assert weights[0] * 6 == pytest.approx(weights[3] * 2) == pytest.approx(4)


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
    assert tuned.training_hashes is not None and not set(unseen_rows(sample, tuned).picture_hashes) & set(
        open_model(finished.model_path).training_hashes.tolist()  # type: ignore[union-attr]
    )
    assert card.data.corrections == 5 and card.data.training == 672 + 5 * config.correction_repeats
    first = run.history["val_accuracy"].iloc[0]
    assert first > finished.history["val_accuracy"].iloc[0], "it did not begin from nothing"


def test_a_cut_checkpoint_gives_way_to_the_best_one_and_without_any_the_run_says_so(
    finished: Run, tmp_path: Path
) -> None:
    run = Run(Path(shutil.copytree(finished.path, tmp_path / "run")))
    last, best = run.path / "checkpoints" / "last.keras", best_checkpoint(run.path / "checkpoints")
    whole = last.read_bytes()
    last.write_bytes(whole[: len(whole) // 2])
    restored = trainer._restored(last)
    assert restored is not None and int(restored.optimizer.iterations) == best[0] * 21
    best[1].write_bytes(b"")
    assert not train(run, resume=True)
    assert run.status.message == "None of its checkpoints can be read, so it cannot go on; start a new run."
    assert open_model(run.model_path), "the model of the earlier measuring stays"


def test_a_material_file_that_makes_no_sense_ends_the_run_with_a_sentence(tmp_path: Path) -> None:
    run = create_run(RunConfig(epochs=1, **QUICK), tmp_path / "run")
    (run.path / "run_data.json").write_text('{"digest": 7}')
    assert not train(run)
    assert "It is not known what this run has learnt from: run_data.json cannot be read" in run.status.message


def test_an_error_of_the_system_names_no_place_on_the_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = create_run(RunConfig(epochs=1, **QUICK), tmp_path / "run")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device", str(tmp_path))

    monkeypatch.setattr(trainer, "load_run_data", full)
    assert not train(run)
    assert run.status.message == "No space left on device"


def test_data_that_changed_meanwhile_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = create_run(RunConfig(epochs=1, **QUICK), tmp_path / "run")
    assert train(run)
    drawn = load("sample")
    monkeypatch.setattr(run_data, "load", lambda _: replace(drawn, labels=np.roll(drawn.labels, 1)))
    assert not train(run, resume=True)
    assert "has changed since this run began" in run.status.message


def test_validation_faces_of_the_data_are_never_learnt(sample: FaceDataset) -> None:
    splits = sample.splits.astype("<U12")
    training = np.flatnonzero(splits == "train")
    splits[training[:50]] = "validation"
    images = sample.images.copy()
    images[training[50:60]] = images[training[:10]]
    learnt, validation = split_for_training(replace(sample, images=images, splits=splits), 0.2, seed=0)
    assert len(validation) == 50 and len(learnt) == len(training) - 60


def test_a_stop_while_it_gets_ready_is_heard(tmp_path: Path) -> None:
    run = create_run(RunConfig(epochs=1, **QUICK), tmp_path / "run")
    run.stop_path.touch()
    assert train(run) and run.status.state == "stopped" and run.history.empty
    assert run.status.message == "Stopped before its first epoch."


def test_a_model_outlives_a_second_measuring_that_fails(
    finished: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError("No space left on device")

    run = Run(Path(shutil.copytree(finished.path, tmp_path / "run")))
    monkeypatch.setattr(finalize, "_keep_records", full)
    assert not train(run, resume=True) and "No space left" in run.status.message
    assert open_model(run.model_path).card == open_model(finished.model_path).card


def test_votes_that_come_while_a_run_rests_are_refused(tmp_path: Path, sample: FaceDataset) -> None:
    config = RunConfig(epochs=1, **QUICK)
    run = create_run(config, tmp_path / "run")
    run_data._frozen_rows(run, config, sample)
    voted = replace(sample, votes=np.ones((len(sample), 8), np.uint8))
    with pytest.raises(DatasetError, match="has changed since this run began"):
        run_data._frozen_rows(run, config, voted)


def test_a_fine_tune_of_another_network_is_refused(finished: Run, tmp_path: Path) -> None:
    config = RunConfig(data="sample", architecture="residual_small", start_from=str(finished.model_path))
    run = create_run(config, tmp_path / "run")
    assert not train(run) and "is a baseline network; this run trains residual_small" in run.status.message


def test_a_model_made_in_two_runs_keeps_the_record_of_both(finished: Run, tmp_path: Path) -> None:
    config = RunConfig(epochs=1, start_from=str(finished.model_path), **QUICK)
    run = create_run(config, tmp_path / "second")
    assert train(run)
    model = open_model(run.model_path)
    first, second = model.runs
    assert (first.name, second.name) == ("finished", "second")
    assert len(first.history) == 4 and len(second.history) == 1
    assert first.report == finished.report and not first.tflite_path.exists()
    assert second.card.recipe["start_from"] == "finished", "a name, not a place on this computer"
    text = render(model)
    assert text.count("emotion_core train") == 2 and "--start-from RUN_1/model" in text
    assert "**Run 2: second.** It begins with the weights of finished." in text and "start/history.csv" in text


def test_a_student_learns_from_its_teacher_and_names_it(finished: Run, tmp_path: Path) -> None:
    config = RunConfig(
        epochs=1,
        seed=1,
        teachers=str(finished.model_path),
        precision="bfloat16",
        architecture="residual_small",
        **QUICK,
    )
    run = create_run(config, tmp_path / "student")
    assert train(run)
    model = open_model(run.model_path)
    assert [part.name for part in model.runs] == ["finished", "student"]
    assert model.card.recipe["teachers"] == "finished" and "the answers of finished" in render(model)
    assert "--teachers RUN_1/model" in render(model)
    unseen = set(pd.read_parquet(run.path / "predictions.parquet")["reference"])
    assert unseen < set(pd.read_parquet(finished.path / "predictions.parquet")["reference"])
    weights = keras.saving.load_model(run.model_path / "model.keras")
    assert {layer.compute_dtype for layer in weights.layers} == {"float32"}
    half = keras.saving.load_model(run.path / "checkpoints" / "last.keras")
    assert "bfloat16" in {layer.compute_dtype for layer in half.layers}


@pytest.mark.parametrize(("data", "sentence"), [("/no/such/folder", "does not exist"), ("one-emotion", "at least two")])
def test_data_that_cannot_be_used_ends_the_run_with_a_sentence(data: str, sentence: str, tmp_path: Path) -> None:
    if data == "one-emotion":
        from PIL import Image

        (tmp_path / "happy").mkdir()
        for number, face in enumerate(load("sample").images[:20]):
            Image.fromarray(face).save(tmp_path / "happy" / f"{number}.png")
        data = str(tmp_path)
    run = create_run(RunConfig(data=data), tmp_path / "run")
    assert not train(run)
    assert run.status.state == "failed" and sentence in run.status.message
    assert json.loads((run.path / "config.json").read_text())["data"] == data
