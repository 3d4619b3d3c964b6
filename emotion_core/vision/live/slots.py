"""How many streams one server takes at a time, and who comes next."""

import os
import threading
import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass

STREAMS_VARIABLE = "EMOTION_STREAMS"
_FORGOTTEN_AFTER = 15.0  # seconds without a frame, or without a word from somebody who waits


@dataclass
class _Stay:
    """Of a stream that has a slot: since when, and when it was last heard of."""

    since: float
    seen: float


class StreamSlots:
    """So many streams at once; one that brings no frame for a while has left its slot. Safe between threads.

    While somebody waits, a stream that has had its slot for long enough gives it up, and a free slot is for whoever
    waits.
    """

    def __init__(self, limit: int, clock: Callable[[], float] = time.monotonic) -> None:
        self.limit = limit
        self._clock = clock
        self._lock = threading.Lock()
        self._stays: dict[Hashable, _Stay] = {}
        self._waiting: dict[Hashable, float] = {}
        self._ended: set[Hashable] = set()

    def take(self, visitor: Hashable, longest: float = float("inf")) -> bool:
        """Take a slot, or keep the one that the visitor has; False when there is none.

        longest: seconds after which the slot goes to somebody who waits for one.
        """
        with self._lock:
            now = self._forget()
            stay = self._stays.get(visitor)
            if stay is None:
                free = self.limit - len(self._stays) - len(self._waiting.keys() - {visitor})
                if free <= 0 and (visitor not in self._waiting or len(self._stays) >= self.limit):
                    return False
                self._waiting.pop(visitor, None)
                self._ended.discard(visitor)
                self._stays[visitor] = _Stay(now, now)
            elif now - stay.since > longest and self._waiting and len(self._stays) >= self.limit:
                del self._stays[visitor]
                self._ended.add(visitor)
                return False
            else:
                stay.seen = now
            return True

    @property
    def taken(self) -> int:
        """How many stream now."""
        with self._lock:
            self._forget()
            return len(self._stays)

    def wait(self, visitor: Hashable) -> bool:
        """Say that a visitor waits, again every few seconds; True when there is a slot now."""
        with self._lock:
            now = self._forget()
            if visitor in self._stays:
                return True
            self._waiting[visitor] = now
            return len(self._stays) + list(self._waiting).index(visitor) < self.limit

    def leave(self, visitor: Hashable) -> None:
        """Give the slot back, or stop waiting for one."""
        with self._lock:
            self._stays.pop(visitor, None)
            self._waiting.pop(visitor, None)
            self._ended.discard(visitor)

    def is_full_for(self, visitor: Hashable) -> bool:
        """Whether this visitor would find no slot."""
        with self._lock:
            self._forget()
            others = len(self._stays) + len(self._waiting.keys() - {visitor})
            return visitor not in self._stays and others >= self.limit

    def was_evicted(self, visitor: Hashable) -> bool:
        """Whether the visitor's slot went to somebody who waited."""
        with self._lock:
            return visitor in self._ended

    def _forget(self) -> float:
        """Drop who was not heard of for a while; the time now."""
        now = self._clock()
        self._stays = {key: stay for key, stay in self._stays.items() if now - stay.seen < _FORGOTTEN_AFTER}
        self._waiting = {key: seen for key, seen in self._waiting.items() if now - seen < _FORGOTTEN_AFTER}
        return now


def stream_limit() -> int:
    """The number that EMOTION_STREAMS names, else two for each core, and at least two."""
    given = os.environ.get(STREAMS_VARIABLE, "")
    return int(given) if given.isdecimal() and int(given) > 0 else max(2, 2 * (os.cpu_count() or 1))
