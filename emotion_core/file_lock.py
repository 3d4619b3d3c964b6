"""Locks that live as long as the process that holds them, however it ends and whatever the clock says.

The operating system lets go of such a lock when the last process that has its file open is gone. `filelock`, used for
short stretches of work (`files.locked`), hands none over to another process and cannot be looked at without taking it.
"""

import contextlib
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

_PAUSE = 0.02  # seconds between two tries


def take(path: Path, seconds: float = 2.0) -> int | None:
    """Lock a file, made where there is none. The open file whose life is the lock's, or None when another process has
    the lock for all of these seconds. Raises `OSError`, as for a read-only folder."""
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    end = time.monotonic() + seconds
    while not _lock(handle, shared=False):
        if time.monotonic() >= end:
            os.close(handle)
            return None
        time.sleep(_PAUSE)  # a look at the lock takes it for less than that
    return handle


def is_held(path: Path) -> bool:
    """Whether a process, this one too, has the lock of a file or folder; False on a file system without locks."""
    try:
        handle = os.open(path, os.O_RDONLY)
    except OSError:
        return False
    try:
        return not _lock(handle, shared=True)
    except OSError:
        return False
    finally:
        os.close(handle)  # which lets go of it


@contextlib.contextmanager
def holding(path: Path) -> Iterator[None]:
    """Hold the lock of a file or folder that this process has just made, where that can be had: not on Windows, where
    folders cannot be locked and a locked file cannot be renamed, nor on some network drives."""
    if sys.platform == "win32":
        yield
        return
    handle = os.open(path, os.O_RDONLY)
    try:
        with contextlib.suppress(OSError):
            _lock(handle, shared=False)
        yield
    finally:
        os.close(handle)


if sys.platform == "win32":
    import msvcrt

    CAN_HAND_OVER = False  # a lock belongs to the process that took it

    def _lock(handle: int, shared: bool) -> bool:
        """There are no shared locks: of two looks at one moment each may see the other, so each looks again."""
        for _ in range(3 if shared else 1):
            try:
                msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
            except OSError:
                time.sleep(_PAUSE)
            else:
                return True
        return False

else:
    import fcntl

    CAN_HAND_OVER = True  # a lock belongs to the open file, which a child may inherit

    def _lock(handle: int, shared: bool) -> bool:
        try:
            fcntl.flock(handle, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
