"""Data sets made to hurt their reader get a sentence, and neither much memory nor time."""

import tempfile
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from emotion_core.datasets import DatasetError, load, parquet_tables, rows, zip_files
from emotion_core.emotions import EMOTIONS
from emotion_core.limits import OWNER
from tests.support import hostile_data as hostile
from tests.support.memory import peak_growth

ENOUGH_MIB = 48.0  # for any of these; each asks for 100 and more


def large_picture_members(path: Path) -> Path:
    return hostile.zip_of_large_pictures(path, count=2)


def lying_with_deflate(path: Path) -> Path:
    return hostile.lying_zip(path, 300 * hostile.MIB, method=zipfile.ZIP_DEFLATED)


@pytest.mark.parametrize(
    ("name", "write", "sentence"),
    [
        ("lying.zip", lambda path: hostile.lying_zip(path, 100 * hostile.MIB), "packed in an unusual way"),
        ("deflated.zip", lying_with_deflate, "holds no readable faces"),
        ("csv.zip", lambda path: hostile.zip_with_a_csv(path, 100 * hostile.MIB), "row of more than 262,144"),
        ("empty.zip", lambda path: hostile.zip_of_empty_members(path, 300_000), "more than 150,000 files"),
        ("large.zip", large_picture_members, "7071 x 7071 pixels; the limit .* 4 million"),
        ("short.csv", lambda path: hostile.csv_of_short_rows(path, 2_000_000), "more than 10,000 inputs"),
        ("wide.csv", lambda path: hostile.csv_of_wide_rows(path, 1_000_000), "row of more than 262,144"),
        ("endless.csv", lambda path: hostile.csv_without_line_ends(path, 100 * hostile.MIB), "row of more than"),
        ("quote.csv", lambda path: hostile.csv_with_a_quote_left_open(path, 10_000_000), "row of more than"),
        ("rows.parquet", lambda path: hostile.parquet_of_many_rows(path, 1_000_000), "more than the 500,000 faces"),
    ],
)
def test_a_small_file_that_asks_for_much_gets_a_sentence(
    name: str, write: Callable[[Path], Path], sentence: str, tmp_path: Path
) -> None:
    path = write(tmp_path / name)
    with peak_growth() as growth, pytest.raises(DatasetError, match=sentence):
        load(path)
    assert growth.mib < ENOUGH_MIB


def test_a_column_that_nobody_asks_for_is_never_read(tmp_path: Path) -> None:
    path = hostile.parquet_with_a_huge_unused_column(tmp_path / "unused.parquet", 15_000_000)
    assert path.stat().st_size < 10_000
    with peak_growth() as growth:
        read = load(path)
    assert len(read) == 1 and growth.mib < ENOUGH_MIB


def test_a_huge_picture_in_parquet_is_left_out_before_it_is_copied(tmp_path: Path) -> None:
    hostile.parquet_with_a_huge_picture(tmp_path / "picture.parquet", 21 * hostile.MIB)
    with pytest.raises(DatasetError, match="its picture is larger than 20 MiB"):
        load(tmp_path / "picture.parquet")


@pytest.mark.parametrize(
    ("write", "sentence"),
    [
        (hostile.encrypted_zip, r"0\.png is protected by a password"),
        (
            lambda path: hostile.packed_zip(path, "inner/faces.zip", [b"PK"], zipfile.ZIP_STORED),
            r"holds another archive, faces\.zip; unpack it",
        ),
        (
            lambda path: hostile.packed_zip(path, "happy/0.png", [hostile.face()], zipfile.ZIP_LZMA),
            "pack it with the usual method, Deflate",
        ),
    ],
    ids=["encrypted", "nested", "lzma"],
)
def test_archives_that_are_not_read_say_why(write: Callable[[Path], Path], sentence: str, tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=sentence):
        load(write(tmp_path / "faces.zip"))


def test_all_that_is_unpacked_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with zipfile.ZipFile(tmp_path / "faces.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(4):
            archive.writestr(f"happy/{number}.png", hostile.face() + bytes(2**20))
    assert len(load(tmp_path / "faces.zip")) == 4
    monkeypatch.setattr(zip_files, "MAX_UNPACKED_BYTES", 3 * 2**20)
    with pytest.raises(DatasetError, match="unpacks to more than"):
        load(tmp_path / "faces.zip")


def test_more_faces_than_may_be_read_are_refused(tmp_path: Path) -> None:
    (tmp_path / "faces" / "sad").mkdir(parents=True)
    for number in range(4):
        (tmp_path / "faces" / "sad" / f"{number}.png").write_bytes(hostile.face())
    assert len(load(tmp_path / "faces", replace(OWNER, dataset_faces=4))) == 4
    with pytest.raises(DatasetError, match="more than the 3 faces that can be read"):
        load(tmp_path / "faces", replace(OWNER, dataset_faces=3))


def test_work_ends_when_its_time_is_over(tmp_path: Path) -> None:
    (tmp_path / "sad").mkdir()
    (tmp_path / "sad" / "0.png").write_bytes(hostile.face())
    with pytest.raises(DatasetError, match="longer to read than the 0 seconds allowed"):
        load(tmp_path, replace(OWNER, dataset_work_seconds=0))


def test_a_name_that_would_widen_all_others_is_left_out(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "faces.zip", "w") as archive:
        archive.writestr("happy/0.png", hostile.face())
        archive.writestr(f"{'x' * 60_000}/happy/1.png", hostile.face())
    read = load(tmp_path / "faces.zip")
    assert read.references.tolist() == ["happy/0.png"]
    assert len(read.problems) == 1 and len(read.problems[0]) <= rows.MAX_PROBLEM_LENGTH


def test_a_broken_cell_is_quoted_in_a_short_sentence(tmp_path: Path) -> None:
    (tmp_path / "faces.csv").write_text(f"emotion,pixels\n{'9' * 100_000},1\n")
    with pytest.raises(DatasetError) as refusal:
        load(tmp_path / "faces.csv")
    assert len(str(refusal.value)) < 2 * rows.MAX_PROBLEM_LENGTH


def test_a_table_in_a_zip_leaves_no_name_in_the_temporary_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []
    read_face = parquet_tables.read_face

    def look(content: bytes) -> np.ndarray:
        seen.extend(path.name for path in (tmp_path / "temporary").rglob("*"))
        return read_face(content)

    table = pd.DataFrame({"image": [{"bytes": hostile.face(), "path": None}], "label": [3]})
    table.to_parquet(tmp_path / "faces.parquet")
    with zipfile.ZipFile(tmp_path / "faces.zip", "w") as archive:
        archive.write(tmp_path / "faces.parquet", "faces.parquet")
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    monkeypatch.setattr(parquet_tables, "read_face", look)
    assert load(tmp_path / "faces.zip").counts()[EMOTIONS[3]] == 1
    assert not seen


@pytest.mark.parametrize("wrap", [str, lambda path: {"bytes": str(path), "path": None}], ids=["word", "struct"])
def test_parquet_names_no_picture_of_the_server(wrap: Callable[[Path], object], tmp_path: Path) -> None:
    (tmp_path / "private.png").write_bytes(hostile.face())
    table = pd.DataFrame({"image": [wrap(tmp_path / "private.png")], "label": [3]})
    table.to_parquet(tmp_path / "faces.parquet")
    with pytest.raises(DatasetError, match="needs bytes in its column image"):
        load(tmp_path / "faces.parquet")


@pytest.mark.parametrize(
    ("image", "label", "sentence"),
    [
        ([{"path": "a"}], [1], "needs bytes in its column image"),
        ([{"bytes": {"deep": b""}}], [1], "needs bytes in its column image"),
        ([b""], [[1, 2]], "has lists where its column label needs a number"),
    ],
)
def test_columns_of_another_kind_get_a_sentence(image: object, label: object, sentence: str, tmp_path: Path) -> None:
    pq.write_table(pa.table({"image": image, "label": label}), tmp_path / "faces.parquet")
    with pytest.raises(DatasetError, match=sentence):
        load(tmp_path / "faces.parquet")


def test_a_column_that_is_there_twice_gets_a_sentence(tmp_path: Path) -> None:
    pictures = pa.array([hostile.face()])
    twice = pa.Table.from_arrays([pictures, pictures, pa.array([1])], names=["image", "image", "label"])
    pq.write_table(twice, tmp_path / "faces.parquet")
    with pytest.raises(DatasetError, match="image and label, once each"):
        load(tmp_path / "faces.parquet")


def test_a_member_without_a_name_is_passed_over(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "faces.zip", "w") as archive:
        archive.writestr("happy/0.png", hostile.face())
        archive.writestr("no name", b"")
    path = tmp_path / "faces.zip"
    path.write_bytes(path.read_bytes().replace(b"no name", b"\0o name"))
    assert len(load(path)) == 1
