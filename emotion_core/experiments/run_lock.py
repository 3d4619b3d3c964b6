"""The process that trains a run, and the lock by which everybody else knows that it lives."""

import contextlib
import os
from pathlib import Path

from emotion_core import file_lock
from emotion_core.experiments.run import Run
from emotion_core.experiments.run_schemas import RunState
from emotion_core.folder_replacement import delete_unfinished

LOCK_VARIABLE = "EMOTION_TRAINING_LOCK"  # tells a process which of its open files is the lock it was handed

_held: dict[Path, int] = {}  # the locks of the runs that this process trains


class JobError(RuntimeError):
    """A job that cannot be started; the message is one sentence."""


def take_lock(run: Run) -> int:
    """The open file whose life is the lock's. Raises `JobError` when another process trains the run, `OSError`."""
    lock = file_lock.take(run.lock_path)
    if lock is None:
        raise JobError(f"{run.name} is being trained by another process.")
    return lock


def is_handed_over(run: Run) -> bool:
    """Whether this process was started to train the run, by one that had its lock."""
    return _handed_over(run) is not None


def claim(run: Run) -> None:
    """Make this process the one that trains a run, until it lets go or ends, however that happens; only within
    `jobs.starting`. Raises `JobError` when another process trains it, `OSError`."""
    handed = _handed_over(run)
    _hold(run, take_lock(run) if handed is None else handed)
    delete_unfinished(run.path)
    run.update_status(state=RunState.starting, pid=os.getpid(), message="")


def prepare_handover(run: Run) -> None:
    """Let the program that this process turns into next have the lock (`inherit_lock`)."""
    os.set_inheritable(_held[run.path], True)
    os.environ[LOCK_VARIABLE] = str(_held[run.path])


def inherit_lock(run: Run) -> None:
    """Hold the lock that this process had before it became another program. Raises `JobError`."""
    handed = _handed_over(run)
    if handed is None:
        raise JobError(f"The lock of {run.name} was lost.")
    _hold(run, handed)


def release(run: Run) -> None:
    """Say that this process does not train the run any more, though it lives on."""
    os.close(_held.pop(run.path))


def _hold(run: Run, lock: int) -> None:
    os.environ.pop(LOCK_VARIABLE, None)
    os.set_inheritable(lock, False)
    _held[run.path] = lock


def _handed_over(run: Run) -> int | None:
    with contextlib.suppress(OSError, ValueError):
        lock = int(os.environ.get(LOCK_VARIABLE, ""))
        if os.path.samestat(os.fstat(lock), run.lock_path.stat()):
            return lock
    return None
