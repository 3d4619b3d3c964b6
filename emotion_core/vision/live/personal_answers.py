"""The profile of the person before a camera: recorded in the video itself, and applied to that person's track only."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from emotion_core.emotions import NEUTRAL
from emotion_core.registry.model_schemas import Emotion
from emotion_core.vision.faces.classifier import Classifier
from emotion_core.vision.faces.profile import Profile, Take
from emotion_core.vision.live.followed_face import FollowedFace
from emotion_core.vision.live.recorded_faces import RecordedFaces
from emotion_core.vision.live.resting_face import RestWatcher

TAKE_SECONDS = 2.0  # of good frames
_MIN_FRAMES = 4  # of a take, on however slow a server
_MAX_STEP = 0.5  # seconds that one frame may count for


class _Reading(NamedTuple):
    """What the network says of a face, float [K] and float [F] or None, and what it saw, uint8 [48, 48] or None."""

    probabilities: np.ndarray
    features: np.ndarray | None
    crop: np.ndarray | None


@dataclass(frozen=True)
class Check:
    """An emotion that was posed a second time: what was read in it without the profile and with it."""

    emotion: Emotion
    without: str
    with_profile: str


@dataclass(frozen=True)
class PersonalState:
    """profile: None until a neutral face was recorded; recording: the emotion of the take that goes on, and progress
    its share, 0 to 1; is_check: that take only checks the profile; asks: the page must ask whether this is still the
    same person; is_for_other_model: the network in use is not the profile's; checks: the latest of each emotion;
    at_rest: before there is a profile, how the watched face looks at rest, to be offered as its neutral."""

    profile: Profile | None = None
    recording: Emotion | None = None
    progress: float = 0.0
    is_check: bool = False
    asks: bool = False
    is_for_other_model: bool = False
    checks: tuple[Check, ...] = ()
    at_rest: Take | None = None


class PersonalAnswers:
    """One stream's profile. The stream's thread calls `apply` and `watch`, the page's thread everything else.

    The program recognises nobody: the profile belongs to the track that was recorded. Where it is not sure that a track
    goes on in another one (`FollowedFace`), the page asks.
    """

    def __init__(self) -> None:
        self.is_on = True
        self._lock = threading.RLock()
        self.forget()

    @property
    def state(self) -> PersonalState:
        """As a whole."""
        with self._lock:
            return self._state

    @property
    def track_id(self) -> int | None:
        """Of the person's face; None without a profile, or while it is not known whose it is."""
        with self._lock:
            return self._face.track_id if self._state.profile and not self._state.asks else None

    def forget(self) -> None:
        """The profile, its takes and its checks."""
        with self._lock:
            self._state = PersonalState()
            self._face = FollowedFace()
            self._rest: RestWatcher | None = RestWatcher()  # None once the person wants no offer
            self._latest: dict[int, _Reading] = {}
            self._frames: list[_Reading] = []
            self._recorded_faces = RecordedFaces()
            self._recorded, self._last = 0.0, 0.0  # seconds of the take; time of the frame before
            self._track_recorded: int | None = None

    def use(self, profile: Profile) -> None:
        """A profile that was brought: whose face it is, the page asks."""
        with self._lock:
            self.forget()
            self._state = PersonalState(profile=profile, asks=True)

    def record(self, emotion: Emotion, is_check: bool = False) -> None:
        """Begin a take, of whichever face the stream watches."""
        with self._lock:
            self._frames, self._recorded = [], 0.0
            self._state = replace(self._state, recording=emotion, progress=0.0, is_check=is_check)

    def cancel(self) -> None:
        """End a take that goes on, and keep nothing of it."""
        with self._lock:
            self._state = replace(self._state, recording=None, progress=0.0)

    def accept_rest(self, classifier: Classifier) -> None:
        """Take the face at rest for the neutral one."""
        with self._lock:
            take, track_id = self._state.at_rest, self._track_recorded
            if take is None or track_id is None:
                return
            self._face.begin(track_id)
            self._state = PersonalState(profile=Profile(classifier.model, [take]))

    def decline_rest(self) -> None:
        """Offer it no more in this session."""
        with self._lock:
            self._rest, self._state = None, replace(self._state, at_rest=None)

    def teach(self, emotion: Emotion | None, crop: np.ndarray, classifier: Classifier) -> None:
        """A face whose answer was wrong, uint8 [48, 48], becomes another take of what it shows; None takes that back.

        Only where there is a profile for the classifier's model. Raises `ProfileError` when it is full."""
        with self._lock:
            profile = self._state.profile
            if profile is None or profile.model.fingerprint != classifier.model.fingerprint:
                return
            probabilities, features = classifier.read(crop[np.newaxis])
            kept = [take for take in profile.takes if not np.array_equal(take.probabilities, probabilities[0])]
            if emotion:
                kept.append(Take(emotion, probabilities[0], None if features is None else features[0]))
                self._recorded_faces.keep(kept[-1], [crop], kept)
            self._state = replace(self._state, profile=Profile(profile.model, kept), checks=())

    def confirm(self, track_id: int) -> None:
        """This face is the person's."""
        with self._lock:
            self._face.begin(track_id)
            self._state = replace(self._state, asks=False)

    def lose(self) -> None:
        """The numbers of all tracks begin anew."""
        with self._lock:
            self._face.track_id, self._latest = None, {}
            self._rest = self._rest and RestWatcher()
            self._state = replace(self._state, recording=None, at_rest=None, asks=self._state.profile is not None)

    def apply(
        self,
        track_ids: Sequence[int],
        probabilities: np.ndarray,
        features: np.ndarray | None,
        time: float,
        classifier: Classifier,
        crops: np.ndarray | None = None,
    ) -> np.ndarray:
        """Probabilities float [N, K] of the tracks in sight, those of the person's relative to the profile. crops: what
        the network saw, uint8 [N, 48, 48]: with them a profile can be made again for another model."""
        with self._lock:
            nothing = [None] * len(track_ids)
            parts = (probabilities, nothing if features is None else features, nothing if crops is None else crops)
            self._latest = dict(zip(track_ids, map(_Reading, *parts), strict=True))
            self._follow(track_ids, time)
            profile = self._state.profile
            is_other = profile is not None and profile.model.fingerprint != classifier.model.fingerprint
            if profile and is_other and (again := self._recorded_faces.read_again(profile, classifier)):
                profile, is_other = again, False
                self._state = replace(self._state, profile=profile, checks=())
            if is_other != self._state.is_for_other_model:
                self._state = replace(self._state, is_for_other_model=is_other)
            places = [place for place, track_id in enumerate(track_ids) if track_id == self._face.track_id]
            if profile is None or is_other or self._state.asks or not self.is_on or not places:
                return probabilities
            (place,) = places
        probabilities, row = probabilities.copy(), slice(place, place + 1)
        probabilities[row] = profile.apply(probabilities[row], None if features is None else features[row])
        return probabilities

    def latest(self, track_id: int) -> np.ndarray | None:
        """Probabilities float [K] of a track in the latest frame, as the network gives them; None where it was not in
        sight."""
        with self._lock:
            return self._latest[track_id].probabilities if track_id in self._latest else None

    def watch(self, track_id: int | None, is_good: bool, time: float, classifier: Classifier) -> None:
        """One frame for the take that goes on. track_id: of the face that is watched; is_good: straight, near and light
        enough to count."""
        with self._lock:
            step, self._last = min(_MAX_STEP, max(0.0, time - self._last)), time
            emotion = self._state.recording
            if track_id is None or track_id not in self._latest or not is_good:
                return
            if emotion is None:
                self._watch_rest(track_id, time)
                return
            if self._frames and track_id != self._track_recorded:
                self._frames, self._recorded = [], 0.0  # another face came in between
            self._recorded += step if self._frames else 0.0
            self._frames.append(self._latest[track_id])
            self._track_recorded = track_id
            progress = min(1.0, self._recorded / TAKE_SECONDS)
            self._state = replace(self._state, progress=progress)
            if progress == 1 and len(self._frames) >= _MIN_FRAMES:
                self._end_take(emotion, track_id, classifier)

    def _watch_rest(self, track_id: int, time: float) -> None:
        if self._rest is None or self._state.profile is not None:
            return
        if self._rest.add(track_id, *self._latest[track_id][:2], time):
            self._track_recorded = track_id
            self._state = replace(self._state, at_rest=self._rest.at_rest())

    def _end_take(self, emotion: Emotion, track_id: int, classifier: Classifier) -> None:
        known = [frame.features for frame in self._frames if frame.features is not None]
        crops = [frame.crop for frame in self._frames if frame.crop is not None]
        mean = np.mean(known, axis=0) if len(known) == len(self._frames) else None
        take = Take(emotion, np.mean([frame.probabilities for frame in self._frames], axis=0), mean)
        state, self._frames = replace(self._state, recording=None, progress=0.0), []
        if state.is_check:
            checks = [check for check in state.checks if check.emotion != emotion]
            self._state = replace(state, checks=(*checks, self._check(take, classifier.labels)))
            return
        takes = state.profile.takes if state.profile and not state.is_for_other_model else ()
        self._recorded_faces.keep(take, crops, takes)
        takes = (*(kept for kept in takes if kept.emotion != emotion), take)
        if any(kept.emotion == NEUTRAL for kept in takes):
            self._face.begin(track_id)
            profile = Profile(classifier.model, takes)
            state = replace(state, profile=profile, asks=False, is_for_other_model=False, at_rest=None)
        self._state = replace(state, checks=())  # they were about the profile before

    def _check(self, take: Take, labels: Sequence[str]) -> Check:
        profile = self._state.profile
        rows = take.probabilities[np.newaxis]
        features = None if take.features is None else take.features[np.newaxis]
        corrected = profile.apply(rows, features) if profile else rows
        return Check(take.emotion, labels[int(rows.argmax())], labels[int(corrected.argmax())])

    def _follow(self, track_ids: Sequence[int], time: float) -> None:
        if self._state.profile is None or self._state.asks or not len(track_ids):
            return
        if self._face.find(track_ids, time) is None:
            self._state = replace(self._state, asks=True)
