"""Run folders: everything one training run wrote, readable while it goes on and ever after."""

import os
import shutil
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd
import psutil

from emotion_core.files import read_json, read_table, read_text, write_json, write_text
from emotion_core.store.run_config import ConfigError, RunConfig

ACTIVE_STATES = ("starting", "running", "evaluating")
RUNS_VARIABLE = "EMOTION_RUNS"
OWN_FACES_FOLDER = "own-faces"  # of a run: a copy of those it learns from


def runs_root() -> Path:
    """Where run folders lie: the folder named by EMOTION_RUNS, else `runs/` of the working directory."""
    return Path(os.environ.get(RUNS_VARIABLE, "runs")).resolve()


@dataclass(frozen=True)
class Run:
    """One run folder. Reading never fails: what is not there yet is None or empty."""

    path: Path

    @property
    def name(self) -> str:
        return self.path.name

    @property
    def status(self) -> dict[str, Any]:
        """state, epoch, of, step, steps, pid, message; in seconds since 1970 begun, started (last), heartbeat."""
        return read_json(self.path / "status.json") or {"state": "unknown", "epoch": 0, "of": 0, "message": ""}

    @property
    def config(self) -> RunConfig | None:
        """None where there is none, or one that this version cannot read."""
        content = read_json(self.path / "config.json")
        try:
            return RunConfig.from_dict(content) if content else None
        except (ConfigError, TypeError):
            return None

    @property
    def report(self) -> dict[str, Any] | None:
        return read_json(self.path / "report.json")

    @property
    def history(self) -> pd.DataFrame:
        """One row an epoch; empty before the first is over."""
        return read_table(self.path / "history.csv")

    @property
    def predictions(self) -> pd.DataFrame:
        """The validation faces: reference, truth, answer, confidence, probabilities; empty where there are none."""
        try:
            table = pd.read_parquet(self.predictions_path)
        except (OSError, ValueError):
            return pd.DataFrame(columns=["reference", "truth", "answer", "confidence"])
        probabilities = table.drop(columns=["reference", "truth"])
        table.insert(2, "answer", probabilities.idxmax(axis=1))
        table.insert(3, "confidence", probabilities.max(axis=1))
        return table

    @property
    def predictions_path(self) -> Path:
        return self.path / "predictions.parquet"

    @property
    def own_faces_path(self) -> Path:
        return self.path / OWN_FACES_FOLDER

    @property
    def material(self) -> dict[str, Any]:
        """What was settled about the data at the first start: `digest`, `left_out`; empty before."""
        return read_json(self.path / "material.json") or {}

    @property
    def note(self) -> str:
        """What a person wrote about it."""
        return read_text(self.path / "note.txt")

    def write_note(self, text: str) -> None:
        """Keep a note. Raises `OSError`."""
        write_text(self.path / "note.txt", text)

    def delete(self) -> None:
        """Remove the run and everything in it. Raises `OSError`."""
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

    def log_tail(self, lines: int = 15) -> str:
        return "\n".join(read_text(self.log_path).splitlines()[-lines:])

    def update_status(self, **changes: Any) -> None:
        """Write the changed fields and the time of writing."""
        write_json(self.path / "status.json", {**self.status, **changes, "heartbeat": time.time()})

    def begin_again(self) -> None:
        """Forget the process that trained it last, before another one starts."""
        status = {name: value for name, value in self.status.items() if name not in ("pid", "pid_started")}
        changes = {"state": "starting", "started": time.time(), "message": ""}
        write_json(self.path / "status.json", {**status, **changes})

    def claim(self) -> None:
        """Note that this process is the one that trains."""
        process = psutil.Process()
        self.update_status(state="starting", pid=process.pid, pid_started=process.create_time(), message="")


def list_runs(root: Path | None = None) -> list[Run]:
    """All runs, newest first."""
    folder = root or runs_root()
    found = [Run(path.parent) for path in folder.glob("*/config.json")]
    return sorted(found, key=lambda run: run.status.get("started", 0), reverse=True)


def forget_copies_of_own_faces(file_name: str | None = None) -> None:
    """Delete what runs keep of the faces that people corrected: one of them, or all. Raises `OSError`."""
    for run in list_runs():
        if file_name:
            for path in run.own_faces_path.glob(f"*/{file_name}"):
                path.unlink()
        elif run.own_faces_path.exists():
            shutil.rmtree(run.own_faces_path)


def absolute(data: str) -> str:
    """The name of data that means the same wherever the program is started next."""
    is_made = data == "sample" or data.startswith("kaggle:")
    path = Path(data).expanduser()
    return str(path.resolve()) if not is_made and path.exists() else data


def create_run(config: RunConfig, path: Path) -> Run:
    """Make the folder and write its config, the place of its data in full. Raises `FileExistsError` when a run is
    there already."""
    config = replace(config, data=absolute(config.data))
    path.mkdir(parents=True, exist_ok=True)
    run = Run(path)
    if (path / "config.json").exists():
        raise FileExistsError(f"{path} already holds a run; resume it with --resume, or choose another folder.")
    write_json(path / "config.json", config.to_dict())
    now = time.time()
    run.update_status(state="starting", epoch=0, of=config.epochs, begun=now, started=now, message="")
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
