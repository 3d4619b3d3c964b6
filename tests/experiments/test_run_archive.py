"""A run's .zip holds what is named, and nothing else that happens to lie there."""

import io
import zipfile
from pathlib import Path

import pytest

from emotion_core.experiments import run_archive as archive_module
from emotion_core.experiments.run import Run
from emotion_core.experiments.run_archive import run_archive
from emotion_core.experiments.shipped import shipped_runs
from emotion_core.registry.model_folder import ModelFolder
from tests.pages.steps import finished_run


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """A run whose folder holds everything that ever lies in one, and more."""
    run = finished_run(tmp_path / "run")
    for name in (
        "model/card.json",
        "model/model.keras",
        "model/model.tflite",
        "model/training_hashes.npy",
        ".training",
        ".status.json.x.tmp",
        ".model.x.tmp/model.keras",
        ".model.aside/card.json",
        "model/.hidden",
        "model/model.keras.bak",
        "model/start/model.keras",
        "checkpoints/last.keras",
        "corrections/sad/0.png",
        "start/model.keras",
        "core.1234",
        "log.txt",
        "note.txt",
    ):
        path = run.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"content" * 200)
    return run


def names(run: Run) -> list[str]:
    return zipfile.ZipFile(io.BytesIO(run_archive(run))).namelist()


def test_hidden_leftovers_checkpoints_own_faces_and_copies_of_other_models_stay_here(run: Run) -> None:
    own = ["config.json", "status.json", "history.csv", "report.json", "log.txt", "note.txt"]
    models = ["card.json", "model.keras", "model.tflite", "training_hashes.npy"]
    expected = [*(f"run/{name}" for name in own), *(f"run/model/{name}" for name in models)]
    assert sorted(names(run)) == sorted(expected)


def test_a_shipped_model_is_packed_too(shipped: ModelFolder) -> None:
    found = names(next(run for run in shipped_runs() if run.name == shipped.path.name))
    assert {"residual/card.json", "residual/model.keras", "residual/report.json"} <= set(found)
    assert len(found) == len(set(found))


def test_no_file_too_large_for_memory_and_no_link_elsewhere_is_packed(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "secret").write_text("secret")
    run.log_path.unlink()
    run.log_path.symlink_to(tmp_path / "secret")
    monkeypatch.setattr(archive_module, "_MAX_FILE_BYTES", 1000)
    found = names(run)
    assert "run/log.txt" not in found and "run/model/model.keras" not in found and "run/config.json" in found
