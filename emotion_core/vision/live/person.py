"""One person before a camera: a profile, and whose face among the tracks it belongs to."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np

from emotion_core.registry.model_schemas import Emotion
from emotion_core.vision.faces.classifier import Classifier
from emotion_core.vision.faces.profile import Profile, Take
from emotion_core.vision.live.followed_face import FollowedFace
from emotion_core.vision.live.recorded_faces import RecordedFaces


@dataclass(frozen=True)
class Check:
    """An emotion that was posed a second time: what was read in it without the profile and with it."""

    emotion: Emotion
    without: str
    with_profile: str


class Person:
    """The program recognises nobody: the profile belongs to the track that was recorded. Not to be shared between
    threads.

    asks: it is not known whose face it is, so the page must ask; is_for_other_model: the network in use is not the
    profile's; checks: the latest of each emotion.
    """

    def __init__(self, profile: Profile) -> None:
        """Whose face it is, the page asks."""
        self.profile, self.asks, self.is_for_other_model = profile, True, False
        self.checks: tuple[Check, ...] = ()
        self._face = FollowedFace()
        self._recorded_faces = RecordedFaces()
        self._declined: set[int] = set()  # tracks of somebody else

    @property
    def track_id(self) -> int | None:
        """Of the person's face; None while it is not known."""
        return None if self.asks else self._face.track_id

    def may_be(self, track_id: int | None) -> bool:
        """Whether the page is to ask if this is the person's face."""
        return self.asks and track_id not in self._declined

    def confirm(self, track_id: int) -> None:
        """This is the person's face."""
        self._face.begin(track_id)
        self.asks = False

    def decline(self, track_id: int) -> None:
        """This is somebody else's."""
        self._declined.add(track_id)

    def lose(self) -> None:
        """The numbers of all tracks begin anew."""
        self._face.track_id, self.asks = None, True
        self._declined.clear()

    def follow(self, track_ids: Sequence[int], others: Collection[int], time: float) -> None:
        """One frame's tracks, the largest first; others: those that are known to be somebody else's."""
        if not self.asks and len(track_ids) and self._face.find(track_ids, time, others) is None:
            self.asks = True

    def adapt(self, classifier: Classifier) -> None:
        """Make the profile again where the network is another one and the recorded faces are still in memory."""
        self.is_for_other_model = self.profile.model.fingerprint != classifier.model.fingerprint
        if self.is_for_other_model and (again := self._recorded_faces.read_again(self.profile, classifier)):
            self._change(again)

    def record(self, take: Take, crops: Sequence[np.ndarray], classifier: Classifier) -> None:
        """A take replaces those of its emotion, all where the network is another one. crops: what the network saw,
        uint8 [48, 48] each, none where that is not known. Raises `ProfileError`."""
        others = () if self.is_for_other_model else self.profile.takes
        kept = [other for other in others if other.emotion != take.emotion]
        self._recorded_faces.keep(take, crops, kept)
        self._change(Profile(classifier.model, [*kept, take]))

    def teach(self, emotion: Emotion | None, crop: np.ndarray, classifier: Classifier) -> None:
        """A face whose answer was wrong, uint8 [48, 48], becomes another take of what it shows; None takes that back.

        Only where the profile is for the classifier's model. Raises `ProfileError` when it is full."""
        if self.profile.model.fingerprint != classifier.model.fingerprint:
            return
        probabilities, features = classifier.read(crop[np.newaxis])
        kept = [take for take in self.profile.takes if not np.array_equal(take.probabilities, probabilities[0])]
        if emotion:
            take = Take(emotion, probabilities[0], None if features is None else features[0])
            self._recorded_faces.keep(take, [crop], kept)
            kept.append(take)
        self._change(Profile(self.profile.model, kept))

    def check(self, take: Take) -> None:
        """A recorded emotion that was posed once more."""
        rows = take.probabilities[np.newaxis]
        corrected = self.profile.apply(rows, None if take.features is None else take.features[np.newaxis])
        labels = self.profile.model.labels
        check = Check(take.emotion, labels[int(rows.argmax())], labels[int(corrected.argmax())])
        self.checks = (*(other for other in self.checks if other.emotion != take.emotion), check)

    def _change(self, profile: Profile) -> None:
        self.profile, self.is_for_other_model = profile, False
        self.checks = ()  # they were about the profile before
