"""One person's face among the tracks of a stream, by what was seen alone: nobody is recognised."""

from collections.abc import Collection, Sequence

import numpy as np

MAX_GAP = 10.0  # seconds out of sight after which somebody else may sit there


class FollowedFace:
    """A track that is lost is taken to go on in the next one only where nobody else was in sight and the gap was short.

    track_id: of the face, None before it is known. Not to be shared between threads.
    """

    def __init__(self) -> None:
        self.track_id: int | None = None
        self._seen, self._was_alone = -np.inf, True

    def begin(self, track_id: int) -> None:
        """From now on it is this one."""
        self.track_id, self._was_alone = track_id, True

    def find(self, track_ids: Sequence[int], time: float, others: Collection[int] = ()) -> int | None:
        """Which of the tracks in sight it is; None where it is none of them, or may be somebody else. time: in seconds,
        rising; others: tracks that are known to be somebody else's."""
        if self.track_id in track_ids:
            self._seen, self._was_alone = time, len(track_ids) == 1
        elif len({*track_ids} - {*others}) == len(track_ids) == 1 and self._was_alone and time - self._seen <= MAX_GAP:
            self.track_id, self._seen = track_ids[0], time
        else:
            return None
        return self.track_id
