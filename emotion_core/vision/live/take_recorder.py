"""Takes of a person's expressions, one or several after each other, from the frames of a stream."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from emotion_core.registry.model_schemas import Emotion
from emotion_core.vision.faces.profile import Take

TAKE_SECONDS = 2.0  # of good frames
PAUSE_SECONDS = 1.5  # before each take of several, to read what to pose and to pose it
_MIN_FRAMES = 4  # of a take, on however slow a server
_MAX_STEP = 0.5  # seconds that one frame may count for


class Reading(NamedTuple):
    """What the network says of a face, float [K] and float [F] or None, and what it saw, uint8 [48, 48] or None."""

    probabilities: np.ndarray
    features: np.ndarray | None
    crop: np.ndarray | None


class TakeRecorder:
    """Only good frames of one face count. Not to be shared between threads.

    emotion: of the take that goes on, None while there is none; coming: those after it; is_check: they only check a
    profile; progress: share of the take, 0 to 1.
    """

    def __init__(self) -> None:
        self._last = 0.0
        self.emotion: Emotion | None = None
        self.begin([])

    def begin(self, emotions: Sequence[Emotion], is_check: bool = False) -> None:
        """These, one after the other; without any, end what goes on and keep nothing of it."""
        self.coming, self.is_check = tuple(emotions), is_check
        self._pause = PAUSE_SECONDS if len(emotions) > 1 else 0.0
        self.skip()

    def skip(self) -> None:
        """Go on with the next one."""
        self.emotion, self.coming = (self.coming[0], self.coming[1:]) if self.coming else (None, ())
        self._waits = self._pause
        self._restart(None)

    @property
    def is_ready(self) -> bool:
        """Whether good frames count already."""
        return self.emotion is not None and self._waits <= 0

    @property
    def crops(self) -> list[np.ndarray]:
        """What the network saw in the take's frames."""
        return [frame.crop for frame in self._frames if frame.crop is not None]

    def add(self, track_id: int | None, reading: Reading | None, time: float) -> Take | None:
        """A frame; the take where it is whole now. track_id: of the face that is watched; reading: None where the frame
        does not count; time: in seconds, rising."""
        step, self._last = min(_MAX_STEP, max(0.0, time - self._last)), time
        if self.emotion is None:
            return None
        if not self.is_ready:
            self._waits -= step
            return None
        if reading is None:
            return None
        if track_id != self._track_id:  # another face came in between
            self._restart(track_id)
            step = 0.0
        self._recorded += step
        self._frames.append(reading)
        self.progress = min(1.0, self._recorded / TAKE_SECONDS)
        return self._take(self.emotion) if self.progress == 1 and len(self._frames) >= _MIN_FRAMES else None

    def _restart(self, track_id: int | None) -> None:
        self._track_id, self._frames, self._recorded, self.progress = track_id, list[Reading](), 0.0, 0.0

    def _take(self, emotion: Emotion) -> Take:
        known = [frame.features for frame in self._frames if frame.features is not None]
        mean = np.mean(known, axis=0) if len(known) == len(self._frames) else None
        return Take(emotion, np.mean([frame.probabilities for frame in self._frames], axis=0), mean)
