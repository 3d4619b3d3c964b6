"""Whole runs on the sample set."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from emotion_core.datasets import FaceDataset, load
from emotion_core.emotions import EMOTIONS
from emotion_core.store.models import open_model
from emotion_core.store.run_config import RunConfig
from emotion_core.store.runs import Run, create_run
from emotion_core.training import callbacks
from emotion_core.training.evaluation import measure_dataset
from emotion_core.training.fit import train
from emotion_core.vision.classifier import Classifier

QUICK = {"data": "sample", "batch_size": 32, "learning_rate": 2e-3}


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Run:
    run = create_run(RunConfig(epochs=4, **QUICK), tmp_path_factory.mktemp("runs") / "finished")
    assert train(run)
    return run


def test_a_run_leaves_everything_in_its_folder(finished: Run, sample: FaceDataset) -> None:
    assert finished.status["state"] == "finished"
    history = finished.history
    assert history["epoch"].tolist() == [1, 2, 3, 4] and history.columns[0] == "epoch"
    assert history["learning_rate"].is_monotonic_decreasing and history["learning_rate"].iloc[-1] == 0
    report = finished.report
    assert report is not None
    assert report["best_epoch"] == history["epoch"].iloc[int(history["val_accuracy"].argmax())]
    assert report["splits"]["validation"]["accuracy"] == pytest.approx(history["val_accuracy"].max(), abs=0.01)
    assert report["splits"]["validation"]["count"] + 672 == len(sample.select("train"))
    assert report["splits"]["test"]["count"] == 210


def test_the_kept_model_is_the_one_measured(finished: Run, sample: FaceDataset) -> None:
    model = open_model(finished.model_path)
    assert model.card["parameters"] == 319_527 and model.labels == EMOTIONS
    assert model.card["data"]["train_digest"] == sample.select("train").digest
    assert model.card["data"]["is_sample"] and model.card["data"]["digest"] == sample.digest
    again = measure_dataset(Classifier(model), sample.select("test"))
    assert again == finished.report["splits"]["test"]  # type: ignore[index]
    assert model.card["metrics"]["test"]["accuracy"] == again["accuracy"]


def test_predictions_name_each_validation_face(finished: Run, sample: FaceDataset) -> None:
    table = pd.read_parquet(finished.path / "predictions.parquet")
    assert list(table.columns) == ["reference", "truth", *EMOTIONS]
    right = (table[list(EMOTIONS)].idxmax(axis=1) == table["truth"]).mean()
    assert right == pytest.approx(finished.report["splits"]["validation"]["accuracy"])  # type: ignore[index]
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
    assert run.status["state"] == "finished"
    assert run.history["epoch"].tolist() == [1, 2, 3, 4]
    assert np.allclose(run.history["learning_rate"], finished.history["learning_rate"])
    assert run.report is not None
    assert run.report["splits"]["validation"]["accuracy"] == pytest.approx(run.history["val_accuracy"].max(), abs=0.01)


def test_stop_keeps_the_best_epoch_and_reports(tmp_path: Path) -> None:
    run = create_run(RunConfig(epochs=50, **QUICK), tmp_path / "stopped")
    write = callbacks.HistoryWriter.on_epoch_end

    def stop_after_one(self, epoch, logs=None):  # type: ignore[no-untyped-def]
        write(self, epoch, logs)
        run.stop_path.touch()

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(callbacks.HistoryWriter, "on_epoch_end", stop_after_one)
        assert train(run)
    assert run.status["state"] == "stopped" and 1 <= len(run.history) <= 2
    assert run.report is not None and open_model(run.model_path)


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
    assert run.status["state"] == "failed" and sentence in run.status["message"]
    assert json.loads((run.path / "config.json").read_text())["data"] == data
