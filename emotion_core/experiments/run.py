"""Run folders: everything one training run wrote, readable while it goes on and ever after."""

import os
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import pandas as pd

from emotion_core.experiments.config import ConfigError, RunConfig
from emotion_core.experiments.run_schemas import FrozenData, RunState, RunStatus
from emotion_core.experiments.source import DataSource
from emotion_core.files import read_json, read_text, write_json, write_text
from emotion_core.registry.model_schemas import RunReport
from emotion_core.registry.run_tables import PREDICTION_COLUMNS, empty_history, read_history, read_predictions
from emotion_core.validation import UnreadableError, read_stored, to_json

RUNS_VARIABLE = "EMOTION_RUNS"
CORRECTIONS_FOLDER = "corrections"  # of a run: a copy of those it learns from
_MAX_NOTE_LENGTH = 10_000  # characters

_T = TypeVar("_T")


def runs_root() -> Path:
    """Where run folders lie: the folder named by EMOTION_RUNS, else `runs/` of the working directory."""
    return Path(os.environ.get(RUNS_VARIABLE, "runs")).resolve()


@dataclass(frozen=True)
class Run:
    """One run folder. Reading never fails: what is not there yet, or cannot be read, is None or empty, and `problems`
    tells the two apart."""

    path: Path

    @property
    def name(self) -> str:
        return self.path.name

    @property
    def status(self) -> RunStatus:
        """What it last said of itself; of state "unknown" where nothing can be read."""
        return _quietly(self._read_status) or RunStatus()

    @property
    def config(self) -> RunConfig | None:
        """None where there is none, or one that this version cannot read."""
        return _quietly(self._read_config)

    @property
    def report(self) -> RunReport | None:
        """What it measured in the end; None before."""
        return _quietly(self._read_report)

    @property
    def history(self) -> pd.DataFrame:
        """One row an epoch; empty before the first is over."""
        history = _quietly(self._read_history)
        return empty_history() if history is None else history

    @property
    def predictions(self) -> pd.DataFrame:
        """The validation faces: reference, truth, answer, confidence, probabilities; empty where there are none."""
        predictions = _quietly(self._read_predictions)
        return pd.DataFrame(columns=list(PREDICTION_COLUMNS)) if predictions is None else predictions

    @property
    def frozen_data(self) -> FrozenData | None:
        """What was settled about the data at its first start; None before."""
        return _quietly(self.read_frozen_data)

    def has_predictions_on(self, digest: str, data: str) -> bool:
        """Whether it answered on these data as they are now: after a change its rows may be others.

        digest: `FaceDataset.digest` of the data; data: their name, as a config has it.
        """
        frozen, config = self.frozen_data, self.config
        if frozen is None or config is None or not self.predictions_path.exists():
            return False
        return frozen.digest == digest and config.data == str(DataSource.parse(data).absolute())

    @property
    def problems(self) -> list[str]:
        """A sentence for each file that is there and cannot be read; the predictions, which take longer, aside."""
        found = []
        reads: tuple[Callable[[], object], ...] = (
            self._read_status,
            self._read_config,
            self._read_history,
            self._read_report,
            self.read_frozen_data,
        )
        for read in reads:
            try:
                read()
            except UnreadableError as error:
                found.append(str(error))
        return found

    @property
    def predictions_path(self) -> Path:
        return self.path / "predictions.parquet"

    @property
    def corrections_path(self) -> Path:
        return self.path / CORRECTIONS_FOLDER

    @property
    def note(self) -> str:
        """What a person wrote about it."""
        return read_text(self.path / "note.txt")[:_MAX_NOTE_LENGTH]

    def write_note(self, text: str) -> None:
        """Keep a note. Raises `OSError`."""
        write_text(self.path / "note.txt", text[:_MAX_NOTE_LENGTH])

    def delete(self) -> None:
        """Remove it all; `jobs.delete` asks first whether the run is being trained. Raises `OSError`."""
        shutil.rmtree(self.path)

    @property
    def log_path(self) -> Path:
        return self.path / "log.txt"

    @property
    def model_path(self) -> Path:
        return self.path / "model"

    @property
    def stop_path(self) -> Path:
        """A file whose presence asks the training to stop after the current step."""
        return self.path / "stop"

    @property
    def lock_path(self) -> Path:
        """A file whose lock the process that trains the run holds as long as it lives (`experiments.jobs`)."""
        return self.path / ".training"

    def log_tail(self, lines: int = 15) -> str:
        return "\n".join(read_text(self.log_path, end=True).splitlines()[-lines:])

    def update_status(self, **changes: Any) -> None:
        """Write the changed fields and the time of writing."""
        self._write_status(**{**dict(self.status), **changes, "heartbeat": time.time()})

    def begin_again(self) -> None:
        """Forget the process that trained it last, before another one starts."""
        changes = {"state": RunState.starting, "started": time.time(), "message": "", "pid": None}
        self._write_status(**{**dict(self.status), **changes})

    def _write_status(self, **fields: Any) -> None:
        write_json(self.path / "status.json", to_json(RunStatus(**fields)))

    def read_frozen_data(self) -> FrozenData | None:
        """`frozen_data`. Raises `UnreadableError`."""
        return read_stored(self.path / "run_data.json", FrozenData)

    def freeze_data(self, data: FrozenData) -> None:
        """Keep what was settled about the data. Raises `OSError`."""
        write_json(self.path / "run_data.json", to_json(data))

    def write_report(self, report: RunReport) -> None:
        """Raises `OSError`."""
        write_json(self.path / "report.json", to_json(report))

    def _read_status(self) -> RunStatus | None:
        return read_stored(self.path / "status.json", RunStatus)

    def _read_report(self) -> RunReport | None:
        return read_stored(self.path / "report.json", RunReport)

    def _read_history(self) -> pd.DataFrame:
        return read_history(self.path / "history.csv")

    def _read_predictions(self) -> pd.DataFrame:
        return read_predictions(self.predictions_path)

    def _read_config(self) -> RunConfig | None:
        path = self.path / "config.json"
        if not path.exists():
            return None
        content = read_json(path)
        if content is None:
            raise UnreadableError("config.json cannot be read.")
        try:
            return RunConfig.from_dict(content)
        except ConfigError as error:
            raise UnreadableError(f"config.json cannot be read: {error}") from error


def _quietly(read: Callable[[], _T]) -> _T | None:
    try:
        return read()
    except UnreadableError:
        return None


def list_runs(root: Path | None = None) -> list[Run]:
    """All runs, newest first."""
    folder = root or runs_root()
    folders = [path.parent for path in folder.glob("[!.]*/config.json")]
    found = [Run(path) for path in folders if path.name.isprintable()]  # others cannot be shown, or clicked
    return sorted(found, key=lambda run: run.status.started, reverse=True)


def delete_correction_copies(file_name: str | None = None) -> None:
    """Delete what runs keep of the faces that people corrected: one of them, or all. Raises `OSError`."""
    for run in list_runs():
        if file_name:
            for path in run.corrections_path.glob(f"*/{file_name}"):
                path.unlink()
        elif run.corrections_path.exists():
            shutil.rmtree(run.corrections_path)


def create_run(config: RunConfig, path: Path) -> Run:
    """Make the folder and write its config, the place of its data in full. Raises `FileExistsError` when a run, or what
    is left of one, is there already."""
    config = config.changed(data=str(config.source.absolute()))
    path.mkdir(parents=True, exist_ok=True)
    run = Run(path)
    if (path / "config.json").exists() or (path / "checkpoints").exists():
        raise FileExistsError(
            f"{path} already holds a run, or what is left of one; resume it, or choose another folder."
        )
    write_json(path / "config.json", config.to_dict())
    now = time.time()
    run.update_status(state=RunState.starting, epoch=0, of=config.epochs, begun=now, started=now, message="")
    return run


def new_run_path(name: str, root: Path | None = None) -> Path:
    """A folder that is not there yet, whose name sorts by time and then says what is trained."""
    folder = root or runs_root()
    stamp = time.strftime("%Y%m%d-%H%M%S")
    path = folder / f"{stamp}-{name}"
    number = 2
    while path.exists():
        path = folder / f"{stamp}-{name}-{number}"
        number += 1
    return path
