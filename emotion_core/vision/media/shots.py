"""Where a film was cut."""

from dataclasses import dataclass

import cv2
import numpy as np

_THUMBNAIL = (32, 18)  # pixels
# Two samples are of two shots where they share fewer colours than this and look less alike than that (correlation). A
# pan keeps its colours, a lamp that goes on what stands where; a cut keeps neither.
_SHARED_COLOURS, _ALIKE = 0.6, 0.5


class Shots:
    """Compares each sample of a film with the one before."""

    def __init__(self) -> None:
        self._before: _Look | None = None

    def begins(self, image: np.ndarray) -> bool:
        """Whether the film was cut just before this sample, uint8 [height, width, 3] RGB; no for the first."""
        before, self._before = self._before, _Look.of(image)
        return before is not None and self._before.is_other_shot(before)


@dataclass(frozen=True)
class _Look:
    """What a shot looks like. places: float32 [18 * 32 * 3], a thumbnail around its mean; colours: shares of 512."""

    places: np.ndarray
    colours: np.ndarray

    @classmethod
    def of(cls, image: np.ndarray) -> "_Look":
        small = cv2.resize(image, (4 * _THUMBNAIL[0], 4 * _THUMBNAIL[1]), interpolation=cv2.INTER_AREA)
        counts = cv2.calcHist([small], [0, 1, 2], None, [8, 8, 8], [0, 256] * 3)
        thumbnail = cv2.resize(small, _THUMBNAIL, interpolation=cv2.INTER_AREA).astype(np.float32).ravel()
        return cls(thumbnail - thumbnail.mean(), counts.ravel() / counts.sum())

    def is_other_shot(self, before: "_Look") -> bool:
        if float(np.minimum(self.colours, before.colours).sum()) >= _SHARED_COLOURS:
            return False
        lengths = float(np.linalg.norm(self.places) * np.linalg.norm(before.places))
        return float(self.places @ before.places) < _ALIKE * lengths or lengths == 0
