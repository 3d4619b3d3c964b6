"""Answers relative to a person's own faces."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from benchmarks import personal
from benchmarks._people import read_people
from emotion_core.datasets import FaceDataset
from emotion_core.emotions import EMOTIONS, NEUTRAL
from emotion_core.registry.feature_statistics import FEATURES_FILE
from emotion_core.registry.model_folder import ModelFolder, open_model
from emotion_core.vision.faces.analyzer import new_analyzer
from emotion_core.vision.faces.classifier import Classifier
from emotion_core.vision.faces.profile import (
    MAX_PROFILE_BYTES,
    MAX_TAKES,
    Profile,
    ProfileError,
    Take,
    read_profile,
    relative,
    take_of,
)


@pytest.fixture(scope="module")
def takes(classifier: Classifier, sample: FaceDataset) -> dict[str, list[Take]]:
    """Of drawn faces, three of each emotion."""
    probabilities, features = classifier.read(sample.images)
    assert features is not None
    return {
        emotion: [
            Take(emotion, probabilities[row], features[row])
            for row in np.flatnonzero(sample.labels == EMOTIONS.index(emotion))[:3]
        ]
        for emotion in EMOTIONS
    }


@pytest.fixture(scope="module")
def profile(shipped: ModelFolder, takes: dict[str, list[Take]]) -> Profile:
    return Profile(shipped, [take for own in takes.values() for take in own])


def test_what_is_read_in_the_neutral_face_is_taken_out(shipped: ModelFolder) -> None:
    at_rest = np.full(7, 0.05)
    at_rest[EMOTIONS.index("sad")], at_rest[EMOTIONS.index(NEUTRAL)] = 0.4, 0.35
    profile = Profile(shipped, [Take(NEUTRAL, at_rest, None)])
    (corrected,) = profile.apply(at_rest[np.newaxis], None)
    assert corrected.sum() == pytest.approx(1) and corrected.dtype == np.float32
    assert corrected[EMOTIONS.index("sad")] < 0.4
    expected = at_rest**0.6 / (at_rest**0.6).sum()  # log p - 0.4 log p of the neutral face
    assert corrected == pytest.approx(expected, rel=1e-5)


def test_a_face_at_rest_is_neutral_whatever_the_model_reads_in_it(
    shipped: ModelFolder, takes: dict[str, list[Take]]
) -> None:
    reads_as_sad = np.array([[0.05, 0.05, 0.05, 0.05, 0.2, 0.55, 0.05]])
    features = takes[NEUTRAL][0].features
    assert features is not None
    profile = Profile(shipped, [Take(NEUTRAL, reads_as_sad[0], features)])
    elsewhere = takes["surprise"][0].features
    assert elsewhere is not None
    at_rest, surprised = (profile.apply(reads_as_sad, seen[np.newaxis])[0] for seen in (features, elsewhere))
    assert EMOTIONS[at_rest.argmax()] == NEUTRAL
    assert EMOTIONS[surprised.argmax()] == "sad", "only what looks like the neutral face"


def test_an_emotion_that_was_recorded_is_recognised_again(profile: Profile, takes: dict[str, list[Take]]) -> None:
    own = [take for emotion in EMOTIONS for take in takes[emotion]]
    features = np.array([take.features for take in own])
    answers = profile.apply(np.full((len(own), 7), 1 / 7), features).argmax(axis=1)
    assert [EMOTIONS[answer] for answer in answers] == [take.emotion for take in own]


def test_recorded_emotions_share_among_themselves_and_leave_the_others_what_they_have(
    shipped: ModelFolder, takes: dict[str, list[Take]], classifier: Classifier, sample: FaceDataset
) -> None:
    alone = Profile(shipped, takes[NEUTRAL])
    some = Profile(shipped, [*takes[NEUTRAL], *takes["fear"], *takes["happy"]])
    before, after = (it.apply(*classifier.read(sample.images[:50])) for it in (alone, some))
    others = [EMOTIONS.index(name) for name in EMOTIONS if name not in some.emotions]
    assert np.allclose(before[:, others], after[:, others], atol=1e-6)
    assert not np.allclose(before, after, atol=1e-2)
    assert np.allclose(after.sum(axis=1), 1, atol=1e-5)


def test_a_file_gives_the_same_answers_and_holds_numbers_only(
    profile: Profile, shipped: ModelFolder, classifier: Classifier, sample: FaceDataset
) -> None:
    stored = profile.to_json()
    again = read_profile(stored.encode(), shipped)
    readings = classifier.read(sample.images[:20])
    assert np.allclose(profile.apply(*readings), again.apply(*readings), atol=1e-3)
    content = json.loads(stored)
    assert set(content) == {"version", "model", "fingerprint", "takes"}
    assert all(set(take) == {"emotion", "probabilities", "features"} for take in content["takes"])


def spoilt(profile: Profile, **changes: object) -> bytes:
    content = json.loads(profile.to_json())
    content["takes"] = content["takes"][-6:]  # the first ones are others than neutral
    take = {name: value for name, value in changes.items() if name in content["takes"][0]}
    content["takes"][0] |= take
    return json.dumps(content | {name: value for name, value in changes.items() if name not in take}).encode()


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"version": 2}, "version should be 1"),
        ({"takes": []}, "takes List should have at least 1 item"),
        ({"fingerprint": "another"}, "was made with another model"),
        ({"emotion": "bored"}, r"takes\[0\].emotion"),
        ({"probabilities": [0.5] * 7}, "do not add up to 1"),
        ({"probabilities": [1.0]}, "different lengths"),
        ({"features": [1e9] * 256}, r"takes\[0\].features\[0\]"),
        ({"picture": "data:"}, "picture is not known"),
        ({}, "needs a neutral face"),
    ],
)
def test_a_file_that_makes_no_sense_gets_one_sentence(
    changes: dict[str, object], sentence: str, profile: Profile, shipped: ModelFolder
) -> None:
    with pytest.raises(ProfileError, match=sentence) as caught:
        read_profile(spoilt(profile, **changes), shipped)
    assert str(caught.value).endswith(".") and "\n" not in str(caught.value)


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"null", b"[]", b"{", b"9" * 10_000, b"[" * 100_000])
def test_what_is_no_profile_at_all_is_refused(content: bytes, shipped: ModelFolder) -> None:
    with pytest.raises(ProfileError):
        read_profile(content, shipped)


def test_what_is_too_large_or_too_much_is_refused(shipped: ModelFolder, takes: dict[str, list[Take]]) -> None:
    with pytest.raises(ProfileError, match="too large"):
        read_profile(bytes(MAX_PROFILE_BYTES + 1), shipped)
    with pytest.raises(ProfileError, match=f"room for {MAX_TAKES} takes"):
        Profile(shipped, takes[NEUTRAL] * MAX_TAKES)
    with pytest.raises(ProfileError, match="too few or too many"):
        content = json.loads(Profile(shipped, takes[NEUTRAL]).to_json())
        for take in content["takes"]:
            take["features"] = take["features"][:9]
        read_profile(json.dumps(content).encode(), shipped)


def test_a_model_without_features_still_takes_out_the_neutral_face(
    tiny_model: ModelFolder, sample: FaceDataset, example: np.ndarray
) -> None:
    analyzer = new_analyzer("blazeface", Classifier(tiny_model))
    (face,) = analyzer.analyze(example)
    assert face.features is None and not face.has_profile
    profile = Profile(tiny_model, [take_of(NEUTRAL, [face], tiny_model.labels), take_of("happy", [face], EMOTIONS)])
    corrected = relative(face, profile, 0.99)
    assert corrected.has_profile and corrected.is_uncertain
    assert corrected.probabilities[face.emotion] < face.probabilities[face.emotion]
    assert read_profile(profile.to_json().encode(), tiny_model).takes[0].features is None


def test_a_damaged_file_of_statistics_is_one_sentence(shipped: ModelFolder, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(shipped.path, tmp_path / "model"))
    (folder / FEATURES_FILE).write_bytes(b"no arrays")
    with pytest.raises(ValueError, match=f"{FEATURES_FILE} of model is damaged"):
        open_model(folder)
    with pytest.raises(ValueError, match=f"{FEATURES_FILE} cannot be read"):
        _ = ModelFolder(folder, shipped.card).feature_statistics


def test_posed_faces_of_people_are_read_better_with_their_profiles(people_folder: Path, classifier: Classifier) -> None:
    faces = read_people(people_folder, classifier, of_each=3)
    for of_each, least in ((0, 6), (1, 9)):
        drawn = personal.draws(faces, of_each, 1, count=3)
        before = personal.measure(faces, drawn, personal.nothing(faces)).accuracy
        after = personal.measure(faces, drawn, personal.personal(faces))
        assert after.accuracy > before + least / 100 and after.figures.per_class[NEUTRAL].recall > 0.9
