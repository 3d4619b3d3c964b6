"""How a face looks at rest, from half a minute of watching it."""

from collections import deque

import numpy as np

from emotion_core.emotions import NEUTRAL
from emotion_core.vision.faces.profile import Take

WATCHED_SECONDS = 30.0
_EVERY = 0.5  # seconds between samples
_MAX_GAP = 2.0  # seconds out of sight, or looking badly, after which watching begins anew
_STILL = 0.25  # half the sum of differences of probabilities from the median, up to which a moment is one of rest
_MIN_STILL = 0.6  # share of moments at rest, below which the face moves too much to tell


class RestWatcher:
    """Watches one track at a time. The median is slow: a smile now and then does not move it."""

    def __init__(self) -> None:
        self._samples: deque[tuple[np.ndarray, np.ndarray | None]] = deque(maxlen=round(WATCHED_SECONDS / _EVERY))
        self._track: int | None = None
        self._time = -np.inf

    def add(self, track_id: int, probabilities: np.ndarray, features: np.ndarray | None, time: float) -> bool:
        """A good frame of it; whether it was kept, twice a second. probabilities float [K], features float [F] or None,
        time in seconds."""
        if track_id != self._track or time - self._time > _MAX_GAP:
            self._samples.clear()
            self._track, self._time = track_id, -np.inf
        if time - self._time < _EVERY:
            return False
        self._samples.append((probabilities, features))
        self._time = time
        return True

    def at_rest(self) -> Take | None:
        """The mean of the moments at rest as a neutral take; None before half a minute, or of a face that moves."""
        if self._samples.maxlen is None or len(self._samples) < self._samples.maxlen:
            return None
        probabilities = np.array([row for row, _ in self._samples])
        is_still = 0.5 * np.abs(probabilities - np.median(probabilities, axis=0)).sum(axis=1) <= _STILL
        if is_still.mean() < _MIN_STILL:
            return None
        features = [row for (_, row), still in zip(self._samples, is_still, strict=True) if still and row is not None]
        mean = np.mean(features, axis=0) if len(features) == is_still.sum() else None
        return Take(NEUTRAL, probabilities[is_still].mean(axis=0), mean)
