"""Proof that a piece of work leaves no file: its folders are watched, and it may not write to any file elsewhere.

    with WatchedFiles(tmp_path / "places") as watched:
        child = subprocess.Popen(..., env=os.environ | private_places(tmp_path / "places"))
        ...
    assert watched.seen() == []

`WatchedFiles` sees every name that comes to be, however short it lives (inotify, Linux). What a process opens by a name
outside of the watched folders, or without a name, is caught by `FORBID_WRITING`, run in that process first.
"""

import ctypes
import os
import struct
from pathlib import Path
from types import TracebackType
from typing import Self

# <sys/inotify.h>
_MODIFY, _CLOSE_WRITE, _MOVED_TO, _CREATE, _OVERFLOW, _IS_DIR = 0x2, 0x8, 0x80, 0x100, 0x4000, 0x40000000
_WORDS = {_CREATE: "created", _MODIFY: "changed", _CLOSE_WRITE: "written", _MOVED_TO: "moved here"}
_EVENT = struct.Struct("iIII")

# The process dies when it, or any library in it, puts a byte into any file: SIGXFSZ, which Python would ignore.
FORBID_WRITING = """
import resource, signal
signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
"""


class WatchedFiles:
    """Every file and folder that is created, changed or moved to below some folders; also in folders that are new."""

    def __init__(self, *folders: Path) -> None:
        self._libc = ctypes.CDLL("libc.so.6", use_errno=True)
        self._handle: int | None = self._libc.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC)
        self._folders: dict[int, Path] = {}
        self._seen: list[str] = []
        for folder in folders:
            self._watch(folder)

    def seen(self) -> list[str]:
        """What happened since the beginning, as "created /tmp/x"; in the order it happened."""
        while self._handle is not None:
            try:
                events = os.read(self._handle, 2**16)
            except BlockingIOError:
                break
            self._note(events)
        return list(self._seen)

    def close(self) -> None:
        """Stop watching; what was seen stays."""
        self.seen()
        if self._handle is not None:
            os.close(self._handle)
        self._handle = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def _watch(self, folder: Path) -> None:
        for here, _, _ in os.walk(folder):
            mask = _CREATE | _MODIFY | _CLOSE_WRITE | _MOVED_TO
            watch = self._libc.inotify_add_watch(self._handle, os.fsencode(here), mask)
            if watch < 0:
                raise OSError(ctypes.get_errno(), f"{here} cannot be watched")
            self._folders[watch] = Path(here)

    def _note(self, events: bytes) -> None:
        start = 0
        while start < len(events):
            watch, mask, _, length = _EVENT.unpack_from(events, start)
            name = os.fsdecode(events[start + _EVENT.size : start + _EVENT.size + length].rstrip(b"\0"))
            start += _EVENT.size + length
            assert not mask & _OVERFLOW, "More happened than inotify keeps."
            path = self._folders[watch] / name
            self._seen += [f"{word} {path}" for bit, word in _WORDS.items() if mask & bit]
            if mask & _IS_DIR and mask & (_CREATE | _MOVED_TO):
                self._watch(path)


def private_places(folder: Path) -> dict[str, str]:
    """Environment variables that give a process folders of its own below `folder` for whatever it may want to keep."""
    places = {
        name: folder / name.lower() for name in ("TMPDIR", "HOME", "XDG_CACHE_HOME", "EMOTION_RUNS", "EMOTION_DATA")
    }
    for place in places.values():
        place.mkdir(parents=True, exist_ok=True)
    return {**{name: str(place) for name, place in places.items()}, "PYTHONDONTWRITEBYTECODE": "1"}


def open_files(pid: int) -> list[str]:
    """The files, with a name or without, that a process could write to at this moment; pipes and devices are none."""
    found = []
    for entry in Path(f"/proc/{pid}/fd").iterdir():
        try:
            target = str(entry.readlink())
            flags = int(Path(f"/proc/{pid}/fdinfo/{entry.name}").read_text().split("flags:")[1].split()[0], 8)
        except FileNotFoundError:  # closed meanwhile
            continue
        if flags & os.O_ACCMODE and target.startswith("/") and not target.startswith("/dev/"):
            found.append(target)
    return found
