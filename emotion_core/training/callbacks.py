"""What a run writes while it trains: status, history, checkpoints; and how it is asked to stop."""

import math
import time
from pathlib import Path
from typing import Any

import keras
import pandas as pd

from emotion_core.experiments.run import Run
from emotion_core.experiments.run_schemas import RunState
from emotion_core.files import write_text
from emotion_core.folder_replacement import sync_file, sync_folder
from emotion_core.training.moving_average import MovingAverage

BEST_FILE = "best-{epoch:03d}.keras"  # sorts by epoch: a run has no more than 999
_STATUS_SECONDS = 0.5  # the page polls about once a second


class StatusWriter(keras.callbacks.Callback):
    """Keeps `status.json` fresh, and stops the training after the step in which a stop was asked for.

    Raises `FloatingPointError` when the loss is no number any more.
    """

    def __init__(self, run: Run) -> None:
        super().__init__()
        self.epoch_is_whole = True
        self._run = run
        self._epoch = 0
        self._written = 0.0

    def on_epoch_begin(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        self._epoch = epoch
        self._write(step=0)

    def on_train_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        if not math.isfinite((logs or {}).get("loss", 0.0)):
            raise FloatingPointError("The loss is no longer a number; a lower learning rate may help.")
        if self._run.stop_path.exists():
            self.model.stop_training = True
            self.epoch_is_whole = batch + 1 == self.params["steps"]
        if time.monotonic() - self._written > _STATUS_SECONDS:
            self._write(step=batch + 1)

    def on_test_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        if time.monotonic() - self._written > _STATUS_SECONDS:
            self._write(step=self.params["steps"])

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        self._epoch = epoch + self.epoch_is_whole
        self._write(step=0)

    def _write(self, step: int) -> None:
        self._written = time.monotonic()
        self._run.update_status(state=RunState.running, epoch=self._epoch, step=step, steps=self.params["steps"])


class HistoryWriter(keras.callbacks.Callback):
    """One row a whole epoch in `history.csv`: epoch, losses, accuracies, learning rate, seconds since its start.

    history: the rows of the epochs that are over already.
    """

    def __init__(self, run: Run, status: StatusWriter, history: pd.DataFrame) -> None:
        super().__init__()
        self._status = status
        self._path = run.path / "history.csv"
        self._rows: list[Any] = history.to_dict("records")
        self._began = 0.0

    def on_epoch_begin(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        self._began = time.monotonic()

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        if not self._status.epoch_is_whole:
            return
        rate = float(keras.ops.convert_to_numpy(self.model.optimizer.learning_rate))
        seconds = round(time.monotonic() - self._began, 3)
        self._rows.append({"epoch": epoch + 1, **(logs or {}), "learning_rate": rate, "seconds": seconds})
        write_text(self._path, pd.DataFrame(self._rows).to_csv(index=False))


class BestCheckpoint(keras.callbacks.Callback):
    """Saves the network when a whole epoch has the best validation accuracy so far, in a file named by its epoch.

    best: the highest accuracy of the epochs that are over already.
    """

    def __init__(self, folder: Path, status: StatusWriter, mean: MovingAverage, best: float) -> None:
        super().__init__()
        self._folder = folder
        self._status = status
        self._mean = mean
        self._best = best

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        accuracy = (logs or {}).get("val_accuracy", -math.inf)
        if self._status.epoch_is_whole and accuracy > self._best:
            self._best = accuracy
            with self._mean.applied():
                _save(self.model, self._folder / BEST_FILE.format(epoch=epoch + 1))


class LastCheckpoint(keras.callbacks.Callback):
    """Saves network and optimizer after every whole epoch, so that a killed run can go on.

    Of the best epochs' files it then keeps the newest, which is the best of all.
    """

    def __init__(self, path: Path, status: StatusWriter) -> None:
        super().__init__()
        self._path = path
        self._status = status

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        if not self._status.epoch_is_whole:
            return
        _save(self.model, self._path)
        for old in best_checkpoints(self._path.parent)[:-1]:
            old.unlink()


def _save(model: keras.Model, path: Path) -> None:
    """In one step; where the disk is full the half file makes room again, for the status that says so."""
    temporary = path.with_name("writing.keras")
    try:
        model.save(temporary)
        sync_file(temporary)
        temporary.replace(path)
        sync_folder(path.parent)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def best_checkpoints(folder: Path) -> list[Path]:
    """The files of the best epochs, oldest first."""
    return sorted(folder.glob("best-*.keras"))


def best_checkpoint(folder: Path) -> tuple[int, Path]:
    """The best epoch and its file. Raises `FileNotFoundError` when there is none."""
    kept = best_checkpoints(folder)
    if not kept:
        raise FileNotFoundError("The checkpoint of its best epoch is gone.")
    return int(kept[-1].stem.removeprefix("best-")), kept[-1]
