"""Resident memory of a server and all its children, now and at its highest."""

import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from types import TracebackType
from typing import Self

import psutil

MIB = 2**20
_EVERY = 0.2  # seconds between two looks


@dataclass(frozen=True)
class Memory:
    """MiB. rss: resident, what processes share counted for each of them; pss: that divided among all that share it, be
    they other programs that use the same libraries, so too little where several Pythons run."""

    rss: float
    pss: float


def memory_of(process: psutil.Process) -> Memory:
    """Of a process and all that it started; of those that end meanwhile nothing counts."""
    rss = pss = 0.0
    for one in [process, *process.children(recursive=True)]:
        with suppress(psutil.NoSuchProcess, psutil.AccessDenied):
            sizes = one.memory_full_info()
            rss += sizes.rss / MIB
            pss += getattr(sizes, "pss", sizes.rss) / MIB  # only Linux tells it
    return Memory(rss, pss)


class HighWater:
    """Watches a server while something is done. highest: when its RSS was largest.

    >>> with HighWater(server.process) as water:
    ...     visitor.upload(...)
    >>> water.highest.rss
    """

    def __init__(self, process: psutil.Process) -> None:
        self.highest = Memory(0.0, 0.0)
        self._process = process
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="memory", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._is_over.set()
        self._thread.join()

    def _watch(self) -> None:
        while True:
            with suppress(psutil.NoSuchProcess):
                self.highest = max(self.highest, memory_of(self._process), key=lambda memory: memory.rss)
            if self._is_over.wait(_EVERY):
                return


def settled(process: psutil.Process, seconds: float = 10.0) -> Memory:
    """The memory once it has not changed by more than a MiB for a second, or after this time."""
    end, before = time.monotonic() + seconds, memory_of(process)
    while time.monotonic() < end:
        time.sleep(1.0)
        now = memory_of(process)
        if abs(now.rss - before.rss) < 1.0:
            return now
        before = now
    return before
