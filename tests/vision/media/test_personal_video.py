"""A person's neutral face in a video."""

import numpy as np
import pytest

from emotion_core.emotions import EMOTIONS
from emotion_core.vision.faces.classifier import Classifier
from emotion_core.vision.faces.profile import Profile, Take
from emotion_core.vision.media.personal_video import with_neutral
from emotion_core.vision.media.records import Record

SAD_AT_REST = dict.fromkeys(EMOTIONS, 0.05) | {"sad": 0.5, "neutral": 0.2}
SMILE = dict.fromkeys(EMOTIONS, 0.02) | {"happy": 0.58, "sad": 0.3}


def face(person: int, probabilities: dict[str, float]) -> Record:
    emotion = max(probabilities, key=probabilities.__getitem__)
    answer = {"emotion": emotion, "confidence": probabilities[emotion], "uncertain": False}
    return {"box": [0, 0, 9, 9], "person": person, **answer, "probabilities": probabilities}


@pytest.fixture
def records() -> list[Record]:
    moments = [[face(1, SAD_AT_REST)], [face(2, SAD_AT_REST), face(1, SAD_AT_REST)], [], [face(1, SMILE)]]
    return [
        {"path": "a.mp4", "time": 0.5 * n, "frame": 15 * n, "width": 9, "height": 9, "faces": faces, "error": None}
        for n, faces in enumerate(moments)
    ]


@pytest.fixture
def features(classifier: Classifier) -> np.ndarray:
    found = classifier.read(np.arange(4 * 48 * 48, dtype=np.uint32).astype(np.uint8).reshape(4, 48, 48))[1]
    assert found is not None
    return found.astype(np.float16)


def test_one_persons_answers_are_what_the_profile_says_and_all_others_stay(
    records: list[Record], features: np.ndarray, classifier: Classifier
) -> None:
    changed = with_neutral(records, features, {1}, 0.1, classifier)
    row = np.array([[SAD_AT_REST[label] for label in classifier.labels]], np.float32)
    profile = Profile(classifier.model, [Take("neutral", row[0], features[0].astype(np.float32))])
    expected = profile.apply(row, features[:1].astype(np.float32))[0]
    first = changed[0]["faces"][0]
    assert [first["probabilities"][label] for label in classifier.labels] == pytest.approx(expected, abs=1e-4)
    assert first["emotion"] == "neutral" and first["profile"] is True
    assert changed[1]["faces"][0] is records[1]["faces"][0] and changed[2] is records[2]
    assert changed[1]["faces"][1]["profile"] and changed[3]["faces"][0]["profile"]
    assert changed[3]["faces"][0]["emotion"] == "happy"
    assert records[0]["faces"][0]["emotion"] == "sad", "the records given stay as they are"


def test_a_model_without_features_still_gets_the_correction(records: list[Record], classifier: Classifier) -> None:
    changed = with_neutral(records, None, {1}, 0.0, classifier)
    assert changed[0]["faces"][0]["probabilities"]["sad"] < SAD_AT_REST["sad"]


def test_a_merged_person_is_read_under_all_numbers(
    records: list[Record], features: np.ndarray, classifier: Classifier
) -> None:
    changed = with_neutral(records, features, {1, 2}, 0.0, classifier)
    assert all(shown["profile"] for record in changed for shown in record["faces"])


def test_a_person_whom_the_video_does_not_show_is_an_error(records: list[Record], classifier: Classifier) -> None:
    with pytest.raises(ValueError, match="does not show"):
        with_neutral(records, None, {7}, 0.0, classifier)
