"""The search of a video's samples: as a whole now and then, in between where faces were."""

from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, Future
from functools import partial
from itertools import cycle
from typing import Any

import numpy as np

from emotion_core.vision.faces.analyzer import FaceAnalyzer
from emotion_core.vision.faces.face import Face
from emotion_core.vision.geometry import Box
from emotion_core.vision.media.shots import Shots

# Seconds of film between samples that are searched as a whole; each new shot begins with one. A face that is both small
# and new is found so much later at most.
_WHOLE_SEARCH_EVERY = 1.0
_REMEMBERED = 2  # whole searches whose faces are looked for, so that one may miss a face


class SampleSearch:
    """Hands the samples of a video to a team of analyzers in turn. The same samples give the same faces, however many
    analyzers there are.

    pool: a thread for each analyzer; None where there is one analyzer, which then works at once.
    """

    def __init__(self, team: Sequence[FaceAnalyzer], pool: Executor | None) -> None:
        self._turns = cycle(team)
        self._submit = pool.submit if pool else _at_once
        self._shots = Shots()
        self._whole: deque[Future[list[Face]]] = deque(maxlen=_REMEMBERED)
        self._due = 0.0

    def begin(self, image: np.ndarray, time: float) -> tuple[Future[list[Face]], bool]:
        """The faces of the next sample, as soon as they are found, and whether the film was cut just before it.

        image: uint8 [height, width, 3] RGB; time: in seconds, rising.
        """
        is_cut, analyzer = self._shots.begins(image), next(self._turns)
        if is_cut:
            self._whole.clear()
        if self._whole and time < self._due:
            return self._submit(analyzer.analyze, image, partial(_known_faces, tuple(self._whole))), is_cut
        self._due = time + _WHOLE_SEARCH_EVERY - 1e-3  # frame times are rounded
        self._whole.append(self._submit(analyzer.analyze, image))
        return self._whole[-1], is_cut


def _known_faces(searches: Sequence[Future[list[Face]]]) -> list[Box]:
    """What these searches found, each face once. Never waits for ever: they were submitted earlier, and the threads
    take what is submitted in order."""
    known: list[Box] = []
    for search in reversed(searches):
        boxes = [face.box for face in search.result()]
        known += [box for box in boxes if not any(_is_near(box, other) for other in known)]
    return known


def _is_near(box: Box, other: Box) -> bool:
    """Whether this may be the same face, a second before or after."""
    return float(np.hypot(*(box.centre - other.centre))) < box.width + other.width


def _at_once(work: Callable[..., list[Face]], *arguments: Any) -> Future[list[Face]]:
    """As `Executor.submit`, without a thread."""
    answer: Future[list[Face]] = Future()
    answer.set_result(work(*arguments))
    return answer
