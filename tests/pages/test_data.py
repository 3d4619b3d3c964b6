"""The data page."""

import io
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from emotion_core.datasets import DatasetError, FaceDataset
from emotion_core.datasets.exclusions import read_exclusions
from emotion_core.datasets.storage import keep_upload
from emotion_core.files import write_json
from tests.pages.steps import charts, finished_run, open_page, png, table_with, write_predictions
from tests.support.hostile_data import MIB, lying_zip
from tests.support.memory import peak_growth


@pytest.fixture
def shown() -> AppTest:
    at = open_page("data")
    at.button(key="show these data").click().run()
    assert not at.exception
    return at


def test_counts_examples_and_findings(shown: AppTest, sample: FaceDataset) -> None:
    bars = charts(shown)[0]["data"]
    assert [bar["name"] for bar in bars] == ["train", "test"]
    assert sum(int(text.replace(",", "")) for text in bars[0]["text"]) == len(sample.select("train"))
    assert "No duplicates" in shown.success[0].value


def test_faces_can_be_filtered(shown: AppTest) -> None:
    shown.multiselect(key="browsed emotions").set_value(["fear"])
    shown.selectbox(key="browsed split").set_value("test").run()
    table = table_with(shown, "split")
    assert set(table["emotion"]) == {"fear"} and set(table["split"]) == {"test"} and len(table) == 30
    assert table["face"].str.startswith("data:image/png;base64,").all()


def test_marked_faces_are_kept_in_a_list_and_can_be_taken_back(
    runs: Path, home: Path, sample: FaceDataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = finished_run(runs / "done")
    rows = sample.select("train").take(np.arange(0, 840, 5))
    write_predictions(run, rows, [0])
    monkeypatch.setattr(st, "data_editor", lambda table, **_: table.assign(**{"exclude": True}))

    at = open_page("data")
    at.button(key="show these data").click().run()
    assert not at.exception
    at.button(key="keep marks").click().run()
    assert read_exclusions("sample") == {rows.references[0]}
    assert any("1 face excluded" in caption.value for caption in at.caption)
    at.button(key="remove all marks").click().run()
    assert read_exclusions("sample") == set()


def test_label_issues_are_those_of_the_last_predictions(runs: Path, sample: FaceDataset) -> None:
    run = finished_run(runs / "done")
    rows = sample.select("train").take(np.arange(0, 840, 5))
    for wrong in ([0], [0, 1, 2]):
        write_predictions(run, rows, wrong)
        at = open_page("data")
        at.button(key="show these data").click().run()
        assert any(caption.value.startswith(f"{len(wrong)} of the 168 validation faces") for caption in at.caption)


def test_label_issues_of_data_that_changed_since_are_not_shown(runs: Path, sample: FaceDataset) -> None:
    run = finished_run(runs / "done")
    write_predictions(run, sample.select("train"), [0])
    write_json(run.path / "run_data.json", {"digest": "of other rows", "exclusions": []})
    at = open_page("data")
    at.button(key="show these data").click().run()
    assert any("No run has learnt from these data yet" in info.value for info in at.info)


@pytest.mark.parametrize("kind", ["Folder or file on this computer", "Upload", "FER2013 from Kaggle"])
def test_a_visitor_can_only_look_at_the_drawn_faces(monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    monkeypatch.setenv("EMOTION_MODE", "public")
    at = open_page("data")
    assert not at.button(key="show these data").disabled
    at.radio(key="source ").set_value(kind).run()
    assert not at.text_input and not at.file_uploader
    assert at.button(key="show these data").disabled
    assert any("Visitors can only use the drawn sample faces" in info.value for info in at.info)


def test_an_upload_is_kept_and_shown(home: Path, tmp_path: Path, sample: FaceDataset) -> None:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        for number, face in enumerate(sample.images[:4]):
            file.writestr(f"happy/{number}.png", png(face))
        file.writestr("happy/broken.png", b"no picture")
    at = open_page("data")
    at.radio(key="source ").set_value("Upload").run()
    at.file_uploader(key="upload ").upload("faces.zip", archive.getvalue(), "application/zip").run()
    at.button(key="show these data").click().run()
    assert not at.exception
    assert [path.name for path in home.iterdir()] == ["faces.zip"]
    text = " ".join(warning.value for warning in at.warning)
    next(button for button in at.button if button.label == "Delete faces.zip").click().run()
    assert not list(home.iterdir())
    assert "No training faces of angry" in text and "Inputs that could not be read and are left out: 1" in text


def test_an_upload_that_holds_no_faces_is_not_kept(home: Path) -> None:
    at = open_page("data")
    at.radio(key="source ").set_value("Upload").run()
    at.file_uploader(key="upload ").upload("faces.zip", b"no zip", "application/zip").run()
    assert not at.exception and "not a readable .zip file. It is not kept" in at.error[0].value
    assert not list(home.iterdir())


def test_an_upload_that_holds_no_faces_is_read_once(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read = list[str]()

    def fail(source: str) -> FaceDataset:
        read.append(source)
        raise DatasetError("No faces.")

    monkeypatch.setattr("pages.components.data_source.open_dataset", fail)
    at = open_page("data")
    at.radio(key="source ").set_value("Upload").run()
    at.file_uploader(key="upload ").upload("faces.zip", b"no zip", "application/zip").run()
    at.run()
    assert at.error[0].value == "No faces. It is not kept." and len(read) == 1
    at.file_uploader(key="upload ").upload("faces.zip", b"other", "application/zip").run()
    assert len(read) == 2


def test_the_chosen_upload_is_remembered(home: Path) -> None:
    for name in ("a.zip", "b.zip"):
        keep_upload(name, name.encode())
    at = open_page("data")
    at.radio(key="source ").set_value("Upload").run()
    at.selectbox(key="kept ").set_value("b.zip").run()
    at.radio(key="source ").set_value("Drawn sample faces").run()
    at.radio(key="source ").set_value("Upload").run()
    assert at.selectbox(key="kept ").value == "b.zip"


def test_an_upload_that_would_fill_the_memory_is_one_sentence(home: Path, tmp_path: Path) -> None:
    upload = lying_zip(tmp_path / "faces.zip", 100 * MIB).read_bytes()
    at = open_page("data")
    at.radio(key="source ").set_value("Upload").run()
    with peak_growth() as growth:
        at.file_uploader(key="upload ").upload("faces.zip", upload, "application/zip").run()
    assert not at.exception and "packed in an unusual way" in at.error[0].value
    assert not list(home.iterdir()) and growth.mib < 48


def test_data_are_read_by_another_process(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def broken(*_: object) -> list[str]:
        return [sys.executable, "-c", "raise SystemExit(3)"]

    monkeypatch.setattr("emotion_core.datasets.isolated._command", broken)
    at = open_page("data")
    at.radio(key="source ").set_value("Folder or file on this computer").run()
    at.text_input(key="path ").set_value(str(tmp_path)).run()
    at.button(key="show these data").click().run()
    assert not at.exception and "makes its reader break down" in at.error[0].value


def test_an_upload_that_is_there_already_outlives_a_look_that_fails(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: str) -> FaceDataset:
        raise DatasetError("Not now.")

    kept = keep_upload("faces.zip", b"of another visitor")
    monkeypatch.setattr("pages.components.data_source.open_dataset", fail)
    at = open_page("data")
    at.radio(key="source ").set_value("Upload").run()
    at.file_uploader(key="upload ").upload("faces.zip", b"of another visitor", "application/zip").run()
    assert at.error and kept.exists()


def test_copies_of_a_face_stand_together(tmp_path: Path, sample: FaceDataset) -> None:
    for number, face in enumerate(sample.images[[0, 1, 0, 2]]):
        for emotion in ("happy", "sad")[: 1 + (number == 3)]:
            (tmp_path / "train" / emotion).mkdir(parents=True, exist_ok=True)
            (tmp_path / "train" / emotion / f"{number}.png").write_bytes(png(face))
    at = open_page("data")
    at.radio(key="source ").set_value("Folder or file on this computer").run()
    at.text_input(key="path ").set_value(str(tmp_path)).run()
    at.button(key="show these data").click().run()
    show = at.selectbox(key="browsed suspects")
    assert show.options == ["all faces", "copies of another row", "same picture, another emotion"]
    show.set_value("same picture, another emotion").run()
    assert table_with(at, "split")["reference"].tolist() == ["train/happy/3.png", "train/sad/3.png"]
    at.selectbox(key="browsed suspects").set_value("copies of another row").run()
    assert len(table_with(at, "split")) == 4 and table_with(at, "split")["emotion"].iloc[-1] in ("happy", "sad")


def test_data_that_cannot_be_read_are_one_sentence() -> None:
    at = open_page("data")
    at.radio(key="source ").set_value("Folder or file on this computer").run()
    at.text_input(key="path ").set_value("/no/such/data").run()
    at.button(key="show these data").click().run()
    assert at.error[0].value == "/no/such/data does not exist."
    assert at.subheader[-1].value == "Faces you corrected", "the rest of the page stays"
