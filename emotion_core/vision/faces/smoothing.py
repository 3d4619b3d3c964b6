"""Values that come frame by frame, made steady without a lag that a person notices. Times are in seconds."""

import math

import numpy as np

HALF_LIFE = 0.15  # seconds, of a face's probabilities; chosen with `benchmarks/stability.py`


class OneEuroFilter:
    """A low pass whose cutoff rises with speed (Casiez, Roussel & Vogel 2012, https://doi.org/10.1145/2207676.2208639).

    Steady where the values stand still, close behind where they move. Works on arrays of any one shape.
    cutoff: in hertz, of values at rest; slope: hertz for each unit a second of speed.
    """

    _SPEED_CUTOFF = 1.0  # hertz; the paper's own choice

    def __init__(self, cutoff: float, slope: float) -> None:
        self._cutoff, self._slope = cutoff, slope
        self._value: np.ndarray | None = None
        self._speed: np.ndarray = np.zeros(())
        self._time = 0.0

    def update(self, value: np.ndarray, time: float) -> np.ndarray:
        """The filtered value."""
        step = time - self._time
        if self._value is None:
            self._value = value
        elif step > 0:
            speed = (value - self._value) / step
            self._speed = self._speed + _share(self._SPEED_CUTOFF, step) * (speed - self._speed)
            fastest = float(np.abs(self._speed).max())
            self._value = self._value + _share(self._cutoff + self._slope * fastest, step) * (value - self._value)
        self._time = time
        return self._value


def _share(cutoff: float, step: float) -> float:
    """How much of a new value a first-order low pass takes."""
    return 1 / (1 + 1 / (2 * math.pi * cutoff * step))


class EmotionFilter:
    """One face's probabilities averaged over time, and an answer that changes only with a margin.

    half_life: seconds after which a frame counts half; 0 takes each frame as it is, without a margin.
    The answer follows the most probable emotion as soon as that leads by `MARGIN`; whether it is uncertain changes
    when the confidence passes the threshold by half of that, or of what is left above the threshold.
    """

    MARGIN = 0.08

    def __init__(self) -> None:
        self._mean: np.ndarray | None = None
        self._time = 0.0
        self._chosen = 0
        self._is_uncertain = False

    def update(
        self, probabilities: np.ndarray, time: float, half_life: float, uncertain_below: float
    ) -> tuple[np.ndarray, int, bool]:
        """The mean probabilities float [K], which of them is the answer, and whether it is uncertain."""
        if self._mean is None or half_life <= 0:
            self._mean, self._chosen = probabilities, int(probabilities.argmax())
            self._is_uncertain = bool(probabilities.max() < uncertain_below)
        else:
            kept = 0.5 ** (max(0.0, time - self._time) / half_life)
            self._mean = kept * self._mean + (1 - kept) * probabilities
            best = int(self._mean.argmax())
            if self._mean[best] >= self._mean[self._chosen] + self.MARGIN:
                self._chosen = best
            slack = min(self.MARGIN, 1 - uncertain_below) / 2  # a threshold near 1 can be reached too
            limit = uncertain_below + (slack if self._is_uncertain else -slack)
            self._is_uncertain = bool(self._mean[self._chosen] < limit)
        self._time = time
        return self._mean, self._chosen, self._is_uncertain
