"""What one live session has seen: in memory only, bounded, and gone when it is reset."""

import threading
from collections.abc import Iterable

import numpy as np
import pandas as pd

from emotion_core.emotions import EMOTIONS
from emotion_core.vision.faces.face import Face
from emotion_core.vision.live.tracker import MAX_FACES
from emotion_core.wording import UNCERTAIN

MAX_ROWS = 200_000  # 50 bytes each; one face at 30 frames a second for almost two hours
TIMELINE_SECONDS = 60.0
_MAX_IN_A_MINUTE = int(TIMELINE_SECONDS) * 30 * MAX_FACES
_MAX_STEP = 0.5  # seconds; a longer pause between two frames counts as no time in any emotion
_CHUNK = 4096

_BOX = ("x", "y", "width", "height")
_ROW = np.dtype(
    [("time", "f4"), ("track", "i4"), *((name, "i2") for name in _BOX), ("emotion", "i1"), ("confidence", "f4")]
    + [(name, "f4") for name in EMOTIONS]
    + [("is_first", "?")]  # of its frame's faces
)
_COLUMNS = [name for name in _ROW.names or () if name != "is_first"]


class SessionLog:
    """Rows of one face in one frame each; the oldest go when there are more than `MAX_ROWS`. Safe between threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.reset()

    def reset(self) -> None:
        """Forget everything; time starts anew with the next frame."""
        with self._lock:
            self._rows = np.empty(0, _ROW)
            self._count = 0
            self._start: float | None = None
            self._now = 0.0
            self._last: dict[int, tuple[float, str]] = {}
            self._seconds = dict.fromkeys((*EMOTIONS, UNCERTAIN), 0.0)
            self._changes = 0

    def add(self, time: float, faces: Iterable[Face]) -> None:
        """A frame's faces, the first of them the one that matters most; time: in seconds, of any clock that rises."""
        with self._lock:
            if self._start is None:
                self._start = time
            self._now = time - self._start
            for place, face in enumerate(faces):
                self._append(self._now, face, is_first=place == 0)
                shown = UNCERTAIN if face.is_uncertain else face.emotion
                before, shown_before = self._last.get(face.track_id, (time, shown))
                self._seconds[shown_before] += time - before if time - before <= _MAX_STEP else 0.0
                self._changes += shown_before != shown
                self._last[face.track_id] = (time, shown)
            self._last = {track: seen for track, seen in self._last.items() if time - seen[0] <= TIMELINE_SECONDS}

    @property
    def table(self) -> pd.DataFrame:
        """One row a face and frame: time (seconds from the start), track, x, y, width, height, emotion, confidence,
        the seven probabilities."""
        rows = self._latest(MAX_ROWS)
        table = pd.DataFrame({name: rows[name] for name in _COLUMNS})
        table["emotion"] = np.array(EMOTIONS)[rows["emotion"]] if len(rows) else []
        return table

    def recent(self, track: int | None = None) -> np.ndarray:
        """The last minute of one track, or of whichever face was the first of its frame: about four rows a second and
        the latest of all, with the fields of `table`, `time` in seconds from now and so not above 0."""
        rows = self._latest(_MAX_IN_A_MINUTE)
        rows = rows[rows["is_first"] if track is None else rows["track"] == track]
        quarters = (rows["time"] * 4).astype(np.int64)
        rows = rows[np.append(np.diff(quarters) > 0, True)] if len(rows) else rows
        rows["time"] -= self._now
        return rows[rows["time"] >= -TIMELINE_SECONDS]

    @property
    def seconds(self) -> dict[str, float]:
        """How long each emotion was shown, and how long an uncertain answer, added up over all faces."""
        with self._lock:
            return dict(self._seconds)

    @property
    def changes(self) -> int:
        """How often what was said of a face changed."""
        with self._lock:
            return self._changes

    def __len__(self) -> int:
        return min(self._count, MAX_ROWS)

    def _append(self, time: float, face: Face, is_first: bool) -> None:
        place = self._count % MAX_ROWS
        if place >= len(self._rows):
            self._rows = np.concatenate([self._rows, np.empty(_CHUNK, _ROW)])[:MAX_ROWS]
        box = np.clip(face.box.to_list(), -(2**15), 2**15 - 1)
        values = (face.probabilities.get(name, 0.0) for name in EMOTIONS)
        self._rows[place] = (
            time,
            face.track_id,
            *box,
            EMOTIONS.index(face.emotion),
            face.confidence,
            *values,
            is_first,
        )
        self._count += 1

    def _latest(self, maximum: int) -> np.ndarray:
        """A copy of the last rows, oldest first."""
        with self._lock:
            count = min(self._count, MAX_ROWS, maximum)
            return self._rows[np.arange(self._count - count, self._count) % MAX_ROWS]
