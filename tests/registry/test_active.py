"""Promotion and rollback of the model in use."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from emotion_core import files
from emotion_core.limits import OWNER, VISITOR
from emotion_core.registry import active
from emotion_core.registry.active import (
    DEFAULT_MODEL,
    active_model,
    active_model_and_notice,
    active_stamp,
    clean_up_models,
    promote,
    promoted_models,
    roll_back,
)
from emotion_core.registry.model_folder import ModelError, ModelFolder, open_model


@pytest.fixture
def root(tiny_model: ModelFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of models that holds the shipped one alone."""
    root = tmp_path / "models"
    shutil.copytree(tiny_model.path, root / DEFAULT_MODEL)
    monkeypatch.setenv("EMOTION_MODELS", str(root))
    return root


@pytest.fixture
def trained(tiny_model: ModelFolder, tmp_path: Path) -> Path:
    return Path(shutil.copytree(tiny_model.path, tmp_path / "run" / "model"))


def damage(folder: Path) -> None:
    content = bytearray((folder / "model.tflite").read_bytes())
    content[100] ^= 1
    (folder / "model.tflite").write_bytes(content)


def test_the_last_promoted_model_is_in_use_until_it_is_rolled_back(root: Path, trained: Path) -> None:
    assert active_model().path == root / DEFAULT_MODEL and promoted_models() == []
    first, second = promote(trained, "a"), promote(trained, "b")
    assert active_model().path == second.path == root / "b" and promoted_models() == ["a", "b"]
    assert roll_back().path == first.path and not second.path.exists()
    assert roll_back().path == root / DEFAULT_MODEL
    with pytest.raises(ModelError, match="nothing to roll back"):
        roll_back()
    assert trained.exists(), "a run keeps its own model"


def test_who_watches_the_stamp_sees_every_change(root: Path, trained: Path) -> None:
    stamps = [active_stamp()]
    promote(trained, "a")
    stamps.append(active_stamp())
    roll_back()
    stamps.append(active_stamp())
    assert len(set(stamps)) == 3 and active_stamp() == stamps[-1]


def test_two_models_of_one_name_live_side_by_side(root: Path, trained: Path) -> None:
    assert [promote(trained, "a").path.name for _ in range(3)] == ["a", "a-2", "a-3"]
    assert promote(trained, DEFAULT_MODEL).path.name == f"{DEFAULT_MODEL}-2", "the shipped model is never replaced"


def test_a_damaged_model_is_not_promoted(root: Path, trained: Path) -> None:
    damage(trained)
    with pytest.raises(ModelError, match="damaged"):
        promote(trained, "a")
    assert promoted_models() == [] and [path.name for path in root.iterdir()] == [DEFAULT_MODEL]


def test_a_model_that_was_damaged_later_is_passed_over_and_said(root: Path, trained: Path) -> None:
    promote(trained, "a")
    promote(trained, "b")
    assert active_model_and_notice()[1] is None
    damage(root / "b")
    model, notice = active_model_and_notice()
    assert model.path == root / "a" and notice is not None and "b" in notice and "damaged" in notice
    shutil.rmtree(root / "a")
    assert active_model().path == root / DEFAULT_MODEL
    damage(root / DEFAULT_MODEL)
    with pytest.raises(ModelError, match="damaged"):
        active_model()


def test_a_full_disk_leaves_everything_as_it_was(root: Path, trained: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    promote(trained, "a")

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    for broken in ((shutil, "copytree"), (active, "write_json")):
        with monkeypatch.context() as patched, pytest.raises(OSError, match="No space left"):
            patched.setattr(*broken, full)
            promote(trained, "b")
        assert active_model().path == root / "a"
        assert {path.name for path in root.iterdir()} == {DEFAULT_MODEL, "a", "active.json", ".lock"}


def test_no_more_models_are_promoted_than_there_is_room_for(root: Path, trained: Path) -> None:
    promote(trained, "a", replace(OWNER, promoted_models=1))
    with pytest.raises(ModelError, match="room for 1 promoted model only: roll back"):
        promote(trained, "b", replace(OWNER, promoted_models=1))
    with pytest.raises(ModelError, match=r"The disk has [\d,]+ MiB left"):
        promote(trained, "b", replace(OWNER, free_disk_mib=10**9))
    with pytest.raises(ModelError, match="room for 0 promoted models"):
        promote(trained, "b", VISITOR)
    assert promoted_models() == ["a"] and not (root / "b").exists()


def test_hidden_leftovers_are_not_promoted(root: Path, trained: Path) -> None:
    (trained / ".model.keras.x.tmp").touch()
    assert not [path for path in promote(trained, "a").path.iterdir() if path.name.startswith(".")]


def test_a_promotion_cut_off_by_a_crash_is_swept_at_the_next_start(root: Path, trained: Path) -> None:
    (root / ".a.x.tmp").mkdir()
    clean_up_models()
    assert {path.name for path in root.iterdir()} == {DEFAULT_MODEL, ".lock"}


def test_read_only_models_still_answer_and_a_promotion_is_one_error(
    root: Path, trained: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object, **__: object) -> None:
        raise OSError(30, "Read-only file system", str(root))

    for step in ("mkdtemp", "mkstemp"):
        with monkeypatch.context() as patched, pytest.raises(OSError, match="Read-only") as caught:
            patched.setattr(files.tempfile, step, refused)
            promote(trained, "a")
        assert files.reason(caught.value) == "Read-only file system"
        assert active_model().path == root / DEFAULT_MODEL and promoted_models() == []
        clean_up_models()


@pytest.mark.parametrize("content", ["", "[]", '{"promoted": ["gone"]}', '{"promoted": ["../x"]}'])
def test_a_list_that_makes_no_sense_does_not_stop_the_app(content: str, root: Path) -> None:
    (root / "active.json").write_text(content)
    assert active_model().path == root / DEFAULT_MODEL


def test_a_model_in_use_is_whole(root: Path, trained: Path) -> None:
    assert open_model(promote(trained, "a").path).card == open_model(trained).card
