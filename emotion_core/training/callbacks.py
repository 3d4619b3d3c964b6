"""What a run writes while it trains: status, history, checkpoints; and how it is asked to stop."""

import time
from collections.abc import Hashable
from pathlib import Path
from typing import Any

import keras
import pandas as pd

from emotion_core.store.files import write_text
from emotion_core.store.runs import Run

_STATUS_SECONDS = 0.5  # the page polls about once a second


class StatusWriter(keras.callbacks.Callback):
    """Keeps `status.json` fresh, and stops the training after the step in which a stop was asked for."""

    def __init__(self, run: Run) -> None:
        super().__init__()
        self._run = run
        self._epoch = 0
        self._written = 0.0

    def on_epoch_begin(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        self._epoch = epoch
        self._write(step=0)

    def on_train_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        if self._run.stop_path.exists():
            self.model.stop_training = True
        if time.monotonic() - self._written > _STATUS_SECONDS:
            self._write(step=batch + 1)

    def on_test_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        if time.monotonic() - self._written > _STATUS_SECONDS:
            self._write(step=self.params["steps"])

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        self._epoch = epoch + 1
        self._write(step=0)

    def _write(self, step: int) -> None:
        self._written = time.monotonic()
        self._run.update_status(state="running", epoch=self._epoch, step=step, steps=self.params["steps"])


class HistoryWriter(keras.callbacks.Callback):
    """One row an epoch in `history.csv`: epoch, losses, accuracies, learning rate, seconds since its start."""

    def __init__(self, run: Run) -> None:
        super().__init__()
        self._path = run.path / "history.csv"
        self._rows: list[dict[Hashable, Any]] = []
        self._began = 0.0

    def keep(self, history: pd.DataFrame) -> None:
        """Go on after these rows."""
        self._rows = history.to_dict("records")

    def on_epoch_begin(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        self._began = time.monotonic()

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        rate = float(keras.ops.convert_to_numpy(self.model.optimizer.learning_rate))
        seconds = round(time.monotonic() - self._began, 3)
        row = {"epoch": epoch + 1, **(logs or {}), "learning_rate": rate, "seconds": seconds}
        self._rows.append(dict(row.items()))
        write_text(self._path, pd.DataFrame(self._rows).to_csv(index=False))


class LastCheckpoint(keras.callbacks.Callback):
    """Saves network and optimizer after every epoch, in one step, so that a killed run can go on."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = path

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        temporary = self._path.with_name("writing.keras")
        self.model.save(temporary)
        temporary.replace(self._path)
