"""Training as a child process: start, look after, stop.

Who trains a run holds the lock of its folder as long as it lives; nothing else tells whether a run goes on, no time and
no process id. A server locks the folder before it starts the child and hands the lock over, so that at no moment
another server, or a terminal, could start a second training beside it.
"""

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from emotion_core import control_groups, file_lock
from emotion_core.child_process import spawn
from emotion_core.experiments.config import RunConfig
from emotion_core.experiments.exit_reason import UNKNOWN_EXIT, describe_exit
from emotion_core.experiments.resources import check_resources, check_resources_to_resume
from emotion_core.experiments.run import Run, create_run, list_runs, new_run_path, runs_root
from emotion_core.experiments.run_lock import LOCK_VARIABLE, take_lock
from emotion_core.experiments.run_lock import JobError as JobError  # who calls this module catches it
from emotion_core.experiments.run_schemas import RunState
from emotion_core.files import locked
from emotion_core.folder_replacement import delete_unfinished
from emotion_core.limits import OWNER, Limits


@dataclass(frozen=True)
class _Child:
    """oom_kills: how many processes had run out of memory here before it began, None where the system does not say."""

    process: "subprocess.Popen[bytes]"
    oom_kills: int | None


_children: dict[Path, _Child] = {}


def start(config: RunConfig, name: str | None = None, limits: Limits = OWNER) -> Run:
    """Begin a run in a process of its own, which outlives this one. Raises `JobError` while another is going, and where
    there is no room for it; `OSError`.

    name: what its folder is called after the time; the network's where there is none.
    """
    with starting():
        check_resources(config, limits)
        run = create_run(config, new_run_path(name or config.architecture))
        try:
            _train_in_child(run)
        except OSError:
            run.delete()
            raise
        return run


def resume(run: Run, limits: Limits = OWNER) -> None:
    """Go on with an interrupted, stopped or failed run from its last whole epoch. Raises `JobError`, `OSError`."""
    with starting():
        config = run.config
        if config is None or not can_resume(run):
            raise JobError(f"{run.name} cannot go on: it is complete, or its settings cannot be read.")
        check_resources_to_resume(config, limits)
        _train_in_child(run)


def can_resume(run: Run) -> bool:
    """Whether a run has something left to do."""
    now = state(run)
    return run.config is not None and not now.is_active and now is not RunState.finished


def stop(run: Run) -> None:
    """Ask a run to end after its current step; it keeps its best weights and writes its report."""
    run.stop_path.touch()


def delete(run: Run) -> None:
    """Remove a run and everything in it. Raises `JobError` while it is being trained, `OSError`."""
    with locked(runs_root()):
        if state(run).is_active:
            raise JobError(f"{run.name} is still training; stop it first.")
        run.delete()


def state(run: Run) -> RunState:
    """The run's state, "interrupted" where its process is gone without having said how it ended."""
    _reap()
    said = run.status.state
    if said.is_over:
        return said
    if _is_trained(run):
        return said if said.is_active else RunState.running
    said = run.status.state  # it may have said its last word between the two looks
    return RunState.interrupted if said.is_active else said


def outcome_message(run: Run) -> str:
    """How a run that is not going on ended, in a sentence or two; empty where nothing is known."""
    is_unseen = run.status.state.is_active and state(run) is RunState.interrupted
    return UNKNOWN_EXIT if is_unseen else run.status.message


def active_run() -> Run | None:
    """The run that is going on, if any."""
    return next((run for run in list_runs() if state(run).is_active), None)


@contextlib.contextmanager
def starting(resumed: Run | None = None) -> Iterator[None]:
    """Where a run may begin, or go on: one at a time, from whichever page or terminal. Raises `JobError` while a run
    other than this one is going."""
    with locked(runs_root()):
        running = active_run()
        if running is not None and (resumed is None or running.path.resolve() != resumed.path.resolve()):
            raise JobError(f"{running.name} is still training; stop it or wait until it is done.")
        yield


def clean_up_runs() -> None:
    """Delete what trainings left half written when they died; for the start of a server."""
    for run in list_runs():
        with contextlib.suppress(OSError):
            lock = file_lock.take(run.lock_path, seconds=0)
            if lock is not None:
                delete_unfinished(run.path)
                os.close(lock)


def _train_in_child(run: Run) -> None:
    lock = take_lock(run)
    try:
        run.stop_path.unlink(missing_ok=True)
        run.begin_again()
        if not file_lock.CAN_HAND_OVER:  # the child takes it; until then `_is_trained` knows it as this process's child
            os.close(lock)
        _spawn(run, lock if file_lock.CAN_HAND_OVER else None)
    finally:
        if file_lock.CAN_HAND_OVER:
            os.close(lock)  # of two open ends: the child has the other


def _spawn(run: Run, lock: int | None) -> None:
    handed = {} if lock is None else {LOCK_VARIABLE: str(lock)}
    oom_kills = control_groups.oom_kills()
    child = spawn(_command(run), run.log_path, handed, () if lock is None else (lock,))
    _children[run.path] = _Child(child, oom_kills)


def _command(run: Run) -> list[str]:
    return [sys.executable, "-m", "emotion_core", "train", "--resume", str(run.path.resolve())]


def _is_trained(run: Run) -> bool:
    child = _children.get(run.path)
    return file_lock.is_held(run.lock_path) or (child is not None and child.process.poll() is None)


def _reap() -> None:
    """Collect ended children, and write down how they ended where they could not do it themselves."""
    for path, child in list(_children.items()):
        status = child.process.poll()
        if status is not None and _children.pop(path, None) is not None:  # another visitor's page may have been faster
            with contextlib.suppress(OSError):
                _note_end(Run(path), describe_exit(status, child.oom_kills))


def _note_end(run: Run, sentence: str) -> None:
    lock = file_lock.take(run.lock_path, seconds=0.5) if run.path.exists() else None
    if lock is None:  # it goes on already
        return
    try:
        if run.status.state.is_active:
            run.update_status(state=RunState.interrupted, message=sentence)
        delete_unfinished(run.path)
    finally:
        os.close(lock)
