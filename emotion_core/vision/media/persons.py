"""Who is who in a video: faces followed from sample to sample, with a number for each person.

Nobody is recognised: a face goes on where and as large as it was a moment ago. Who leaves and comes back, or stands on
the other side of a cut, gets a new number.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from emotion_core.vision.faces.face import Face
from emotion_core.vision.faces.smoothing import HALF_LIFE, EmotionFilter

KEPT_FOR = 1.0  # seconds that a face may be out of sight and keep its number, at the least until the next sample
_KEPT_SAMPLES = 1.5  # frames seldom fall on the moments of the samples
_REACH = 1.0  # of its size that a face may be away from where it was going, its change of size included
_PACE = 0.5  # share of a new step in what is taken for the face's pace


@dataclass
class _Person:
    """Somebody in sight or just lost. centre: of the face, in pixels; pace: of it, pixels a second; size: of the box;
    seen: seconds."""

    number: int
    centre: np.ndarray
    size: float
    seen: float
    pace: np.ndarray = field(default_factory=lambda: np.zeros(2))
    answers: EmotionFilter = field(default_factory=EmotionFilter)

    def distance(self, face: Face, time: float) -> float:
        """How far a face is from where this one was going, in sizes, and how differently large."""
        size = _size(face)
        away = np.hypot(*(face.box.centre - self.centre - self.pace * (time - self.seen)))
        return float(away / max(size, self.size) + abs(np.log2(size / self.size)))

    def see(self, face: Face, time: float) -> None:
        if time > self.seen:
            step = (face.box.centre - self.centre) / (time - self.seen)
            self.pace = (1 - _PACE) * self.pace + _PACE * step
        self.centre, self.size, self.seen = face.box.centre, _size(face), time


class PersonTracker:
    """Gives faces their person's number and an answer that is averaged over time. One for each video.

    It knows no clock and no chance: the same samples give the same numbers. uncertain_below: of the model.
    """

    def __init__(self, uncertain_below: float, samples_per_second: float) -> None:
        self._uncertain_below = uncertain_below
        self._kept_for = max(KEPT_FOR, _KEPT_SAMPLES / samples_per_second)
        self._persons: list[_Person] = []
        self._count = 0

    def update(self, faces: Sequence[Face], time: float, is_cut: bool = False) -> list[Face]:
        """The faces of the next sample with `track_id`, the person's number from 1, and smoothed answers; their
        probabilities stay those of the sample.

        time: in seconds, rising; is_cut: whether the film was cut just before, which ends all tracks.
        """
        if is_cut:
            self._persons = []
        self._persons = [person for person in self._persons if time - person.seen <= self._kept_for]
        matched = self._match(faces, time)
        return [self._named(face, matched.get(place), time) for place, face in enumerate(faces)]

    def _match(self, faces: Sequence[Face], time: float) -> dict[int, _Person]:
        """Persons by the place of their face: the nearest pair first, each once."""
        pairs = sorted(
            (person.distance(face, time), place, person.number, person)
            for place, face in enumerate(faces)
            for person in self._persons
        )
        matched: dict[int, _Person] = {}
        taken: set[int] = set()
        for distance, place, number, person in pairs:
            if distance <= _REACH and place not in matched and number not in taken:
                matched[place] = person
                taken.add(number)
        return matched

    def _named(self, face: Face, person: _Person | None, time: float) -> Face:
        if person is None:
            self._count += 1
            person = _Person(self._count, face.box.centre, _size(face), time)
            self._persons.append(person)
        person.see(face, time)
        names, row = list(face.probabilities), np.array(list(face.probabilities.values()))
        mean, chosen, is_uncertain = person.answers.update(row, time, HALF_LIFE, self._uncertain_below)
        return replace(
            face,
            track_id=person.number,
            smoothed_emotion=names[chosen],
            smoothed_confidence=float(mean[chosen]),
            is_uncertain=is_uncertain,
        )


def _size(face: Face) -> float:
    return float(np.sqrt(face.box.area))
