"""Tables of faces, written and read again."""

import io
import json

import pandas as pd
import pytest

from emotion_core.emotions import EMOTIONS
from emotion_core.exports import to_csv, to_parquet
from emotion_core.vision.media.records import Record, error_record, to_table, with_names

COLUMNS = ["path", "frame", "time", "face", "person", "x", "y", "width", "height", "emotion", "confidence", "uncertain"]
COLUMNS += [*EMOTIONS, "profile", "model", "error"]


def face(person: int | None = None, **more: object) -> Record:
    shares = dict.fromkeys(EMOTIONS, 0.1) | {"happy": 0.4}
    answer = {"box": [1, 2, 30, 40], "emotion": "happy", "confidence": 0.38, "uncertain": True, "probabilities": shares}
    return {**answer, **({"person": person} if person else {}), **more}


@pytest.fixture
def records() -> list[Record]:
    moment = {"path": "film.mp4", "width": 64, "height": 48, "error": None}
    return [
        {"path": "=photo.png", "width": 64, "height": 48, "faces": [face(), face(profile=True)], "error": None},
        {**moment, "frame": 0, "time": 0.0, "faces": [face(2), face(1)]},
        {**moment, "frame": 6, "time": 0.2, "faces": []},
        error_record("broken.jpg", "broken.jpg is not a picture."),
    ]


def test_a_row_a_face_and_one_for_what_shows_none(records: list[Record]) -> None:
    table = to_table(records, "residual")
    assert table.columns.tolist() == COLUMNS
    assert table["face"].fillna(0).tolist() == [1, 2, 1, 2, 0, 0]
    assert table["person"].fillna(0).tolist() == [0, 0, 2, 1, 0, 0]
    assert table["frame"].fillna(-1).tolist() == [-1, -1, 0, 0, 6, -1]
    assert table["profile"].fillna(False).tolist() == [False, True, False, False, False, False]
    assert table["error"].dropna().tolist() == ["broken.jpg is not a picture."] and (table["model"] == "residual").all()


def test_parquet_reads_back_the_same_with_its_types(records: list[Record]) -> None:
    table = to_table(records, "residual")
    again = pd.read_parquet(io.BytesIO(to_parquet(table)))
    pd.testing.assert_frame_equal(again, table)
    assert str(again["person"].dtype) == "Int64" and str(again["uncertain"].dtype) == "boolean"
    assert again["path"].iloc[0] == "=photo.png", "no spreadsheet calculates it"


def test_csv_reads_back_with_numbers_as_numbers_and_no_formula(records: list[Record]) -> None:
    table = to_table(records, "residual")
    again = pd.read_csv(io.StringIO(to_csv(table)))
    assert again.columns.tolist() == COLUMNS and again["path"].iloc[0] == "'=photo.png"
    for name in ("frame", "time", "face", "person", "x", "confidence", *EMOTIONS):
        assert again[name].dtype.kind in "if" and again[name].fillna(-1).tolist() == table[name].fillna(-1).tolist()


def test_records_are_json(records: list[Record]) -> None:
    assert [json.loads(json.dumps(record)) for record in records] == records


def test_persons_of_one_name_become_one(records: list[Record]) -> None:
    table = to_table(records[1:2])
    assert with_names(table, {1: "", 2: ""}) is table
    named = with_names(table, {1: "Ada", 2: "Ada"})
    assert named["person"].tolist() == [1, 1] and named["name"].tolist() == ["Ada", "Ada"]
    one = with_names(table, {2: "Bo"})
    assert one["person"].tolist() == [2, 1] and one["name"].fillna("").tolist() == ["Bo", ""]
    assert to_csv(one) and to_parquet(one)
