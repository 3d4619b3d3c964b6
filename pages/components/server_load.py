"""What the live page does without while many stream, so that nobody's video stands still.

A server that is short of processor time must drop frames where that harms nothing, before they are analyzed. Packets
that are not fetched in time are lost instead, and a stream with holes shows nothing at all until its next keyframe.
"""

import contextlib
import os
import sys
import threading
from collections.abc import Callable
from typing import TypeVar

_T = TypeVar("_T")
_thread = threading.local()

SEARCHING, ANALYZING = 10, 5  # steps of niceness behind the event loop and the decoders
FEW_STREAMS = 2  # on two cores each of them can have 30 frames a second (`python -m benchmarks.capacity`)
_FULL_RATE, _BUSY_RATE = 30, 15  # frames a second; every one that a camera sends must be decoded
_PAUSES = (0.25, 0.5, 1.0)  # seconds
_RUNS = 8.0  # of all live pages' answers together, a second; each costs 4 ms


def give_way(steps: int) -> None:
    """Lower the priority of this thread, once and where the system can."""
    if sys.platform == "linux" and not getattr(_thread, "gave_way", False):  # elsewhere it would be the whole process
        _thread.gave_way = True
        with contextlib.suppress(OSError):  # a system that forbids it
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), os.getpriority(os.PRIO_PROCESS, 0) + steps)


def giving_way(call: Callable[..., _T]) -> Callable[..., _T]:
    """The same function, for a thread that does nothing but analyze a stream."""

    def called(*arguments: object) -> _T:
        give_way(ANALYZING)
        return call(*arguments)

    return called


def camera_rate(others: int) -> int:
    """Frames a second to ask a new stream's camera for, beside so many others."""
    return _FULL_RATE if others < FEW_STREAMS else _BUSY_RATE


def refresh_seconds(streams: int) -> float:
    """How often a live page's answer is written anew: four times a second, more slowly in steps while many stream.

    >>> [refresh_seconds(streams) for streams in (1, 2, 3, 4, 5, 12)]
    [0.25, 0.25, 0.5, 0.5, 1.0, 1.0]
    """
    return next((seconds for seconds in _PAUSES if streams / seconds <= _RUNS), _PAUSES[-1])
