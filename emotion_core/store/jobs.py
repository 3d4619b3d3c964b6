"""Training as a child process: start, look after, stop."""

import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil

from emotion_core.files import locked
from emotion_core.store.run_config import RunConfig
from emotion_core.store.runs import ACTIVE_STATES, Run, create_run, list_runs, new_run_path, runs_root

_PROJECT = Path(__file__).resolve().parents[2]
_STARTING_SECONDS = 30  # how long a fresh process may take until it has written its process id
_NEW_GROUP = getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)  # what start_new_session does, on Windows
_children: list[subprocess.Popen[bytes]] = []


class JobError(RuntimeError):
    """A job that cannot be started; the message is one sentence."""


def start(config: RunConfig, name: str | None = None) -> Run:
    """Begin a run in a process of its own, which outlives this one. Raises `JobError` while another is going.

    name: what its folder is called after the time; the network's where there is none.
    """
    with starting():
        run = create_run(config, new_run_path(name or config.architecture))
        _spawn(run)
        return run


def resume(run: Run) -> None:
    """Go on with an interrupted, stopped or failed run from its last whole epoch. Raises `JobError`."""
    with starting():
        if not can_go_on(run):
            raise JobError(f"{run.name} cannot go on: it is complete, or its settings cannot be read.")
        run.stop_path.unlink(missing_ok=True)
        run.begin_again()
        _spawn(run)


def can_go_on(run: Run) -> bool:
    """Whether a run has something left to do."""
    return run.config is not None and state(run) not in (*ACTIVE_STATES, "finished")


def stop(run: Run) -> None:
    """Ask a run to end after its current step; it keeps its best weights and writes its report."""
    run.stop_path.touch()


def state(run: Run) -> str:
    """The run's state, "interrupted" where its process is gone without having said how it ended."""
    _reap()
    status = run.status
    if status["state"] in ACTIVE_STATES and not _is_alive(status):
        return "interrupted"
    return str(status["state"])


def active_run() -> Run | None:
    """The run that is going on, if any."""
    return next((run for run in list_runs() if state(run) in ACTIVE_STATES), None)


@contextlib.contextmanager
def starting(resumed: Run | None = None) -> Iterator[None]:
    """Where a run may begin, or go on: one at a time, from whichever page or terminal. Raises `JobError` while a run
    other than this one is going."""
    with locked(runs_root()):
        running = active_run()
        if running is not None and (resumed is None or running.path.resolve() != resumed.path.resolve()):
            raise JobError(f"{running.name} is still training; stop it or wait until it is done.")
        yield


def _spawn(run: Run) -> None:
    command = [sys.executable, "-m", "emotion_core", "train", "--resume", str(run.path.resolve())]
    # the child stays in this process's folder, where relative places in the environment mean the same
    paths = [str(_PROJECT), *filter(None, [os.environ.get("PYTHONPATH")])]
    with run.log_path.open("ab") as log:
        child = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env={**os.environ, "PYTHONUTF8": "1", "PYTHONPATH": os.pathsep.join(paths)},
            start_new_session=True,  # a stopped server, or Ctrl+C in its terminal, does not end the training
            creationflags=_NEW_GROUP,
        )
    with contextlib.suppress(psutil.Error):  # it may be over already
        # Streams go first: training takes what is left of the processor.
        psutil.Process(child.pid).nice(10 if psutil.POSIX else psutil.BELOW_NORMAL_PRIORITY_CLASS)
    _children.append(child)


def _is_alive(status: dict[str, object]) -> bool:
    if "pid" not in status:
        return time.time() - float(str(status.get("started", 0))) < _STARTING_SECONDS
    try:
        process = psutil.Process(int(str(status["pid"])))
        # a process id is used again by others; its start time is not
        return abs(process.create_time() - float(str(status["pid_started"]))) < 2
    except (psutil.Error, KeyError, ValueError):
        return False


def _reap() -> None:
    """Collect ended children, which would look alive otherwise."""
    for child in [child for child in _children if child.poll() is not None]:
        with contextlib.suppress(ValueError):  # another visitor's page was faster
            _children.remove(child)
