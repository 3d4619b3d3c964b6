"""Runs that are killed or stopped, or that fail: what is kept, and how they go on."""

import shutil
from pathlib import Path

import keras
import numpy as np
import pytest

from emotion_core.experiments.config import RunConfig
from emotion_core.experiments.run import Run, create_run
from emotion_core.registry.model_folder import open_model
from emotion_core.training import callbacks, finalize, trainer
from emotion_core.training.callbacks import best_checkpoint
from emotion_core.training.run_data import load_run_data
from tests.training import runs
from tests.training.runs import QUICK, RATES, train


def test_a_killed_run_goes_on_as_if_nothing_had_been(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = create_run(RunConfig(epochs=2, **QUICK), tmp_path / "killed")

    class PowerCut(BaseException):
        """Nothing can catch it, like a kill."""

    save = callbacks.LastCheckpoint.on_epoch_end

    def cut_after_one(self, epoch, logs=None):  # type: ignore[no-untyped-def]
        if epoch == 1:
            raise PowerCut
        save(self, epoch, logs)

    with monkeypatch.context() as patched, pytest.raises(PowerCut):
        patched.setattr(callbacks.LastCheckpoint, "on_epoch_end", cut_after_one)
        train(run)
    assert len(run.history) == 2, "the second epoch was noted but its checkpoint was not written"

    assert train(run)
    assert run.status.state == "finished"
    assert run.history["epoch"].tolist() == [1, 2]
    assert run.history["learning_rate"].tolist() == pytest.approx(RATES, abs=1e-9)
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


def test_half_a_checkpoint_makes_room_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(self, path, **options):  # type: ignore[no-untyped-def]
        Path(path).write_bytes(b"half a file")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(keras.Model, "save", full)
    with pytest.raises(OSError, match="No space left"):
        callbacks._save(keras.Sequential([keras.Input((1,))]), tmp_path / "last.keras")
    assert not list(tmp_path.iterdir())


def test_a_loss_that_is_no_number_ends_the_run_with_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = create_run(RunConfig(epochs=2, **QUICK), tmp_path / "nan")
    monkeypatch.setattr(trainer, "soft_labels", lambda labels, *_, **__: np.full((len(labels), 7), np.nan, np.float32))
    assert not train(run)
    assert run.status.state == "failed" and "no longer a number" in run.status.message


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
    assert not train(run)
    assert run.status.message == "None of its checkpoints can be read, so it cannot go on; start a new run."
    assert open_model(run.model_path), "the model of the earlier measuring stays"


def test_an_error_of_the_system_names_no_place_on_the_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = create_run(RunConfig(epochs=1, **QUICK), tmp_path / "run")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device", str(tmp_path))

    monkeypatch.setattr(runs, "load_run_data", full)
    assert not train(run)
    assert run.status.message == "No space left on device"


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
    monkeypatch.setattr(finalize, "_keep_origin", full)
    assert not train(run) and "No space left" in run.status.message
    assert open_model(run.model_path).card == open_model(finished.model_path).card


def test_a_cut_history_loses_neither_the_best_epoch_nor_the_end(finished: Run, tmp_path: Path) -> None:
    run, history = Run(Path(shutil.copytree(finished.path, tmp_path / "cut"))), finished.history
    best, path = best_checkpoint(run.path / "checkpoints")
    accuracy = history.set_index("epoch")["val_accuracy"][best]
    assert run.config is not None
    data = load_run_data(run, run.config)
    assert trainer._best_accuracy(path.parent, history, data.validation) == accuracy
    without = history[history["epoch"] != best]
    assert trainer._best_accuracy(path.parent, without, data.validation) == pytest.approx(accuracy, abs=1e-6)

    history[history["epoch"] != 2].to_csv(run.path / "history.csv", index=False)
    shutil.rmtree(run.model_path)
    run.begin_again()
    assert train(run)
    assert run.status.state == "finished" and run.status.epoch == 4
    assert run.report is not None and run.report.best_epoch == best
