"""A person's own faces as numbers, and answers relative to them.

Faces differ at rest more than expressions differ from rest, so that a network reads some people as sad whatever they
do. Subtracting each person's baseline is recommended by Olderbak et al. 2013
(https://doi.org/10.3758/s13428-013-0421-3). The constants were chosen, and the confidence checked, with
`benchmarks/personal.py` and the shipped model `residual`; for other models that was not measured.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Literal, Self

import numpy as np
from pydantic import Field, ValidationError, model_validator

from emotion_core.emotions import NEUTRAL
from emotion_core.registry.model_folder import ModelFolder
from emotion_core.registry.model_schemas import Emotion
from emotion_core.validation import Share, Stored, Text, first_problem
from emotion_core.vision.faces.face import Face

MAX_TAKES = 100  # of a profile
MAX_PROFILE_BYTES = 2**20  # of its file; a take of 256 features has about 2,500
_MIN_PROBABILITY = 1e-4


@dataclass(frozen=True)
class ProfileSettings:
    """Chosen with `benchmarks/profile_settings.py`, which leaves one person out at a time.

    neutral_weight: how much of what is read in the person's neutral face is taken out; 0.5 is less calibrated.
    difference_share: how far a person is expected to move towards an emotion, of the training faces' mean.
    shared, own: variances, relative to that within an emotion, of how far a person's expressions lie from where they
    are expected: of what all of them share, and of what each has of its own.
    answer_weight, distance_weight: among recorded emotions, of the corrected answer and of squared distances.
    rest_weight: what speaks for neutral, in units of log p, in a face like the neutral one; rest_radius: the squared
    distance at which that ends. A person's other neutral pictures lie within 14, 99 of 100 other expressions beyond 33.
    """

    neutral_weight: float = 0.4
    difference_share: float = 0.5
    shared: float = 1.0
    own: float = 0.5
    answer_weight: float = 0.4
    distance_weight: float = 0.08
    rest_weight: float = 3.0
    rest_radius: float = 40.0


SETTINGS = ProfileSettings()


class ProfileError(ValueError):
    """A profile that cannot be made or used; the message is one sentence."""


@dataclass(frozen=True)
class Take:
    """What the model says of a person who shows one emotion, a mean over the frames of one take.

    probabilities: float [K], calibrated; features: float [F], as `Classifier.read` gives them, or None.
    """

    emotion: Emotion
    probabilities: np.ndarray
    features: np.ndarray | None


def take_of(emotion: Emotion, faces: Sequence[Face], labels: Sequence[str]) -> Take:
    """One take from the faces of its frames, at least one, all of one model. labels: of that model, in its order."""
    probabilities = np.mean([[face.probabilities[label] for label in labels] for face in faces], axis=0)
    features = [face.features.astype(np.float32) for face in faces if face.features is not None]
    return Take(emotion, probabilities, np.mean(features, axis=0) if len(features) == len(faces) else None)


class _StoredTake(Stored):
    emotion: Emotion
    probabilities: Annotated[list[Share], Field(min_length=1, max_length=7)]
    features: Annotated[list[Annotated[float, Field(ge=0, le=1e4)]], Field(max_length=2048)] | None = None


class _StoredProfile(Stored):
    version: Literal[1]
    model: Text
    fingerprint: Text
    takes: Annotated[list[_StoredTake], Field(min_length=1, max_length=MAX_TAKES)]

    @model_validator(mode="after")
    def _agree(self) -> Self:
        if len({(len(take.probabilities), len(take.features or [])) for take in self.takes}) > 1:
            raise ValueError("has takes of different lengths")
        if any(abs(sum(take.probabilities) - 1) > 0.01 for take in self.takes):
            raise ValueError("has probabilities that do not add up to 1")
        return self


class Profile:
    """A person's takes for one model. It holds numbers and no picture, and serves no other model.

    Of each emotion, one take or several; neutral is needed. Raises `ProfileError`.
    """

    def __init__(self, model: ModelFolder, takes: Sequence[Take], settings: ProfileSettings = SETTINGS) -> None:
        self.model, self.takes, self._settings = model, tuple(takes), settings
        if len(self.takes) > MAX_TAKES:
            raise ProfileError(f"A profile has room for {MAX_TAKES} takes.")
        neutral = [take for take in self.takes if take.emotion == NEUTRAL]
        if NEUTRAL not in model.labels:
            raise ProfileError(f"{model.name} knows no neutral face.")
        if not neutral:
            raise ProfileError("A profile needs a neutral face.")
        self._baseline = np.mean([_log(take.probabilities) for take in neutral], axis=0)
        self._recorded = np.array([label in self.emotions for label in model.labels])
        self._neutral = model.labels.index(NEUTRAL)
        self._whitening, self._means = self._expected_features()

    @property
    def emotions(self) -> set[str]:
        """Those that were recorded."""
        return {take.emotion for take in self.takes}

    def apply(self, probabilities: np.ndarray, features: np.ndarray | None) -> np.ndarray:
        """Probabilities float32 [N, K] relative to this person's, each row adding up to 1.

        probabilities: float [N, K], calibrated; features: float [N, F], or None for a model without.
        What is read in the neutral face is taken out in part, and a face that looks like it is taken for neutral. Then
        the emotions that were recorded share among themselves what they have together, by how near the face is to
        where this person shows each of them; an emotion that was not recorded keeps what it has, and so cannot be
        swallowed by the others.
        """
        settings = self._settings
        logits = _log(probabilities) - settings.neutral_weight * self._baseline
        if features is None or self._means is None:
            return _softmax(logits).astype(np.float32)
        distances = np.square((features @ self._whitening)[:, None] - self._means[None]).sum(axis=2)
        rest = np.maximum(0, 1 - distances[:, self._neutral] / settings.rest_radius)
        logits[:, self._neutral] += settings.rest_weight * rest
        shares, recorded = _softmax(logits), self._recorded
        near = settings.answer_weight * logits[:, recorded] - settings.distance_weight * distances[:, recorded]
        among = _softmax(near)
        shares[:, recorded] = shares[:, recorded].sum(axis=1, keepdims=True) * among
        return shares.astype(np.float32)

    def to_json(self) -> str:
        """The profile as a file for `read_profile`: numbers, the model's name and fingerprint, a version."""
        takes = [
            _StoredTake(
                emotion=take.emotion,
                probabilities=_rounded(take.probabilities, 6),
                features=None if take.features is None else _rounded(take.features, 4),
            )
            for take in self.takes
        ]
        stored = _StoredProfile(version=1, model=self.model.name, fingerprint=self.model.fingerprint, takes=takes)
        return stored.model_dump_json()

    def _expected_features(self) -> tuple[np.ndarray, np.ndarray | None]:
        """The whitening, and float [K, F] where the person's face is expected with each emotion, whitened; None where
        features are missing.

        A normal model of the means: expected place + a deviation that all emotions but neutral share + one of each;
        given the recorded means of n takes, whose own variance is 1 / n, the most probable places.
        """
        statistics = self.model.feature_statistics
        others = [place for place, label in enumerate(self.model.labels) if label in self.emotions - {NEUTRAL}]
        if statistics is None or any(take.features is None for take in self.takes):
            return np.empty((0, 0)), None
        neutral, _ = self._mean_features(NEUTRAL)
        expected = (neutral + self._settings.difference_share * statistics.differences) @ statistics.whitening
        if not others:
            return statistics.whitening, expected
        recorded = [self._mean_features(self.model.labels[number]) for number in others]
        deviations = np.array([mean for mean, _ in recorded]) @ statistics.whitening - expected[others]
        shared, own = self._settings.shared, self._settings.own
        noise = np.diag([own + 1 / count for _, count in recorded])
        solved = np.linalg.solve(shared + noise, deviations)
        expected[others] += shared * solved.sum(axis=0) + own * solved
        return statistics.whitening, expected.astype(np.float32)

    def _mean_features(self, emotion: str) -> tuple[np.ndarray, int]:
        """float [F], and of how many takes."""
        features = [take.features for take in self.takes if take.emotion == emotion and take.features is not None]
        return np.mean(features, axis=0), len(features)


def relative(face: Face, profile: Profile, uncertain_below: float) -> Face:
    """The same face with answers relative to a person's. face: with its features, where its model gives any."""
    row = np.array([[face.probabilities[label] for label in profile.model.labels]], np.float32)
    features = None if face.features is None else face.features[np.newaxis].astype(np.float32)
    (corrected,) = profile.apply(row, features)
    return replace(
        face,
        probabilities=dict(zip(profile.model.labels, corrected.tolist(), strict=True)),
        is_uncertain=bool(corrected.max() < uncertain_below),
        has_profile=True,
    )


def relative_if_alone(faces: list[Face], profile: Profile | None, uncertain_below: float) -> list[Face]:
    """The faces of a picture; where there is one only, and a profile, its answers relative to that."""
    if profile is None or len(faces) != 1:
        return faces
    return [relative(faces[0], profile, uncertain_below)]


def read_profile(content: bytes, model: ModelFolder) -> Profile:
    """A profile from a file that somebody brings. Raises `ProfileError`, also where it was made with another model."""
    if len(content) > MAX_PROFILE_BYTES:
        raise ProfileError("This is no profile: it is too large.")
    try:
        stored = _StoredProfile.model_validate_json(content)
    except ValidationError as error:
        raise ProfileError(f"This is no profile that can be read: {first_problem(error)}.") from error
    if stored.fingerprint != model.fingerprint:
        raise ProfileError(
            f"This profile was made with another model ({stored.model}) and does not fit {model.name}; make it again."
        )
    statistics = model.feature_statistics
    width = 0 if statistics is None else len(statistics.whitening)
    if any(len(take.probabilities) != len(model.labels) or len(take.features or []) != width for take in stored.takes):
        raise ProfileError(f"This is no profile of {model.name}: its numbers are too few or too many.")
    return Profile(
        model,
        [
            Take(take.emotion, np.array(take.probabilities), np.array(take.features) if take.features else None)
            for take in stored.takes
        ],
    )


def _log(probabilities: np.ndarray) -> np.ndarray:
    return np.log(np.maximum(probabilities, _MIN_PROBABILITY))


def _softmax(logits: np.ndarray) -> np.ndarray:
    powers = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=-1, keepdims=True))


def _rounded(values: np.ndarray, digits: int) -> list[float]:
    return [round(float(value), digits) for value in values]
