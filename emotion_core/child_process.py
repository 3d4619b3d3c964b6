"""Processes that outlive the one that starts them."""

import contextlib
import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

import psutil

_PROJECT = Path(__file__).resolve().parents[1]
_NEW_GROUP = getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)  # what start_new_session does, on Windows


def spawn(
    command: Sequence[str], log_path: Path, variables: Mapping[str, str] = {}, inherited: Sequence[int] = ()
) -> "subprocess.Popen[bytes]":
    """A process in which Python finds this project, its output at the end of a log.

    A server that is stopped, or Ctrl+C in its terminal, does not end it, and live streams go before it. variables: of
    the environment, besides this process's; inherited: open files that it gets. Raises `OSError`.
    """
    # it stays in this process's folder, where relative places in the environment mean the same
    paths = [str(_PROJECT), *filter(None, [os.environ.get("PYTHONPATH")])]
    with log_path.open("ab") as log:
        child = subprocess.Popen(
            list(command),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env={**os.environ, "PYTHONUTF8": "1", "PYTHONPATH": os.pathsep.join(paths), **variables},
            pass_fds=tuple(inherited),
            start_new_session=True,
            creationflags=_NEW_GROUP,
        )
    with contextlib.suppress(psutil.Error):  # it may be over already
        psutil.Process(child.pid).nice(10 if psutil.POSIX else psutil.BELOW_NORMAL_PRIORITY_CLASS)
    return child
