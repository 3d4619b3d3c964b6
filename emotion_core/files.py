"""Plain files written whole or not at all, and read without trust."""

import contextlib
import json
import os
import shutil
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from filelock import FileLock

from emotion_core.file_lock import holding
from emotion_core.folder_replacement import UNFINISHED, replace_folder, sync_folder, sync_tree

_MIB = 2**20
MAX_JSON_BYTES = 64 * _MIB  # bytes; the largest of ours, the figures of a run on FER2013, has half a MiB
_MAX_TEXT_BYTES = 256 * 1024  # bytes


def write_text(path: Path, text: str) -> None:
    """Replace `path` by `text` in one step: a reader sees the old file or the new one, never half of one."""
    write_bytes(path, text.encode("utf-8"))


def write_bytes(path: Path, content: bytes) -> None:
    """The same for bytes; once it returns, a power cut loses nothing. Raises `OSError`; `path` is then as before."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=UNFINISHED)
    temporary = Path(name)
    try:
        with holding(temporary):
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            temporary.chmod(0o644)  # mkstemp makes it private, a run folder is not
            _replace(temporary, path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def _replace(temporary: Path, path: Path) -> None:
    """On Windows a file that somebody is reading cannot be replaced; readers are done in milliseconds."""
    for _ in range(20):
        with contextlib.suppress(PermissionError):
            temporary.replace(path)
            return
        time.sleep(0.05)
    temporary.replace(path)


def write_json(path: Path, content: Mapping[str, Any]) -> None:
    """Write `content` as readable JSON in one step."""
    write_text(path, json.dumps(content, indent=2, ensure_ascii=False) + "\n")


@contextlib.contextmanager
def whole_folder(path: Path) -> Iterator[Path]:
    """`with whole_folder(path) as folder:` gives a new folder to fill, which takes the place of `path` at the end.

    After an error `path` is as before; after a crash or a power cut at any moment either folder is there whole, what
    else is left is swept at the next start (`folder_replacement.delete_unfinished`). One process at a time.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = Path(tempfile.mkdtemp(dir=path.parent, prefix=f".{path.name}.", suffix=UNFINISHED))
    try:
        with holding(temporary):
            yield temporary
            temporary.chmod(0o755)
            sync_tree(temporary)
            replace_folder(temporary, path)
    except BaseException:
        shutil.rmtree(temporary, ignore_errors=True)
        raise


def locked(folder: Path) -> FileLock:
    """`with locked(folder):` lets in one thread of one process at a time. Raises `OSError` for a read-only folder."""
    folder.mkdir(parents=True, exist_ok=True)
    return FileLock(folder / ".lock")


def read_json(path: Path) -> dict[str, Any] | None:
    """The object in a JSON file, or None when there is no readable one. What is in it has yet to be checked."""
    try:
        if path.stat().st_size > MAX_JSON_BYTES:
            return None
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return None
    return content if isinstance(content, dict) else None


def read_text(path: Path, end: bool = False) -> str:
    """The first 256 KiB of a text file, or the last (`end`); nothing where there is no readable one."""
    try:
        with path.open("rb") as file:
            if end:
                file.seek(max(0, path.stat().st_size - _MAX_TEXT_BYTES))
            return (
                file.read(_MAX_TEXT_BYTES).decode("utf-8", errors="replace").replace("\0", "\N{REPLACEMENT CHARACTER}")
            )
    except OSError:
        return ""


def reason(error: Exception) -> str:
    """What went wrong, without the place on this server that the system's errors name."""
    return (error.strerror if isinstance(error, OSError) else "") or str(error) or type(error).__name__


def free_disk_mib(path: Path) -> int:
    """Room that is left on the disk where a file or folder lies, or would lie. Raises `OSError`."""
    existing = next(place for place in (path, *path.absolute().parents) if place.exists())
    return shutil.disk_usage(existing).free // _MIB
