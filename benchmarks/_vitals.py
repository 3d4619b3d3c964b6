"""Vital signs of a server that runs for long: what grows where something leaks."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import psutil

from benchmarks._memory import MIB
from benchmarks._stages import read_figures

HELD_SESSIONS = 1  # Streamlit's loop holds on to the session that it wrote to last, empty after a while
LISTENING = 1  # sockets of a server that nobody visits

# What may be more at the end than it was before the crowd came, though nothing leaks.
ALLOWED = {
    "sessions": 0,
    "children": 0,
    "sockets": 0,
    "files": 12,  # streams' event loops, three each, that wait for Python to collect them
    "threads": 12,  # pools that grow to their size when they are needed: asyncio's of six, two searches, Streamlit's
}


@dataclass(frozen=True)
class Vitals:
    """At one moment. minute: since the beginning; rss: of the server alone, in MiB; sockets: of the network; files:
    everything open; children: processes that it started and that live; sessions: tabs, the lately closed included."""

    minute: float
    rss: float
    threads: int
    sockets: int
    files: int
    children: int
    sessions: int

    def __str__(self) -> str:
        return (
            f"minute {self.minute:5.1f}: RSS {self.rss:4.0f} MiB, {self.threads:3} threads, {self.sockets:3} sockets, "
            f"{self.files:3} files, {self.children} children, {self.sessions:2} sessions"
        )


def take(process: psutil.Process, figures: Path, began: float) -> Vitals:
    """The signs of a server that `_instrumented` runs. Raises `psutil.NoSuchProcess` when it has died."""
    sessions = read_figures(figures).sessions
    alive = [child for child in process.children(recursive=True) if child.status() != psutil.STATUS_ZOMBIE]
    return Vitals(
        (time.monotonic() - began) / 60,
        process.memory_info().rss / MIB,
        process.num_threads(),
        len(process.net_connections()),
        process.num_fds(),
        len(alive),
        sessions,
    )


def left_over(before: Vitals, after: Vitals) -> list[str]:
    """What the crowd left behind, a sentence each."""
    return [
        f"{getattr(after, name)} {name}, {getattr(before, name)} before"
        for name, allowed in ALLOWED.items()
        if getattr(after, name) > getattr(before, name) + allowed
    ]


def rise(signs: Sequence[Vitals], from_minute: float) -> float | None:
    """MiB by which the memory rises in an hour, as a straight line through all signs from a minute on says; None where
    these span less than ten minutes, in which files and streams that come and go say more than a trend."""
    late = [sign for sign in signs if sign.minute >= from_minute]
    if len(late) < 3 or late[-1].minute - late[0].minute < 10:
        return None
    minutes, sizes = np.array([sign.minute for sign in late]), np.array([sign.rss for sign in late])
    return float(np.polyfit(minutes, sizes, 1)[0]) * 60
