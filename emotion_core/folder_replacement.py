"""A folder put in the place of another one, so that at every moment one of them is there whole."""

import contextlib
import ctypes
import os
import shutil
import sys
import time
from pathlib import Path

from emotion_core.file_lock import is_held

UNFINISHED = ".tmp"  # how the names of files and folders end that are still being written; they begin with a dot
_AT_FDCWD, _RENAME_EXCHANGE = -100, 2  # of Linux's <fcntl.h> and <linux/fs.h>
_ASIDE = ".aside"
_OLD_SECONDS = 3600.0


def replace_folder(new: Path, path: Path) -> None:
    """Make `new`, a folder beside `path`, the folder at `path`, and delete the old one. Raises `OSError`; the old one
    is then still there.

    Linux exchanges two names in one step (renameat2 with RENAME_EXCHANGE). Elsewhere, and on file systems without it,
    the old folder is set aside before the new one takes its name; `recover` brings it back after a crash in between.
    """
    recover(path)
    old = new
    if not path.exists():
        new.rename(path)
    elif not _exchanged(new, path):
        old = _aside(path)
        path.rename(old)
        try:
            new.rename(path)
        except BaseException:
            old.rename(path)
            raise
    sync_folder(path.parent)
    shutil.rmtree(old, ignore_errors=True)  # what stays of it is swept up later


def recover(path: Path) -> None:
    """Bring a folder back that a process had set aside before it died, or delete it where its successor is there. Only
    for who may replace the folder now. Raises `OSError`."""
    aside = _aside(path)
    if not aside.exists():
        return
    if path.exists():
        shutil.rmtree(aside)
    else:
        aside.rename(path)
        sync_folder(path.parent)


def delete_unfinished(folder: Path) -> None:
    """Delete what processes that died left half written in a folder, and bring back what they had set aside. What a
    living process writes stays. Never raises `OSError`: what cannot be swept now is swept another time."""
    with contextlib.suppress(OSError):
        hidden = [path for path in folder.iterdir() if path.name.startswith(".")]
        unfinished = [path for path in hidden if path.name.endswith(UNFINISHED)]
        living = [path for path in unfinished if _is_written(path)]
        for path in set(unfinished) - set(living):
            shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
        for aside in (path for path in hidden if path.name.endswith(_ASIDE)):
            target = aside.with_name(aside.name.removeprefix(".").removesuffix(_ASIDE))
            if not any(path.name.startswith(f".{target.name}.") for path in living):
                recover(target)


def sync_tree(folder: Path) -> None:
    """Wait until everything in a folder has reached the disk. Raises `OSError`."""
    for place, _, names in os.walk(folder):
        for name in names:
            sync_file(Path(place) / name)
        sync_folder(Path(place))


def sync_file(path: Path) -> None:
    """Wait until a file has reached the disk. Raises `OSError`."""
    handle = os.open(path, os.O_RDWR if sys.platform == "win32" else os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sync_folder(folder: Path) -> None:
    """Wait until a folder's list of names has reached the disk; Windows keeps none apart. Raises `OSError`."""
    if sys.platform != "win32":
        sync_file(folder)


def _aside(path: Path) -> Path:
    return path.with_name(f".{path.name}{_ASIDE}")


def _is_written(unfinished: Path) -> bool:
    if sys.platform == "win32":  # see `file_lock.holding`
        return time.time() - unfinished.stat().st_mtime < _OLD_SECONDS
    return is_held(unfinished)


def _exchanged(first: Path, second: Path) -> bool:
    """Exchange two names; False where the system or the file system cannot."""
    if not sys.platform.startswith("linux"):
        return False
    try:
        rename = ctypes.CDLL(None, use_errno=True).renameat2
    except (OSError, AttributeError):  # a C library without it
        return False
    names = os.fsencode(first), os.fsencode(second)
    return bool(rename(_AT_FDCWD, names[0], _AT_FDCWD, names[1], _RENAME_EXCHANGE) == 0)
