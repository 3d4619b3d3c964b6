"""A classified face: where it is, and what is read in it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from emotion_core.vision.geometry import Box, Landmarks
from emotion_core.wording import UNCERTAIN


@dataclass(frozen=True)
class Face:
    """A classified face.

    probabilities: by emotion name, adding up to 1.
    is_uncertain: the confidence lies below what was asked for.
    crop: what the network saw, uint8 [48, 48], gray.
    landmarks: where its eyes and mouth are, if that was looked for.
    track_id: a number that it keeps from frame to frame, 0 where faces are not followed.
    smoothed_emotion: the emotion that stands as its answer, where that is not simply the most probable one.
    smoothed_confidence: of that answer, where the probabilities are those of one picture alone.
    features: float [F], what the network's last layer reads (`Classifier.read`), if that was kept.
    has_profile: the probabilities are relative to the person's own faces (`faces/profile`).
    """

    box: Box
    probabilities: Mapping[str, float]
    is_uncertain: bool = False
    crop: np.ndarray | None = field(default=None, compare=False, repr=False)
    landmarks: Landmarks | None = field(default=None, compare=False, repr=False)
    track_id: int = 0
    smoothed_emotion: str = ""
    smoothed_confidence: float | None = None
    features: np.ndarray | None = field(default=None, compare=False, repr=False)
    has_profile: bool = False

    @property
    def emotion(self) -> str:
        """The answer: the most probable emotion unless smoothing holds on to another one."""
        return self.smoothed_emotion or max(self.probabilities, key=self.probabilities.__getitem__)

    @property
    def confidence(self) -> float:
        """The probability of that emotion."""
        return self.smoothed_confidence if self.smoothed_confidence is not None else self.probabilities[self.emotion]

    @property
    def answer(self) -> str:
        """What people are told: "happy 91%", or "uncertain: sad 34%"."""
        return answer(self.emotion, self.confidence, self.is_uncertain)


def new_face(
    location: Box | Landmarks,
    crop: np.ndarray,
    labels: Sequence[str],
    probabilities: np.ndarray,
    is_uncertain: bool,
    box: Box | None = None,
    track_id: int = 0,
    smoothed_emotion: str = "",
    features: np.ndarray | None = None,
) -> Face:
    """A face from what a classifier says about it.

    location: where it was found; box: instead of the location's own; probabilities: float [len(labels)].
    """
    landmarks = location if isinstance(location, Landmarks) else None
    return Face(
        box=box or (location.box if isinstance(location, Landmarks) else location),
        probabilities=dict(zip(labels, probabilities.tolist(), strict=True)),
        is_uncertain=is_uncertain,
        crop=crop,
        landmarks=landmarks,
        track_id=track_id,
        smoothed_emotion=smoothed_emotion,
        features=features,
    )


def scaled(face: Face, factor: float) -> Face:
    """The same face in a picture whose sides are `factor` times as long."""
    if factor == 1:
        return face
    x, y, width, height = (round(value * factor) for value in face.box.to_list())
    landmarks = Landmarks(face.landmarks.points * np.float32(factor)) if face.landmarks else None
    return replace(face, box=Box(x, y, max(1, width), max(1, height)), landmarks=landmarks)


def answer(emotion: str, confidence: float, is_uncertain: bool) -> str:
    """An answer in words.

    >>> answer("happy", 0.914, False), answer("sad", 0.34, True)
    ('happy 91%', 'uncertain: sad 34%')
    """
    return f"{f'{UNCERTAIN}: ' if is_uncertain else ''}{emotion} {confidence:.0%}"
