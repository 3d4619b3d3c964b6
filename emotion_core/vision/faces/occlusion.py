"""Which parts of a face moved the decision, while a video plays: `explanation`, a little with each frame."""

import cv2
import numpy as np

from emotion_core.images import FACE_SIZE
from emotion_core.vision.faces.classifier import Classifier

_PATCH = 12  # pixels covered at a time
_STEP = 6
_SMOOTH = 2.0  # pixels: standard deviation over which the map is blurred, so that no patch is seen
_STARTS = [(y, x) for y in range(0, FACE_SIZE - _PATCH + 1, _STEP) for x in range(0, FACE_SIZE - _PATCH + 1, _STEP)]
_MEMORY = 0.5  # share of what was known that stays when a patch is looked at again


class OcclusionMap:
    """Covers a few patches of the face in each frame, so that no frame waits for the whole map.

    The map is complete after `frames_for_all` frames, and follows the face from then on. It is of one face, one emotion
    and one network; another one of these begins it anew.
    """

    def __init__(self, patches_a_frame: int = 4) -> None:
        self._each = patches_a_frame
        self._drops = np.zeros(len(_STARTS), np.float32)
        self._memory = np.zeros(len(_STARTS), np.float32)  # share of a patch's drop that stays; 0 before its first
        self._next = 0
        self._of: tuple[int, str, Classifier | None] = (0, "", None)

    @property
    def frames_for_all(self) -> int:
        return -(-len(_STARTS) // self._each)

    def update(self, crop: np.ndarray, emotion: str, classifier: Classifier, track_id: int = 0) -> np.ndarray:
        """float32 [48, 48]: how much probability the emotion loses when the place is covered with the face's mean gray;
        negative where it gains. crop: uint8 [48, 48]; track_id: whose it is."""
        if self._of != (track_id, emotion, classifier):
            self._drops[:], self._memory[:] = 0, 0
            self._next, self._of = 0, (track_id, emotion, classifier)
        chosen = [(self._next + offset) % len(_STARTS) for offset in range(self._each)]
        self._next = (self._next + self._each) % len(_STARTS)
        faces = np.repeat(crop[np.newaxis], len(chosen) + 1, axis=0)
        gray = round(float(crop.mean()))
        for face, number in zip(faces[1:], chosen, strict=True):
            y, x = _STARTS[number]
            face[y : y + _PATCH, x : x + _PATCH] = gray
        column = classifier.predict(faces)[:, classifier.labels.index(emotion)]
        kept = self._memory[chosen]
        self._drops[chosen] = kept * self._drops[chosen] + (1 - kept) * (column[0] - column[1:])
        self._memory[chosen] = _MEMORY
        return self._map()

    def _map(self) -> np.ndarray:
        """Each pixel's mean over the patches that cover it, smoothed."""
        total, count = np.zeros((2, FACE_SIZE, FACE_SIZE), np.float32)
        for (y, x), drop in zip(_STARTS, self._drops, strict=True):
            total[y : y + _PATCH, x : x + _PATCH] += drop
            count[y : y + _PATCH, x : x + _PATCH] += 1
        return np.asarray(cv2.GaussianBlur(total / count, (0, 0), _SMOOTH), np.float32)
