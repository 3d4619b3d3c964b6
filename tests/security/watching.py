"""What a test sees of a served app from outside: its memory, its children, its files, and who touches a canary."""

import ctypes
import os
import socket
import threading
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Self

import psutil

MIB = 2**20
_IN_ACCESS, _IN_OPEN = 0x1, 0x20  # <sys/inotify.h>
_EVENT = 16  # bytes of an event without a name
_SAMPLE = 0.1  # seconds; what grows and is gone in between shows in the server's own high-water mark
_OWN_FOLDERS = {".git", ".venv", "__pycache__", ".pytest_cache", ".mypy_cache", ".ruff_cache"}


class FileWatch:
    """Counts how often files are opened or read by anybody (inotify, Linux)."""

    def __init__(self, *paths: Path) -> None:
        libc = ctypes.CDLL("libc.so.6", use_errno=True)
        self._handle = libc.inotify_init1(os.O_NONBLOCK)
        for path in paths:
            if libc.inotify_add_watch(self._handle, os.fsencode(path), _IN_ACCESS | _IN_OPEN) < 0:
                raise OSError(ctypes.get_errno(), f"{path} cannot be watched")

    def touches(self) -> int:
        """Since the last call."""
        try:
            return len(os.read(self._handle, 65_536)) // _EVENT
        except BlockingIOError:
            return 0

    def close(self) -> None:
        os.close(self._handle)


class Trap:
    """A port of 127.0.0.1 that counts who connects."""

    def __init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._socket.setblocking(False)
        self.port: int = self._socket.getsockname()[1]

    def connections(self) -> int:
        """Since the last call."""
        count = 0
        while True:
            try:
                self._socket.accept()[0].close()
            except BlockingIOError:
                return count
            count += 1

    def close(self) -> None:
        self._socket.close()


class MemoryPeak:
    """The most MiB that a process and its children held between `with` and its end.

    The process by the kernel's own high-water mark, with its children by their proportional shares every tenth of a
    second, so that what parent and child share counts once.
    """

    def __init__(self, process: psutil.Process) -> None:
        self._process, self._stop = process, threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self.mebibytes = 0.0

    def __enter__(self) -> Self:
        Path(f"/proc/{self._process.pid}/clear_refs").write_text("5")  # the high-water mark begins anew
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._stop.set()
        self._thread.join()
        self.mebibytes = max(self.mebibytes, _high_water_mark(self._process.pid))

    def _watch(self) -> None:
        while not self._stop.wait(_SAMPLE):
            children = family(self._process)
            if children:
                self.mebibytes = max(self.mebibytes, sum(_share(p.pid) for p in [self._process, *children]))


def family(process: psutil.Process) -> list[psutil.Process]:
    """All children that live, theirs included."""
    try:
        return [child for child in process.children(recursive=True) if child.status() != psutil.STATUS_ZOMBIE]
    except psutil.NoSuchProcess:
        return []


def listing(*folders: Path) -> dict[Path, tuple[int, int]]:
    """Size and time of the last change of every file below, and every folder; but for what Python and tools keep."""
    return dict(_entries(folders))


def _entries(folders: Iterable[Path]) -> Iterable[tuple[Path, tuple[int, int]]]:
    for folder in folders:
        for here, below, files in os.walk(folder):
            below[:] = [name for name in below if name not in _OWN_FOLDERS]
            yield Path(here), (0, 0)
            for name in files:
                path = Path(here, name)
                try:
                    state = path.lstat()
                except FileNotFoundError:
                    continue
                yield path, (state.st_size, state.st_mtime_ns)


def _high_water_mark(pid: int) -> float:
    return _kibibytes(Path(f"/proc/{pid}/status"), "VmHWM:") / 1024


def _share(pid: int) -> float:
    try:
        return _kibibytes(Path(f"/proc/{pid}/smaps_rollup"), "Pss:") / 1024
    except OSError:  # it has ended
        return 0.0


def _kibibytes(path: Path, field: str) -> int:
    return next((int(line.split()[1]) for line in path.read_text().splitlines() if line.startswith(field)), 0)
