"""Faces that people agreed to keep: dated, taken back one by one, and no more of them than there is room for."""

import os
import shutil
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest

from emotion_core.datasets import DatasetError, FaceDataset
from emotion_core.datasets.consent import take_all_back, take_back
from emotion_core.datasets.corrections import keep_face, kept_as, kept_faces, own_faces, own_faces_path
from emotion_core.experiments.config import RunConfig
from emotion_core.experiments.run import Run, create_run
from emotion_core.limits import OWNER, VISITOR
from pages.components.leftovers import sweep_leftovers


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
        keep_face(crop, "sad")
    run = create_run(RunConfig("sample"), tmp_path / "runs" / "tuned")
    shutil.copytree(own_faces_path(), run.own_faces_path)
    return run


def test_each_is_listed_with_its_emotion_and_date_the_latest_first(crops: np.ndarray) -> None:
    assert kept_faces() == []
    for day, (crop, emotion) in enumerate(zip(crops, ("sad", "happy", "sad"), strict=True), start=1):
        path = keep_face(crop, emotion)
        os.utime(path, (day * 86_400, day * 86_400))
    listed = kept_faces()
    assert [face.emotion for face in listed] == ["sad", "happy", "sad"]
    assert [face.kept for face in listed] == [datetime.fromtimestamp(day * 86_400) for day in (3, 2, 1)]
    assert len({face.id for face in listed}) == 3


def test_one_is_taken_back_with_its_copies_and_the_others_stay(run: Run, crops: np.ndarray) -> None:
    wanted = next(face for face in kept_faces() if face.path.name == keep_face(crops[1], "sad").name)
    take_back(wanted.id)
    assert kept_as(crops[1]) is None and kept_as(crops[0]) == "sad"
    for path in (None, run.own_faces_path):
        left = own_faces(path)
        assert left is not None and len(left) == 2
    take_back(wanted.id)


def test_a_copy_that_cannot_be_deleted_leaves_the_face_to_be_asked_for_again(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(path: Path, missing_ok: bool = False) -> None:
        raise OSError(30, "Read-only file system")

    with monkeypatch.context() as patched, pytest.raises(OSError, match="Read-only"):
        patched.setattr(Path, "unlink", refused)
        take_back(kept_faces()[0].id)
    assert len(kept_faces()) == 3


@pytest.mark.parametrize("face_id", ["", "*", "../x", "?" * 16, "0" * 16, "A" * 16, "[0-9]" * 4])
def test_an_id_that_is_none_takes_nothing_back(face_id: str, run: Run) -> None:
    take_back(face_id)
    assert len(kept_faces()) == 3 and len(list(run.own_faces_path.glob("*/*.png"))) == 3


def test_all_are_taken_back_at_once(run: Run) -> None:
    take_all_back()
    assert kept_faces() == [] and not run.own_faces_path.exists()


def test_no_more_are_kept_than_there_is_room_for(crops: np.ndarray) -> None:
    limits = replace(OWNER, kept_faces=2)
    for crop in crops[:2]:
        keep_face(crop, "sad", limits)
    with pytest.raises(DatasetError, match="room for 2 kept faces only: delete some on the page Data"):
        keep_face(crops[2], "sad", limits)
    keep_face(crops[0], "happy", limits)
    assert kept_as(crops[0]) == "happy", "put right once more, it takes no more room"
    with pytest.raises(DatasetError, match="room for 0 kept faces"):
        keep_face(crops[2], "sad", VISITOR)


def test_none_is_kept_on_a_full_disk(crops: np.ndarray) -> None:
    with pytest.raises(DatasetError, match=r"The disk has [\d,]+ MiB left"):
        keep_face(crops[0], "sad", replace(OWNER, free_disk_mib=10**9))
    assert kept_faces() == []


def test_files_that_are_no_kept_faces_are_neither_listed_nor_deleted(crops: np.ndarray, tmp_path: Path) -> None:
    kept = keep_face(crops[0], "sad")
    (tmp_path / "secret.png").write_bytes(kept.read_bytes())
    (kept.parent / f"{'1' * 16}.png").symlink_to(tmp_path / "secret.png")
    (kept.parent / "holiday.png").write_bytes(kept.read_bytes())
    assert [face.path for face in kept_faces()] == [kept]


def test_what_a_server_that_died_left_half_written_is_swept_at_the_next_start(run: Run, home: Path) -> None:
    left = [home / ".faces.zip.x.tmp", own_faces_path() / "sad" / ".0.png.x.tmp", run.path / ".note.txt.x.tmp"]
    for path in left:
        path.touch()
    sweep_leftovers()
    assert not any(path.exists() for path in left) and len(kept_faces()) == 3
