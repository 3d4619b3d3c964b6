"""The strongest moment of each emotion of each person in a video, as a picture."""

from collections.abc import Mapping
from dataclasses import dataclass

from emotion_core.images import to_jpeg
from emotion_core.vision.faces.portrait import portrait
from emotion_core.vision.media.video_sampling import Sample

_QUALITY = 85
_FIRST_PERSONS = 50  # that have pictures: seven each of some 8 kB


@dataclass(frozen=True)
class Moment:
    """time: in seconds; probability: of the emotion, in that sample alone; jpeg: the face, 240 x 240 pixels."""

    time: float
    probability: float
    jpeg: bytes


class BestMoments:
    """Looks at the samples as they come and keeps no picture but the best of each person and emotion."""

    def __init__(self) -> None:
        self._best: dict[tuple[int, str], Moment] = {}

    @property
    def found(self) -> Mapping[tuple[int, str], Moment]:
        """By person and emotion; an emotion that was never a person's answer has none."""
        return self._best

    def add(self, sample: Sample) -> None:
        """Of each face, the moment counts for the emotion that is its answer."""
        for face in sample.faces:
            key, value = (face.track_id, face.emotion), face.probabilities[face.emotion]
            before = self._best.get(key)
            if face.track_id <= _FIRST_PERSONS and (before is None or value > before.probability):
                others = [other.box for other in sample.faces if other is not face]
                jpeg = to_jpeg(portrait(sample.image, face.box, others), _QUALITY)
                self._best[key] = Moment(sample.time, value, jpeg)
