"""What people bring is kept, and so is the list of rows they want left out."""

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from emotion_core.datasets import DatasetError, FaceDataset, corrections, exclusions, storage
from emotion_core.datasets.exclusions import read_exclusions, with_marks, write_exclusions
from emotion_core.datasets.split import split_for_training
from emotion_core.datasets.storage import delete_upload, keep_upload, kept_uploads
from emotion_core.limits import OWNER


@pytest.fixture(autouse=True)
def data_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("EMOTION_DATA", str(tmp_path / "home"))
    return tmp_path / "home"


def full(*_: object) -> None:
    raise OSError(28, "No space left on device")


def test_uploads_are_kept_under_safe_names(data_home: Path) -> None:
    assert kept_uploads() == []
    path = keep_upload("../../my faces (2).CSV", b"content")
    assert path.parent == data_home and path.read_bytes() == b"content"
    assert kept_uploads() == [path]
    assert keep_upload("my-faces-2-.CSV", b"content") == path
    other = keep_upload("my-faces-2-.CSV", b"other content")
    assert other != path and path.read_bytes() == b"content" and other.read_bytes() == b"other content"
    assert {keep_upload("лица.zip", b"a").name, keep_upload("表情.zip", b"b").name} == {"лица.zip", "表情.zip"}
    write_exclusions(str(path), {"1"})
    delete_upload(path)
    assert path not in kept_uploads() and read_exclusions(str(path)) == set()
    with pytest.raises(DatasetError, match=r"not a \.zip"):
        keep_upload("faces.exe", b"")


def test_a_full_disk_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(storage, "write_bytes", full)
    with pytest.raises(DatasetError, match=r"cannot be kept on the server: .*No space left"):
        keep_upload("faces.csv", b"content")


def test_uploads_leave_some_of_the_disk(data_home: Path) -> None:
    free = shutil.disk_usage(data_home.parent).free // 2**20
    with pytest.raises(DatasetError, match=r"faces\.csv cannot be kept: the disk of this server is nearly full"):
        keep_upload("faces.csv", b"content", replace(OWNER, free_disk_mib=2 * free))
    assert kept_uploads() == []


def test_the_list_lies_beside_the_data_and_survives(tmp_path: Path) -> None:
    data = tmp_path / "fer2013.csv"
    data.write_text("data")
    assert read_exclusions(str(data)) == set()
    assert write_exclusions(str(data), {"5", "17"}) == tmp_path / "fer2013.csv.exclusions.txt"
    assert read_exclusions(str(data)) == {"5", "17"} and data.read_text() == "data"
    write_exclusions(str(data), set())
    assert read_exclusions(str(data)) == set()


def test_where_the_data_cannot_be_written_the_list_is_kept_at_home(
    tmp_path: Path, data_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = exclusions.write_text

    def read_only(path: Path, text: str) -> None:
        if path.parent == tmp_path:
            raise OSError(30, "Read-only file system")
        write(path, text)

    monkeypatch.setattr(exclusions, "write_text", read_only)
    (tmp_path / "faces").mkdir()
    assert write_exclusions(str(tmp_path / "faces"), {"a.jpg"}).parent == data_home
    assert read_exclusions(str(tmp_path / "faces")) == {"a.jpg"}
    (tmp_path / "elsewhere" / "faces").mkdir(parents=True)
    assert read_exclusions(str(tmp_path / "elsewhere" / "faces")) == set(), "other data of the same name"
    assert write_exclusions("sample", {"x"}).parent == data_home and read_exclusions("sample") == {"x"}
    monkeypatch.setattr(exclusions, "write_text", full)
    with pytest.raises(DatasetError, match="cannot be kept"):
        write_exclusions("sample", {"y"})


def test_rows_left_out_are_on_neither_side_and_the_others_stay(sample: FaceDataset) -> None:
    usual = split_for_training(sample, 0.2, seed=0)
    unwanted = {usual[0].references[3], usual[1].references[5]}
    left = split_for_training(sample, 0.2, 0, unwanted)
    for before, after in zip(usual, left, strict=True):
        assert after.references.tolist() == [row for row in before.references.tolist() if row not in unwanted]
        assert np.isin(after.references, before.references).all()


def test_own_faces_are_kept_once_each_and_forgotten_on_demand(
    sample: FaceDataset, data_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert corrections.load_corrections() is None
    corrections.save_correction(sample.images[0], "sad")
    corrections.save_correction(sample.images[0], "happy")  # thought better of it
    corrections.save_correction(sample.images[1], "sad")
    kept = corrections.load_corrections()
    assert kept is not None and kept.counts() | {"happy": 1, "sad": 1} == kept.counts() and len(kept) == 2
    assert {face.tobytes() for face in kept.images} == {face.tobytes() for face in sample.images[:2]}
    corrections.delete_all_corrections()
    corrections.delete_all_corrections()
    assert corrections.load_corrections() is None
    with pytest.raises(DatasetError, match="not one of the seven"):
        corrections.save_correction(sample.images[0], "../bored")
    monkeypatch.setattr(corrections, "write_bytes", full)
    with pytest.raises(DatasetError, match="cannot be kept"):
        corrections.save_correction(sample.images[0], "sad")


def test_marks_of_a_part_of_the_list_leave_the_rest_alone() -> None:
    assert with_marks({"1", "2", "9"}, shown=["1", "2", "3"], marked=["2", "3"]) == {"2", "3", "9"}
    assert with_marks({"1"}, shown=["1"], marked=[]) == set()
