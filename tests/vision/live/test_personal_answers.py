"""The profile of the person before a camera."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from emotion_core.datasets import FaceDataset
from emotion_core.emotions import EMOTIONS
from emotion_core.registry.model_folder import ModelFolder
from emotion_core.registry.model_schemas import Emotion
from emotion_core.vision.detection.blazeface import BlazeFaceDetector
from emotion_core.vision.detection.landmarks import LandmarkDetector
from emotion_core.vision.faces.alignment import crop_faces
from emotion_core.vision.faces.classifier import Classifier
from emotion_core.vision.faces.profile import Profile, read_profile
from emotion_core.vision.geometry import Box
from emotion_core.vision.live.followed_face import MAX_GAP
from emotion_core.vision.live.person import Check
from emotion_core.vision.live.personal_answers import MAX_PEOPLE, PersonalAnswers
from emotion_core.vision.live.stream import LiveStream
from emotion_core.vision.live.take_recorder import PAUSE_SECONDS, TAKE_SECONDS
from tests.vision.live.streams import frames_of, rgb

SAD_AT_REST = np.array([[0.05, 0.05, 0.05, 0.05, 0.3, 0.45, 0.05]], np.float32)
RATE = 10


class Sitter:
    """Somebody before a camera: ten frames a second of one track, or of several."""

    def __init__(self, classifier: Classifier) -> None:
        self.answers, self.classifier, self.now = PersonalAnswers(), classifier, 0.0
        _, features = classifier.read(np.zeros((1, 48, 48), np.uint8))
        assert features is not None
        self.features = features

    def show(self, *track_ids: int, seconds: float = 1 / RATE, good: bool = True) -> str:
        """What is read in the first of them in the end."""
        answer = ""
        for _ in range(round(seconds * RATE)):
            self.now += 1 / RATE
            count = len(track_ids)
            read = self.answers.apply(
                track_ids, SAD_AT_REST.repeat(count, 0), self.features.repeat(count, 0), self.now, self.classifier
            )
            self.answers.watch(track_ids[0] if track_ids else None, good, self.now)
            answer = EMOTIONS[int(read[0].argmax())] if count else ""
        return answer

    def take(self, emotion: Emotion, *track_ids: int, is_check: bool = False) -> None:
        self.answers.record(emotion, is_check=is_check)
        self.show(*(track_ids or (1,)), seconds=TAKE_SECONDS + 0.2)
        assert self.answers.state.recording is None


@pytest.fixture
def person(classifier: Classifier) -> Sitter:
    return Sitter(classifier)


def test_a_take_needs_two_seconds_of_good_frames_of_one_face(person: Sitter) -> None:
    person.answers.record("neutral")
    assert person.show(1, seconds=1) == "sad"
    assert person.answers.state.progress == pytest.approx(0.45, abs=0.01)
    pose = person.answers.state.pose
    assert pose and (pose.emotion, pose.seconds_left) == ("neutral", 2)
    person.show(1, seconds=5, good=False)
    person.show(seconds=5)
    assert person.answers.state.progress == pytest.approx(0.45, abs=0.01), "frames that do not count"
    person.show(2)
    assert person.answers.state.progress == 0, "another face begins anew"
    person.show(2, seconds=TAKE_SECONDS + 0.2)
    profile = person.answers.state.profile
    assert profile and [take.emotion for take in profile.takes] == ["neutral"]
    assert profile.takes[0].probabilities == pytest.approx(SAD_AT_REST[0])
    assert person.show(2) == "neutral"


def test_a_take_that_is_cancelled_leaves_nothing_and_one_that_is_repeated_replaces(person: Sitter) -> None:
    person.answers.record("neutral")
    person.show(1, seconds=1)
    person.answers.cancel()
    person.show(1, seconds=5)
    assert person.answers.state.profile is None
    for emotion in ("neutral", "happy", "neutral"):
        person.take(emotion)
    profile = person.answers.state.profile
    assert profile and [take.emotion for take in profile.takes] == ["happy", "neutral"]


def test_only_the_person_is_read_so_and_the_switch_shows_both(person: Sitter) -> None:
    person.take("neutral", 7)
    assert person.show(7) == person.show(7, 8) == "neutral"
    assert person.show(8, 7) == "sad"
    person.answers.is_on = False
    assert person.show(7) == "sad"
    person.answers.is_on = True
    assert person.show(7) == "neutral"
    person.answers.forget()
    assert person.show(7) == "sad" and person.answers.state.profile is None


@pytest.mark.parametrize(
    ("away", "asks"),
    [
        (lambda person: person.show(seconds=MAX_GAP - 1), False),
        (lambda person: person.show(seconds=MAX_GAP + 1), True),
        (lambda person: person.show(1, 2), True),
        (lambda person: person.answers.lose(), True),
    ],
)
def test_after_a_gap_or_beside_others_the_page_asks(
    person: Sitter, away: Callable[[Sitter], object], asks: bool
) -> None:
    person.take("neutral")
    away(person)
    assert person.show(5) == ("sad" if asks else "neutral")
    assert person.answers.state.asks is asks
    person.answers.confirm(5)
    assert person.show(5) == "neutral" and not person.answers.state.asks


def test_a_check_tells_what_is_read_without_and_with(person: Sitter) -> None:
    person.take("neutral")
    person.take("neutral", is_check=True)
    assert person.answers.state.checks == (Check("neutral", "sad", "neutral"),)
    person.take("happy")
    assert person.answers.state.checks == (), "they were about another profile"


def test_a_profile_that_is_brought_is_used_when_its_person_says_so(person: Sitter, shipped: ModelFolder) -> None:
    person.take("neutral")
    profile = person.answers.state.profile
    assert profile
    person.answers.use(read_profile(profile.to_json().encode(), shipped))
    assert person.show(3) == "sad" and person.answers.state.asks
    person.answers.confirm(3)
    assert person.show(3) == "neutral"


def test_another_network_does_not_use_it(person: Sitter, tiny_model: ModelFolder) -> None:
    person.take("neutral")
    own, person.classifier = person.classifier, Classifier(tiny_model)
    assert person.show(1) == "sad" and person.answers.state.is_for_other_model
    person.classifier = own
    assert person.show(1) == "neutral" and not person.answers.state.is_for_other_model


def test_a_profile_is_made_again_for_another_model_from_the_faces_in_memory(
    classifier: Classifier, tiny_model: ModelFolder, example: np.ndarray
) -> None:
    answers, crop = PersonalAnswers(), crop_faces(example, [Box(178, 51, 95, 124)])
    other = Classifier(tiny_model)

    def show(seconds: float, reading: Classifier, start: float) -> None:
        rows, features = reading.read(crop)
        for number in range(round(seconds * RATE)):
            answers.apply([1], rows, features, start + number / RATE, reading, crop)
            answers.watch(1, True, start + number / RATE)

    for number, emotion in enumerate(("neutral", "happy")):
        answers.record(emotion)  # type: ignore[arg-type]
        show(TAKE_SECONDS + 0.3, classifier, 5.0 * number)
    owner = answers.owner(1)
    assert owner
    answers.teach(owner, "fear", crop[0], classifier)
    show(0.1, other, 20.0)
    profile = answers.state.profile
    assert profile and profile.model.fingerprint == tiny_model.fingerprint and not answers.state.is_for_other_model
    assert [take.emotion for take in profile.takes] == ["neutral", "happy", "fear"]
    assert all(take.probabilities == pytest.approx(other.predict(crop)[0], abs=1e-5) for take in profile.takes)
    answers.use(read_profile(profile.to_json().encode(), tiny_model))
    answers.confirm(1)
    show(0.1, classifier, 30.0)
    assert answers.state.is_for_other_model, "a file holds no faces"


def test_a_stream_records_its_own_frames_and_keeps_the_profile_after_stop(
    classifier: Classifier, example: np.ndarray
) -> None:
    now = [0.0]
    stream = LiveStream(BlazeFaceDetector(), LandmarkDetector(), classifier, clock=lambda: now[0])
    stream.options = replace(stream.options, mirror=False)

    def play(frames: int) -> np.ndarray:
        for _ in range(frames):
            now[0] += 0.25
            drawn = rgb(stream.process(frames_of([example])[0]))
        return drawn

    plain = play(2)
    before = dict(stream.state.faces[0].probabilities)
    stream.pipeline.personal.record("neutral")
    assert np.abs(plain.astype(int) - play(3)).max() > 50, "a ring shows the progress"
    play(8)
    profile = stream.pipeline.personal.state.profile
    assert isinstance(profile, Profile)
    assert profile.takes[0].probabilities == pytest.approx(list(before.values()), abs=0.02)
    play(8)
    emotion = max(before, key=before.__getitem__)
    assert stream.state.faces[0].probabilities[emotion] < before[emotion]
    stream.end()
    assert stream.pipeline.personal.state.profile is profile and stream.pipeline.personal.state.asks


def test_a_face_that_reads_as_sad_at_rest_is_offered_as_the_neutral_one(person: Sitter) -> None:
    person.show(4, seconds=20)
    assert person.answers.state.at_rest is None
    person.show(4, seconds=12)
    assert person.answers.state.at_rest and person.show(4) == "sad", "never by itself"
    person.answers.accept_rest()
    assert person.show(4) == "neutral" and person.answers.state.at_rest is None
    person.answers.forget()
    person.show(4, seconds=32)
    person.answers.decline_rest()
    person.show(4, seconds=32)
    assert person.answers.state.at_rest is None and person.show(4) == "sad"


def test_what_one_network_said_is_no_take_of_another(person: Sitter) -> None:
    person.show(4, seconds=32)
    assert person.answers.state.at_rest
    person.classifier = Classifier(person.classifier.model)
    person.show(4)
    assert person.answers.state.at_rest is None
    person.answers.record("neutral")
    person.show(4, seconds=1)
    person.classifier = Classifier(person.classifier.model)
    person.show(4, seconds=3)
    assert person.answers.state.recording is None and person.answers.state.profile is None


def test_a_correction_teaches_the_profile_and_can_be_taken_back(person: Sitter, sample: FaceDataset) -> None:
    crop = sample.images[0]
    person.show(1)
    assert person.answers.owner(1) is None, "there is no profile yet"
    person.take("neutral")
    owner = person.answers.owner(1)
    assert owner and person.answers.can_teach(owner)
    person.answers.teach(owner, "happy", crop, person.classifier)
    person.answers.teach(owner, "fear", crop, person.classifier)
    profile = person.answers.state.profile
    assert profile and [take.emotion for take in profile.takes] == ["neutral", "fear"], "the same face, corrected again"
    read = profile.apply(*person.classifier.read(crop[np.newaxis]))
    assert read[0, EMOTIONS.index("fear")] > person.classifier.predict(crop[np.newaxis])[0, EMOTIONS.index("fear")]
    person.answers.teach(owner, None, crop, person.classifier)
    profile = person.answers.state.profile
    assert profile and [take.emotion for take in profile.takes] == ["neutral"]
    person.answers.forget()
    assert not person.answers.can_teach(owner)


def test_a_guided_take_goes_through_the_emotions_with_pauses_and_skips(person: Sitter) -> None:
    person.answers.record("neutral", "happy", "sad")
    person.show(1, seconds=PAUSE_SECONDS - 0.2)
    state = person.answers.state
    assert (state.recording, state.coming, state.progress) == ("neutral", ("happy", "sad"), 0)
    assert state.prompt.startswith("Next: neutral.")
    person.show(1, seconds=0.4 + TAKE_SECONDS)
    state = person.answers.state
    assert state.profile and (state.recording, state.coming) == ("happy", ("sad",))
    for _ in range(2):  # the click arrives twice
        person.answers.skip("happy")
    person.show(1, seconds=PAUSE_SECONDS + 0.1)
    assert person.answers.state.prompt.startswith("Sad!")
    person.show(1, seconds=TAKE_SECONDS + 0.2)
    state = person.answers.state
    assert state.recording is None and state.profile and state.profile.emotions == {"neutral", "sad"}

    person.answers.record("neutral", "sad", is_check=True)
    person.show(1, seconds=2 * (PAUSE_SECONDS + TAKE_SECONDS) + 1)
    assert [check.emotion for check in person.answers.state.checks] == ["neutral", "sad"]
    person.answers.record("angry", "fear")
    person.answers.cancel()
    person.show(1, seconds=10)
    state = person.answers.state
    assert state.recording is None and state.profile and state.profile.emotions == {"neutral", "sad"}


def test_each_of_several_people_has_a_profile_for_the_own_face_only(person: Sitter) -> None:
    person.take("neutral", 1, 2)
    assert person.show(2, 1) == "sad", "the other one has none"
    state = person.answers.state
    assert state.profile is None and state.others == 1
    person.take("neutral", 2, 1)
    person.take("happy", 2, 1)
    assert person.show(1, 2) == person.show(2, 1) == "neutral"
    second = person.answers.state.profile
    assert second and second.emotions == {"neutral", "happy"}
    person.show(1, 2)
    first = person.answers.state.profile
    assert first and first.emotions == {"neutral"}
    person.answers.forget()
    assert person.show(1, 2) == "sad" and person.show(2, 1) == "neutral", "the other's profile stays"
    person.answers.forget_all()
    assert person.show(2, 1) == "sad"


def test_whose_face_it_is_the_page_asks_until_somebody_says_so(person: Sitter) -> None:
    person.take("neutral", 1, 2)
    person.take("neutral", 2, 1)
    person.answers.lose()
    assert person.show(5) == "sad" and person.answers.state.asks
    person.answers.decline(5)
    person.show(5)
    assert person.answers.state.asks, "it may be the second one's"
    person.answers.decline(5)
    person.show(5)
    assert not person.answers.state.asks and person.answers.state.others == 2
    person.show(6)
    assert person.answers.state.asks, "another face may be either's"
    person.answers.confirm(6)
    assert person.show(6) == "neutral"
    person.show(5, 6)
    assert not person.answers.state.asks and person.show(7) == "sad", "the one who left is not taken to be the other"


def test_there_is_room_for_as_many_profiles_as_faces_are_followed(person: Sitter) -> None:
    everybody = range(1, MAX_PEOPLE + 2)
    for track_id in everybody:
        person.take("neutral", track_id, *(other for other in everybody if other != track_id))
    owners = [person.answers.owner(track_id) for track_id in everybody]
    assert person.answers.state.others == MAX_PEOPLE and owners[-1] is None
    assert len(set(owners)) == len(owners) and None not in owners[:-1], "each has one, and no two the same"
