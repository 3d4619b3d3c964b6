"""Files and folders of this computer, analyzed by a process of its own: found again after a reload or a restart.

Each job is a folder with the batch that it makes: `job.json` says what was asked for, `emotions.parquet` and its parts
are those of `analyze --out`, which is also what the process runs; `annotated/` has what is drawn.
"""

import contextlib
import re
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from emotion_core import file_lock
from emotion_core.child_process import spawn
from emotion_core.files import locked, read_text, write_json
from emotion_core.registry.model_folder import ModelFolder
from emotion_core.validation import Seconds, Stored, Text, UnreadableError, read_stored, to_json
from emotion_core.vision.media.batch_progress import BatchDesk

_children: dict[Path, "subprocess.Popen[bytes]"] = {}


class AnalysisJobError(RuntimeError):
    """A job that cannot be started or deleted; the message is one sentence."""


class AnalysisRequest(Stored):
    """What is to be read, and how. path: of a file or folder; model: its folder; annotated: whether to draw."""

    path: Text
    model: Text
    detector: Text
    sample_rate: Seconds
    annotated: bool


class JobState(StrEnum):
    running = "running"
    finished = "finished"
    stopped = "stopped"
    interrupted = "interrupted"


@dataclass(frozen=True)
class AnalysisJob:
    """One job's folder. Reading never fails: what is not there, or cannot be read, is None or empty."""

    path: Path

    @property
    def name(self) -> str:
        return self.path.name

    @property
    def request(self) -> AnalysisRequest | None:
        with contextlib.suppress(UnreadableError):
            return read_stored(self.path / "job.json", AnalysisRequest)
        return None

    @property
    def table_path(self) -> Path:
        """Of the long table, whole at the end or after Stop."""
        return self.path / "emotions.parquet"

    @property
    def annotated_folder(self) -> Path:
        return self.path / "annotated"

    @property
    def desk(self) -> BatchDesk:
        return BatchDesk(self.path / "emotions.parquet.parts")

    @property
    def log(self) -> str:
        """The end of what its process said."""
        return read_text(self._log_path, end=True)

    @property
    def state(self) -> JobState:
        """ "interrupted" where its process is gone without having written the table."""
        child = _children.get(self.path)
        if file_lock.is_held(self.desk.lock_path) or (child is not None and child.poll() is None):
            return JobState.running
        progress = self.desk.progress
        if progress is None or not self.table_path.exists():
            return JobState.interrupted
        if progress.stopped:
            return JobState.stopped
        return JobState.finished if progress.done >= progress.total else JobState.interrupted

    @property
    def _log_path(self) -> Path:
        return self.path / "log.txt"

    def stop(self) -> None:
        """Ask it to end; what it has read stays, and goes into the table. Raises `OSError`."""
        self.desk.stop()

    def run(self) -> None:
        """Begin, or go on. Raises `AnalysisJobError` where it runs already or cannot be read, `OSError`."""
        request = self.request
        if request is None or self.state is JobState.running:
            raise AnalysisJobError(f"{self.name} cannot go on: it runs already, or its settings cannot be read.")
        words = ["analyze", request.path, "--out", str(self.table_path), "--model", request.model]
        words += ["--detector", request.detector, "--sample-rate", str(request.sample_rate)]
        words += ["--annotated", str(self.annotated_folder)] if request.annotated else []
        self.desk.clear()
        _children[self.path] = spawn([sys.executable, "-m", "emotion_core", *words], self._log_path)

    def delete(self) -> None:
        """Remove the folder and everything in it; what was analyzed stays. Raises `AnalysisJobError`, `OSError`."""
        if self.state is JobState.running:
            raise AnalysisJobError(f"{self.name} is still running; stop it first.")
        shutil.rmtree(self.path)


def start(
    root: Path, path: Path, model: ModelFolder, detector: str, sample_rate: float, annotated: bool
) -> AnalysisJob:
    """Begin to analyze a file or folder. root: where jobs lie. Raises `AnalysisJobError` while another runs, and where
    there is nothing at that path; `OSError`."""
    if not path.exists():
        raise AnalysisJobError(f"There is nothing at {path}.")
    request = AnalysisRequest(
        path=str(path.resolve()),
        model=str(model.path.resolve()),
        detector=detector,
        sample_rate=sample_rate,
        annotated=annotated,
    )
    with locked(root):
        running = next((job for job in list_jobs(root) if job.state is JobState.running), None)
        if running:
            raise AnalysisJobError(f"{running.name} is still running; stop it or wait until it is done.")
        job = AnalysisJob(_new_folder(root, path))
        write_json(job.path / "job.json", to_json(request))
        job.run()
        return job


def list_jobs(root: Path) -> list[AnalysisJob]:
    """Newest first."""
    folders = root.iterdir() if root.is_dir() else []
    return [AnalysisJob(path) for path in sorted(folders, reverse=True) if (path / "job.json").exists()]


def _new_folder(root: Path, path: Path) -> Path:
    name = re.sub(r"[^\w-]+", "-", path.resolve().stem).strip("-")[:40] or "files"
    stem, number = f"{time.strftime('%Y%m%d-%H%M%S')}-{name}", 1
    while True:
        folder = root / (stem if number == 1 else f"{stem}-{number}")
        with contextlib.suppress(FileExistsError):
            folder.mkdir(parents=True)
            return folder
        number += 1
