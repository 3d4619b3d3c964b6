"""How far a batch is, and whether it shall stop: small files beside its log, for whoever watches it.

The process that writes the log tells how many inputs are done; each that reads tells where in its video it is.
"""

import json
import os
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from emotion_core.files import write_json
from emotion_core.validation import Count, Seconds, Stored, Text, UnreadableError, read_stored, to_json
from emotion_core.vision.media.names import storable

_EVERY = 1.0  # seconds between two words


class Position(Stored):
    """Of a process: which video it reads, up to which second, and how many it has; 0 where the file does not say."""

    path: Text
    time: Seconds
    length: Seconds

    @property
    def share(self) -> float:
        """0 to 1; 0 where it is not known."""
        return min(1.0, self.time / self.length) if self.length else 0.0


class Progress(Stored):
    """total: inputs; done: of them, those read before included; begun: how many had been read before; failed; seconds:
    that this call has taken so far; stopped: whether it ended because it was asked to."""

    total: Count
    done: Count
    begun: Count
    failed: Count
    seconds: Seconds
    stopped: bool = False

    def seconds_left(self, positions: list[Position]) -> float | None:
        """As many inputs a second as so far; None while nothing is known."""
        inside = sum(position.share for position in positions)
        came = self.done - self.begun + inside
        left = self.total - self.done - inside
        return left * self.seconds / came if came > 0 and self.seconds > _EVERY else None


@dataclass(frozen=True)
class BatchDesk:
    """The files of one batch. parts: the folder of its log."""

    parts: Path

    @property
    def lock_path(self) -> Path:
        """Held by the process that writes the log."""
        return self.parts / "lock"

    @property
    def progress(self) -> Progress | None:
        """None before the first word, or where it cannot be read."""
        with suppress(UnreadableError):
            return read_stored(self.parts / "progress.json", Progress)
        return None

    @property
    def positions(self) -> list[Position]:
        """Of the processes that read videos at the moment."""
        found = []
        for path in sorted(self.parts.glob("at-*.json")):
            with suppress(UnreadableError):
                position = read_stored(path, Position)
                found += [position] if position else []
        return found

    @property
    def is_stopped(self) -> bool:
        return self._stop_path.exists()

    def stop(self) -> None:
        """Ask it to end after what it is at, videos in their middle. Raises `OSError`."""
        self._stop_path.touch()

    def clear(self) -> None:
        """No process reads any more: take back what was said to and by those that did."""
        self._stop_path.unlink(missing_ok=True)
        for path in self.parts.glob("at-*.json*"):
            path.unlink(missing_ok=True)

    def tell(self, progress: Progress) -> None:
        """Write it whole or not at all."""
        write_json(self.parts / "progress.json", to_json(progress))

    @property
    def _stop_path(self) -> Path:
        return self.parts / "stop"


class Reporter:
    """What one reading process says to the desk, once a second."""

    def __init__(self, desk: BatchDesk) -> None:
        self._desk = desk
        self._path = desk.parts / f"at-{os.getpid()}.json"
        self._said = 0.0

    def is_stopped_at(self, path: Path, seconds: float, length: float) -> bool:
        """Say how far a video is; whether it shall be left there."""
        if time.monotonic() - self._said < _EVERY:
            return False
        self._said = time.monotonic()
        unfinished = self._path.with_suffix(".json.new")
        with suppress(OSError, ValueError):  # a word that is lost costs nothing
            position = Position(path=storable(path), time=seconds, length=length)
            unfinished.write_text(json.dumps(to_json(position)))
            unfinished.replace(self._path)
        return self._desk.is_stopped

    def leave(self) -> None:
        """The video is over."""
        self._said = 0.0
        self._path.unlink(missing_ok=True)
