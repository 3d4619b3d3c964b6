"""Processes that hold a run's lock and do nothing, in the place of real trainings."""

import subprocess
import sys
from pathlib import Path

import pytest

from emotion_core.experiments import jobs
from emotion_core.experiments.run import Run

ASLEEP = [sys.executable, "-c", "import time; time.sleep(600)"]

_SERVER = f"""
import sys, time
from emotion_core.experiments import jobs
from emotion_core.experiments.config import RunConfig

jobs._command = lambda run: {ASLEEP!r}
try:
    run = jobs.start(RunConfig(data="sample"))
except jobs.JobError as error:
    print(error, flush=True)
else:
    print(run.path, jobs._children[run.path].process.pid, flush=True)
    time.sleep(600)
"""

_TRAINER = """
import sys, time
from pathlib import Path
from emotion_core.experiments import run_lock
from emotion_core.experiments.run import Run

try:
    run_lock.claim(Run(Path(sys.argv[1])))
except run_lock.JobError as error:
    sys.exit(str(error))
print("claimed", flush=True)
time.sleep(600)
"""


def trainings_sleep(monkeypatch: pytest.MonkeyPatch) -> None:
    """From now on the processes that `jobs` starts never say a word."""
    monkeypatch.setattr(jobs, "_command", lambda run: ASLEEP)


def child_of(run: Run) -> "subprocess.Popen[bytes]":
    """The process that this one started for a run."""
    return jobs._children[run.path].process


def start_server() -> "subprocess.Popen[str]":
    """A process that starts a run in a child of its own; its first line names the run's folder and the child's id, or
    why it could not."""
    return subprocess.Popen([sys.executable, "-c", _SERVER], stdout=subprocess.PIPE, text=True)


def start_trainer(path: Path) -> "subprocess.Popen[str]":
    """A process that claims a run, as from a terminal; its first line is "claimed"."""
    command = [sys.executable, "-c", _TRAINER, str(path)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
