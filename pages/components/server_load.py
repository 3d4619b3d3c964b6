"""What the live page does without while many stream, so that nobody's video stands still.

A server that is short of processor time must drop frames where that harms nothing, before they are analyzed. Packets
that are not fetched in time are lost instead, and a stream with holes shows nothing at all until its next keyframe.
"""

import contextlib
import os
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, TypeVar

_T = TypeVar("_T")
_thread = threading.local()

SEARCHING, ANALYZING = 10, 5  # steps of niceness behind the event loop and the decoders
FEW_STREAMS = 2  # on two cores each of them can have 30 frames a second (`python -m benchmarks.capacity`)
_FULL_RATE, _BUSY_RATE = 30, 15  # frames a second; every one that a camera sends must be decoded
# Of a busy server's processor, for frames and (of a thread) for searches: decoding, encoding, encryption and the pages
# need as much again. Half of it starves the last of eight streams (`python -m benchmarks.capacity`).
ANALYZING_SHARE, SEARCHING_SHARE = 0.3, 0.25
# Seconds after which a thread hands the interpreter on; Python's own is ten times as long. The event loop asks for it
# back after every packet, and with eight streams waited seconds in all for those that analyze.
SWITCH_INTERVAL = 0.0005
_PAUSES = (0.25, 0.5, 1.0)  # seconds
_RUNS = 8.0  # of all live pages' answers together, a second; each costs 4 ms


def give_way(steps: int) -> None:
    """Lower the priority of this thread, once and where the system can."""
    if sys.platform == "linux" and not getattr(_thread, "gave_way", False):  # elsewhere it would be the whole process
        _thread.gave_way = True
        with contextlib.suppress(OSError):  # a system that forbids it
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), os.getpriority(os.PRIO_PROCESS, 0) + steps)


def rest_seconds(spent: float, streams: int, share: float) -> float:
    """How long a stream rests after work of so many seconds of processor time, so that all streams together take that
    share of the processor; not at all while few stream.

    >>> cores = os.cpu_count() or 1
    >>> rest_seconds(0.01, FEW_STREAMS, ANALYZING_SHARE), round(rest_seconds(0.01, 10 * cores, 0.25), 3)
    (0.0, 0.39)
    """
    if streams <= FEW_STREAMS:
        return 0.0
    return spent * max(0.0, streams / (share * (os.cpu_count() or 1)) - 1)


def giving_way(call: Callable[..., _T], streams: Callable[[], int]) -> Callable[..., _T]:
    """The same function, for a thread that does nothing but analyze a stream: it lets the others go first, and rests
    between frames while many stream. What arrives meanwhile is dropped before it costs anything."""
    free_at = 0.0

    def called(*arguments: object) -> _T:
        nonlocal free_at
        give_way(ANALYZING)
        time.sleep(max(0.0, free_at - time.monotonic()))
        began = time.thread_time()
        try:
            return call(*arguments)
        finally:
            free_at = time.monotonic() + rest_seconds(time.thread_time() - began, streams(), ANALYZING_SHARE)

    return called


class RestingExecutor(ThreadPoolExecutor):
    """Threads that look for faces, for all streams, and rest after each search while many stream."""

    def __init__(self, streams: Callable[[], int]) -> None:
        threads = max(1, (os.cpu_count() or 1) // 2)
        super().__init__(threads, "search", give_way, (SEARCHING,))
        self._streams = streams

    def submit(self, call: Callable[..., _T], /, *arguments: Any, **named: Any) -> Future[_T]:
        """As every executor's; the answer is there before the rest begins."""
        spent = 0.0

        def timed() -> _T:
            nonlocal spent
            began = time.thread_time()
            try:
                return call(*arguments, **named)
            finally:
                spent = time.thread_time() - began

        def rest() -> None:  # one queue serves all streams: their number does not count again
            if self._streams() > FEW_STREAMS:
                time.sleep(spent * (1 / SEARCHING_SHARE - 1))

        answer = super().submit(timed)
        super().submit(rest)
        return answer


def camera_rate(others: int) -> int:
    """Frames a second to ask a new stream's camera for, beside so many others."""
    return _FULL_RATE if others < FEW_STREAMS else _BUSY_RATE


def refresh_seconds(streams: int) -> float:
    """How often a live page's answer is written anew: four times a second, more slowly in steps while many stream.

    >>> [refresh_seconds(streams) for streams in (1, 2, 3, 4, 5, 12)]
    [0.25, 0.25, 0.5, 0.5, 1.0, 1.0]
    """
    return next((seconds for seconds in _PAUSES if streams / seconds <= _RUNS), _PAUSES[-1])
