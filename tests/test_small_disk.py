"""A real disk that is full, or read-only."""

import shutil
from pathlib import Path

import pytest

from emotion_core.files import read_json, whole_folder, write_json
from emotion_core.registry.active import DEFAULT_MODEL, active_model, promote, promoted_models
from emotion_core.registry.model_folder import ModelFolder
from pages.components import cleanup
from tests.conftest import SmallDisk


def fill(disk: SmallDisk) -> None:
    """Write until nothing fits any more."""
    with (disk.path / "filling").open("wb", buffering=0) as file, pytest.raises(OSError, match="No space left"):
        while True:
            file.write(bytes(4096))


def test_on_a_full_disk_files_and_folders_stay_as_they_were(small_disk: SmallDisk) -> None:
    write_json(small_disk.path / "status.json", {"state": "running"})
    with whole_folder(small_disk.path / "model") as folder:
        (folder / "card.json").write_text("old")
    fill(small_disk)
    with pytest.raises(OSError, match="No space left"):
        write_json(small_disk.path / "status.json", {"state": "x" * 10_000})
    with pytest.raises(OSError, match="No space left"), whole_folder(small_disk.path / "model") as folder:
        (folder / "card.json").write_bytes(bytes(10_000))
    assert read_json(small_disk.path / "status.json") == {"state": "running"}
    assert (small_disk.path / "model" / "card.json").read_text() == "old"
    assert {path.name for path in small_disk.path.iterdir()} == {"filling", "model", "status.json"}


@pytest.fixture
def models(small_disk: SmallDisk, shipped: ModelFolder, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The shipped model alone, with room for half of another one."""
    small_disk.change("size=36m")
    shutil.copytree(shipped.path, small_disk.path / "models" / DEFAULT_MODEL)
    monkeypatch.setenv("EMOTION_MODELS", str(small_disk.path / "models"))
    return small_disk.path / "models"


def test_on_a_full_disk_a_promotion_leaves_the_model_in_use(
    models: Path, small_disk: SmallDisk, shipped: ModelFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(small_disk)
    monkeypatch.setattr("emotion_core.registry.active.free_disk_mib", lambda path: 10_000)  # as when it fills just then
    with pytest.raises(OSError, match="No space left"):
        promote(shipped.path, "new")
    assert active_model().path == models / DEFAULT_MODEL and promoted_models() == []
    assert {path.name for path in models.iterdir()} <= {DEFAULT_MODEL, ".lock"}


def test_read_only_models_answer_and_cannot_be_changed(
    models: Path, small_disk: SmallDisk, shipped: ModelFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EMOTION_RUNS", str(small_disk.path / "runs"))
    monkeypatch.setenv("EMOTION_DATA", str(small_disk.path / "data"))
    small_disk.change("ro")
    cleanup.clean_up()
    assert active_model().path == models / DEFAULT_MODEL
    with pytest.raises(OSError, match="Read-only file system"):
        promote(shipped.path, "new")
    assert [path.name for path in models.iterdir()] == [DEFAULT_MODEL]
