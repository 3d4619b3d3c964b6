"""FER+ votes: the majority, and what they make of a label."""

import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from emotion_core.datasets import DatasetError, FaceDataset, load
from emotion_core.datasets.ferplus import COLUMNS, arrange, majority, soft_labels
from emotion_core.datasets.storage import keep_upload
from emotion_core.emotions import EMOTIONS, FER2013_NUMBERS


def cast(**votes: int) -> list[int]:
    return [votes.get(name, 0) for name in COLUMNS]


def test_votes_come_in_the_project_s_order() -> None:
    votes = arrange([cast(anger=1, disgust=2, fear=3, happiness=4), cast(neutral=5, sadness=6, surprise=7), None])
    assert votes.tolist() == [[1, 2, 3, 4, 0, 0, 0, 0], [0, 0, 0, 0, 5, 6, 7, 0], [0] * 8]


def test_a_majority_is_over_half_of_all_votes_and_one_of_the_seven() -> None:
    votes = arrange(
        [cast(fear=6, happiness=4), cast(fear=5, sadness=5), cast(contempt=8, fear=2), cast(NF=5, fear=5), None]
    )
    seen, clear = majority(votes)
    assert clear.tolist() == [True, False, False, False, False]
    assert EMOTIONS[seen[0]] == "fear"


def test_targets_blend_label_and_votes() -> None:
    votes = arrange([cast(fear=5, happiness=5), None, cast(contempt=10)])
    labels = np.array([EMOTIONS.index("fear")] * 3)
    targets = soft_labels(labels, votes, 0.4)
    assert np.allclose(targets[0], [0, 0, 0.8, 0.2, 0, 0, 0]) and targets.dtype == np.float32
    assert np.array_equal(targets[1:], np.eye(7)[labels[1:]])
    assert np.array_equal(soft_labels(labels, None, 0.4), np.eye(7)[labels])


def write_csv(path: Path, sample: FaceDataset, rows: int) -> None:
    faces = sample.take(np.arange(rows))
    table = {
        "emotion": [FER2013_NUMBERS.index(EMOTIONS[label]) for label in faces.labels],
        "pixels": [" ".join(map(str, face.ravel())) for face in faces.images],
        "Usage": "Training",
    }
    pd.DataFrame(table).to_csv(path, index=False)


def test_ferplus_votes_are_read_from_the_csv_beside_fer2013(sample: FaceDataset, tmp_path: Path) -> None:
    write_csv(tmp_path / "fer2013.csv", sample, 3)
    table = pd.read_csv(tmp_path / "fer2013.csv")
    table.loc[1, "pixels"] = "1 2 3"  # left out, and its votes with it
    table.to_csv(tmp_path / "fer2013.csv", index=False)
    votes = pd.DataFrame([cast(fear=10), cast(anger=10), cast(sadness=10)], columns=list(COLUMNS))
    votes.assign(Usage="Training").to_csv(tmp_path / "fer2013new.csv", index=False)
    for source in (tmp_path, tmp_path / "fer2013.csv"):
        faces = load(source)
        assert faces.votes is not None and faces.references.tolist() == ["0", "2"]
        assert [EMOTIONS[row.argmax()] for row in faces.votes] == ["fear", "sad"]
        assert faces.take(np.array([1])).votes.tolist() == [faces.votes[1].tolist()]  # type: ignore[union-attr]


def votes_for(usages: list[str]) -> bytes:
    votes = pd.DataFrame([cast(fear=10)] * len(usages), columns=list(COLUMNS))
    return votes.assign(Usage=usages).to_csv(index=False).encode()


def test_ferplus_votes_are_read_from_the_zip_that_holds_fer2013(sample: FaceDataset, tmp_path: Path) -> None:
    write_csv(tmp_path / "fer2013.csv", sample, 3)
    with zipfile.ZipFile(tmp_path / "both.zip", "w") as archive:
        archive.write(tmp_path / "fer2013.csv", "faces/fer2013.csv")
        archive.writestr("votes/fer2013new.csv", votes_for(["Training"] * 4))  # goes on, as with PrivateTest
    faces = load(tmp_path / "both.zip")
    assert faces.votes is not None and faces.votes[:, EMOTIONS.index("fear")].tolist() == [10] * 3
    assert load(tmp_path / "fer2013.csv").votes is None


def test_one_upload_is_not_taken_for_another_s_votes(
    sample: FaceDataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EMOTION_DATA", str(tmp_path / "home"))
    write_csv(tmp_path / "fer2013.csv", sample, 3)
    mine = keep_upload("fer2013.csv", (tmp_path / "fer2013.csv").read_bytes())
    theirs = keep_upload("fer2013new.csv", votes_for(["Training"] * 3))
    assert theirs.parent == mine.parent, "or this test shows nothing"
    for source in (mine, mine.parent / ".." / "home" / "fer2013.csv", mine.parent):
        read = load(source)
        assert read.votes is None and len(read) == 3
        assert len(read.problems) == 1 and "bring it in one .zip" in read.problems[0]
    theirs.rename(tmp_path / theirs.name)
    assert load(tmp_path / "fer2013.csv").votes is not None, "in a folder of one's own both belong together"


def test_votes_for_other_rows_are_refused(sample: FaceDataset, tmp_path: Path) -> None:
    write_csv(tmp_path / "fer2013.csv", sample, 3)
    pd.DataFrame([cast(fear=10)], columns=list(COLUMNS)).to_csv(tmp_path / "fer2013new.csv", index=False)
    with pytest.raises(DatasetError, match="cannot be read as FER"):
        load(tmp_path)
    votes = pd.DataFrame([cast(fear=10)] * 3, columns=list(COLUMNS))
    votes.assign(Usage=["Training", "PublicTest", "Training"]).to_csv(tmp_path / "fer2013new.csv", index=False)
    with pytest.raises(DatasetError, match="does not belong"):
        load(tmp_path)
    (tmp_path / "fer2013.csv").rename(tmp_path / "mine.csv")
    assert load(tmp_path / "mine.csv").votes is None


@pytest.mark.parametrize("votes", [[1, 2], "many"])
def test_broken_votes_are_refused_with_a_sentence(votes: object, tmp_path: Path) -> None:
    picture = {"bytes": b"", "path": ""}
    table = pd.DataFrame({"image": [picture], "label": [0], "ferplus_votes": [votes]})
    table.to_parquet(tmp_path / "faces.parquet")
    with pytest.raises(DatasetError, match="ferplus_votes that are not ten numbers"):
        load(tmp_path / "faces.parquet")
