import numpy as np
import pytest

from emotion_core.datasets import FaceDataset
from emotion_core.datasets.audit import audit
from tests.support.face_rows import face_rows


def data(rows: list[tuple[int, str, str]], problems: tuple[str, ...] = ()) -> FaceDataset:
    """Rows of (number of the picture, emotion, split); picture 0 is blank."""
    pictures = np.random.default_rng(0).integers(0, 256, (20, 48, 48)).astype(np.uint8)
    pictures[0] = 7
    numbers, emotions, splits = zip(*rows, strict=True)
    return face_rows([pictures[number] for number in numbers], emotions, splits, problems)


@pytest.fixture(scope="module")
def faces() -> FaceDataset:
    rows = [(1, "happy", "train"), (1, "happy", "train"), (2, "sad", "train"), (3, "fear", "train")]
    rows += [(2, "sad", "test"), (3, "angry", "test"), (4, "happy", "test"), (0, "happy", "test")]
    return data(rows, ("x.jpg: broken",))


def test_everything_a_person_should_know_is_found(faces: FaceDataset) -> None:
    found = audit(faces)
    assert found.counts.loc["happy"].tolist() == [2, 2] and list(found.counts) == ["train", "test"]
    assert {split: rows.tolist() for split, rows in found.repeats.items()} == {"train": [1]}
    assert {pair: rows.tolist() for pair, rows in found.shared.items()} == {("train", "test"): [4, 5]}
    assert found.conflicting.tolist() == [3, 5] and found.blank.tolist() == [7]


def test_findings_are_sentences(faces: FaceDataset) -> None:
    text = "\n".join(audit(faces).findings)
    assert "No training faces of angry, disgust, neutral, surprise" in text
    assert "Only 2 training faces of happy" in text
    assert "stand in train too, pixel for pixel: 2" in text and "leaves its copies of them out" in text
    assert "repeat an earlier one: 1" in text and "Blank pictures: 1" in text and "left out: 1" in text


def test_suspects_can_be_looked_at(faces: FaceDataset) -> None:
    suspects = {name: rows.tolist() for name, rows in audit(faces).suspects.items()}
    assert suspects == {"copies of another row": [1, 4, 5], "same picture, another emotion": [3, 5], "blank": [7]}


def test_sound_data_have_nothing_to_report(sample: FaceDataset) -> None:
    assert audit(sample).findings == []
