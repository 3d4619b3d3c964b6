"""How many streams one server takes at a time."""

import os
import threading
import time
from collections.abc import Callable, Hashable

STREAMS_VARIABLE = "EMOTION_STREAMS"
_FORGOTTEN_AFTER = 15.0  # seconds without a frame


class Places:
    """Places for streams; one that brings no frame for a while has left its place. Safe between threads."""

    def __init__(self, limit: int, clock: Callable[[], float] = time.monotonic) -> None:
        self.limit = limit
        self._clock = clock
        self._lock = threading.Lock()
        self._seen: dict[Hashable, float] = {}

    def take(self, visitor: Hashable) -> bool:
        """Take a place, or keep the one that the visitor has; False when there is none."""
        with self._lock:
            self._forget()
            if visitor not in self._seen and len(self._seen) >= self.limit:
                return False
            self._seen[visitor] = self._clock()
            return True

    def leave(self, visitor: Hashable) -> None:
        """Give the place back."""
        with self._lock:
            self._seen.pop(visitor, None)

    def is_full_for(self, visitor: Hashable) -> bool:
        """Whether this visitor would find no place."""
        with self._lock:
            self._forget()
            return visitor not in self._seen and len(self._seen) >= self.limit

    def _forget(self) -> None:
        now = self._clock()
        self._seen = {visitor: seen for visitor, seen in self._seen.items() if now - seen < _FORGOTTEN_AFTER}


def stream_limit() -> int:
    """The number that EMOTION_STREAMS names, else two for each core, and at least two."""
    given = os.environ.get(STREAMS_VARIABLE, "")
    return int(given) if given.isdecimal() and int(given) > 0 else max(2, 2 * (os.cpu_count() or 1))
