"""The profiles of the people before a camera: recorded in the video itself, each applied to its person's track only."""

import threading
from collections.abc import Sequence

import numpy as np

from emotion_core.emotions import NEUTRAL
from emotion_core.registry.model_schemas import Emotion
from emotion_core.vision.faces.classifier import Classifier
from emotion_core.vision.faces.profile import Profile, Take
from emotion_core.vision.live.person import Person
from emotion_core.vision.live.personal_state import PersonalState
from emotion_core.vision.live.resting_face import RestWatcher
from emotion_core.vision.live.take_recorder import Reading, TakeRecorder

MAX_PEOPLE = 6  # with a profile in one stream; so many faces are followed


class PersonalAnswers:
    """One stream's profiles. The stream's thread calls `apply` and `watch`, the page's thread everything else.

    Where it is not sure that a person's track goes on in another one (`FollowedFace`), the page asks.
    """

    def __init__(self) -> None:
        self.is_on = True
        self._lock = threading.RLock()
        self._people = list[Person]()
        self._recorder = TakeRecorder()
        self._rest: RestWatcher | None = RestWatcher()  # None once the person wants no offer
        self._at_rest: Take | None = None
        self._classifier: Classifier | None = None  # of the latest frame
        self.lose()

    @property
    def state(self) -> PersonalState:
        """As a whole."""
        with self._lock:
            person, take = self._person, self._recorder
            return PersonalState(
                profile=person.profile if person else None,
                asks=person is not None and person.asks,
                is_for_other_model=person is not None and person.is_for_other_model,
                checks=person.checks if person else (),
                others=len(self._people) - (person is not None),
                recording=take.emotion,
                progress=take.progress,
                coming=take.coming,
                is_check=take.is_check,
                is_ready=take.is_ready,
                at_rest=None if person else self._at_rest,
            )

    @property
    def track_id(self) -> int | None:
        """Of the face of the watched person, else of the only one with a profile; None while that is not known."""
        with self._lock:
            person = self._person or (self._people[0] if len(self._people) == 1 else None)
            return person.track_id if person else None

    def owner(self, track_id: int | None) -> Person | None:
        """Whose face this is."""
        with self._lock:
            return next(
                (person for person in self._people if track_id is not None and person.track_id == track_id), None
            )

    def forget(self) -> None:
        """The watched person's profile, takes and checks."""
        with self._lock:
            if self._person:
                self._people.remove(self._person)
            self._begin_anew()

    def forget_all(self) -> None:
        """Everybody's."""
        with self._lock:
            self._people.clear()
            self._begin_anew()

    def use(self, profile: Profile) -> None:
        """A profile that was brought takes the place of the watched person's; whose face it is, the page asks."""
        with self._lock:
            self.forget()
            self._people.insert(0, Person(profile))

    def record(self, *emotions: Emotion, is_check: bool = False) -> None:
        """Begin takes, one after the other, of whichever face the stream watches."""
        with self._lock:
            self._recorder.begin(emotions, is_check)

    def skip(self, emotion: Emotion) -> None:
        """Leave this take for later, and go on with the next one; nothing where another one goes on already."""
        with self._lock:
            if self._recorder.emotion == emotion:
                self._recorder.skip()

    def cancel(self) -> None:
        """End the takes, and keep nothing of the one that goes on."""
        with self._lock:
            self._recorder.begin([])

    def accept_rest(self) -> None:
        """Take the face at rest for the neutral one."""
        with self._lock:
            if self._at_rest and self._watched and self._classifier and not self._person:
                self._add(Profile(self._classifier.model, [self._at_rest]), self._watched)

    def decline_rest(self) -> None:
        """Offer it no more in this session."""
        with self._lock:
            self._rest, self._at_rest = None, None

    def can_teach(self, person: Person | None) -> bool:
        """Whether a correction would reach this person's profile."""
        with self._lock:
            return person in self._people and person is not None and not person.is_for_other_model

    def teach(self, person: Person, emotion: Emotion | None, crop: np.ndarray, classifier: Classifier) -> None:
        """`Person.teach`, of somebody who has a profile still. Raises `ProfileError` when it is full."""
        with self._lock:
            if person in self._people:
                person.teach(emotion, crop, classifier)

    def confirm(self, track_id: int) -> None:
        """This face is the person's of whom the page asks."""
        with self._lock:
            if self._person:
                self._person.confirm(track_id)

    def decline(self, track_id: int) -> None:
        """It is somebody else's; the profile waits for its person."""
        with self._lock:
            if self._person:
                self._person.decline(track_id)

    def lose(self) -> None:
        """The numbers of all tracks begin anew."""
        with self._lock:
            for person in self._people:
                person.lose()
            self._latest: dict[int, Reading] = {}
            self._watched: int | None = None  # track of the face that was watched last
            self._begin_anew()

    def apply(
        self,
        track_ids: Sequence[int],
        probabilities: np.ndarray,
        features: np.ndarray | None,
        time: float,
        classifier: Classifier,
        crops: np.ndarray | None = None,
    ) -> np.ndarray:
        """Probabilities float [N, K] of the tracks in sight, each person's relative to the own profile. crops: what the
        network saw, uint8 [N, 48, 48]: with them a profile can be made again for another model."""
        with self._lock:
            if self._classifier not in (None, classifier):  # what another network said is no part of a take
                self._begin_anew()
            self._classifier = classifier
            nothing = [None] * len(track_ids)
            parts = (probabilities, nothing if features is None else features, nothing if crops is None else crops)
            self._latest = dict(zip(track_ids, map(Reading, *parts), strict=True))
            self._follow(track_ids, time)
            for person in self._people:
                person.adapt(classifier)
            owners = [self.owner(track_id) for track_id in track_ids] if self.is_on else []
            probabilities = probabilities.copy()
            for place, owner in enumerate(owners):
                if owner and not owner.is_for_other_model:
                    row = slice(place, place + 1)
                    own_features = None if features is None else features[row]
                    probabilities[row] = owner.profile.apply(probabilities[row], own_features)
        return probabilities

    def latest(self, track_id: int) -> np.ndarray | None:
        """Probabilities float [K] of a track in the latest frame, as the network gives them; None where it was not in
        sight."""
        with self._lock:
            return self._latest[track_id].probabilities if track_id in self._latest else None

    def watch(self, track_id: int | None, is_good: bool, time: float) -> None:
        """One frame, after `apply`, for the take that goes on. track_id: of the face that is watched; is_good: straight
        enough, near enough and light enough to count."""
        with self._lock:
            if track_id is not None and track_id != self._watched:
                self._watched, self._at_rest = track_id, None
            reading = self._latest.get(track_id) if track_id is not None and is_good else None
            take = self._recorder.add(track_id, reading, time)
            if take and track_id is not None:
                self._keep(take, track_id)
            elif reading and self._recorder.emotion is None:
                self._watch_rest(reading, time)

    @property
    def _person(self) -> Person | None:
        """Who is watched, or may be."""
        return self.owner(self._watched) or next((one for one in self._people if one.may_be(self._watched)), None)

    def _begin_anew(self) -> None:
        self._recorder.begin([])
        self._rest, self._at_rest = self._rest and RestWatcher(), None

    def _add(self, profile: Profile, track_id: int) -> Person:
        person = Person(profile)
        person.confirm(track_id)
        self._people.append(person)
        return person

    def _follow(self, track_ids: Sequence[int], time: float) -> None:
        for person in self._people:
            before = person.track_id
            others = {other.track_id for other in self._people if other is not person and other.track_id is not None}
            person.follow(track_ids, others, time)
            if before == self._watched and person.track_id is not None:
                self._watched = person.track_id  # the same face goes on in another track

    def _watch_rest(self, reading: Reading, time: float) -> None:
        if self._rest is None or self._watched is None or self._person or len(self._people) >= MAX_PEOPLE:
            return
        if self._rest.add(self._watched, *reading[:2], time):
            self._at_rest = self._rest.at_rest()

    def _keep(self, take: Take, track_id: int) -> None:
        """A take of the watched face that is whole."""
        person, crops, classifier = self._person, self._recorder.crops, self._classifier
        assert classifier is not None
        if self._recorder.is_check:
            if person and not person.is_for_other_model:
                person.check(take)
        elif person:
            person.record(take, crops, classifier)
            person.confirm(track_id)
        elif take.emotion == NEUTRAL and len(self._people) < MAX_PEOPLE:
            self._add(Profile(classifier.model, [take]), track_id).record(take, crops, classifier)
        self._recorder.skip()
