"""Faces that people agreed to keep: dated, taken back one by one, and no more of them than there is room for."""

import os
import shutil
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest

from emotion_core.datasets import DatasetError, FaceDataset
from emotion_core.datasets.consent import withdraw_all_consent, withdraw_consent
from emotion_core.datasets.corrections import (
    corrected_emotion,
    corrections_path,
    list_corrections,
    load_corrections,
    save_correction,
)
from emotion_core.experiments.config import RunConfig
from emotion_core.experiments.run import Run, create_run
from emotion_core.limits import OWNER, VISITOR
from pages.components.cleanup import clean_up


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("EMOTION_DATA", str(tmp_path / "home"))
    monkeypatch.setenv("EMOTION_RUNS", str(tmp_path / "runs"))
    return tmp_path / "home"


@pytest.fixture
def crops(sample: FaceDataset) -> np.ndarray:
    """uint8 [3, 48, 48]."""
    return sample.images[:3]


@pytest.fixture
def run(crops: np.ndarray, tmp_path: Path) -> Run:
    """A run that has copied three kept faces."""
    for crop in crops:
        save_correction(crop, "sad")
    run = create_run(RunConfig(data="sample"), tmp_path / "runs" / "tuned")
    shutil.copytree(corrections_path(), run.corrections_path)
    return run


def test_each_is_listed_with_its_emotion_and_date_the_latest_first(crops: np.ndarray) -> None:
    assert list_corrections() == []
    for day, (crop, emotion) in enumerate(zip(crops, ("sad", "happy", "sad"), strict=True), start=1):
        path = save_correction(crop, emotion)
        os.utime(path, (day * 86_400, day * 86_400))
    listed = list_corrections()
    assert [face.emotion for face in listed] == ["sad", "happy", "sad"]
    assert [face.kept for face in listed] == [datetime.fromtimestamp(day * 86_400) for day in (3, 2, 1)]
    assert len({face.id for face in listed}) == 3


def test_one_is_taken_back_with_its_copies_and_the_others_stay(run: Run, crops: np.ndarray) -> None:
    wanted = next(face for face in list_corrections() if face.path.name == save_correction(crops[1], "sad").name)
    withdraw_consent(wanted.id)
    assert corrected_emotion(crops[1]) is None and corrected_emotion(crops[0]) == "sad"
    for path in (None, run.corrections_path):
        left = load_corrections(path)
        assert left is not None and len(left) == 2
    withdraw_consent(wanted.id)


def test_a_copy_that_cannot_be_deleted_leaves_the_face_to_be_asked_for_again(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(path: Path, missing_ok: bool = False) -> None:
        raise OSError(30, "Read-only file system")

    with monkeypatch.context() as patched, pytest.raises(OSError, match="Read-only"):
        patched.setattr(Path, "unlink", refused)
        withdraw_consent(list_corrections()[0].id)
    assert len(list_corrections()) == 3


@pytest.mark.parametrize("face_id", ["", "*", "../x", "?" * 16, "0" * 16, "A" * 16, "[0-9]" * 4])
def test_an_id_that_is_none_takes_nothing_back(face_id: str, run: Run) -> None:
    withdraw_consent(face_id)
    assert len(list_corrections()) == 3 and len(list(run.corrections_path.glob("*/*.png"))) == 3


def test_all_are_taken_back_at_once(run: Run) -> None:
    withdraw_all_consent()
    assert list_corrections() == [] and not run.corrections_path.exists()


def test_no_more_are_kept_than_there_is_room_for(crops: np.ndarray) -> None:
    limits = replace(OWNER, corrections=2)
    for crop in crops[:2]:
        save_correction(crop, "sad", limits)
    with pytest.raises(DatasetError, match="room for 2 kept faces only: delete some on the page Data"):
        save_correction(crops[2], "sad", limits)
    save_correction(crops[0], "happy", limits)
    assert corrected_emotion(crops[0]) == "happy", "put right once more, it takes no more room"
    with pytest.raises(DatasetError, match="room for 0 kept faces"):
        save_correction(crops[2], "sad", VISITOR)


def test_none_is_kept_on_a_full_disk(crops: np.ndarray) -> None:
    with pytest.raises(DatasetError, match=r"The disk has [\d,]+ MiB left"):
        save_correction(crops[0], "sad", replace(OWNER, free_disk_mib=10**9))
    assert list_corrections() == []


def test_files_that_are_no_kept_faces_are_neither_listed_nor_deleted(crops: np.ndarray, tmp_path: Path) -> None:
    kept = save_correction(crops[0], "sad")
    (tmp_path / "secret.png").write_bytes(kept.read_bytes())
    (kept.parent / f"{'1' * 16}.png").symlink_to(tmp_path / "secret.png")
    (kept.parent / "holiday.png").write_bytes(kept.read_bytes())
    assert [face.path for face in list_corrections()] == [kept]


def test_what_a_server_that_died_left_half_written_is_swept_at_the_next_start(run: Run, home: Path) -> None:
    left = [home / ".faces.zip.x.tmp", corrections_path() / "sad" / ".0.png.x.tmp", run.path / ".note.txt.x.tmp"]
    for path in left:
        path.touch()
    clean_up()
    assert not any(path.exists() for path in left) and len(list_corrections()) == 3
