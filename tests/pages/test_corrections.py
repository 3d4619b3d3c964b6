"""Corrected answers and the faces kept by consent."""

import io
import os
import shutil
import zipfile
from pathlib import Path

import pytest

from emotion_core.datasets import FaceDataset
from emotion_core.datasets.corrections import corrections_path, load_corrections, save_correction
from emotion_core.experiments import jobs
from emotion_core.experiments.config import RunConfig
from emotion_core.experiments.run import create_run
from emotion_core.experiments.run_archive import run_archive
from emotion_core.registry.model_folder import ModelFolder
from tests.pages.steps import charts, choose_rows, labelled, open_page


def test_a_correction_is_kept_only_with_consent(home: Path) -> None:
    at = open_page("analyze")
    labelled(at.button, "Try the example picture").click().run()
    assert not at.checkbox, "first the answer, then the question"
    labelled(at.button_group, "What does it show?").set_value("sad").run()
    assert not labelled(at.checkbox, "Keep this face").value and not home.exists()
    labelled(at.checkbox, "Keep this face").set_value(True).run()
    assert not at.exception and "Kept as sad" in at.success[0].value
    kept = load_corrections()
    assert kept is not None and kept.counts()["sad"] == len(kept) == 1


def test_the_data_page_shows_them_and_empties_them(sample: FaceDataset) -> None:
    for face, emotion in zip(sample.images, ("happy", "sad", "sad"), strict=False):
        save_correction(face, emotion)
    at = open_page("data")
    assert charts(at)[0]["data"][0]["text"] == ["0", "0", "0", "1", "0", "2", "0"]
    next(button for button in at.button if button.label == "Delete 3 faces").click().run()
    assert load_corrections() is None and any("None yet" in info.value for info in at.info)


def test_one_kept_face_is_deleted_by_itself_with_its_copies(
    runs: Path, sample: FaceDataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number, (face, emotion) in enumerate(zip(sample.images, ("happy", "sad"), strict=False)):
        path = save_correction(face, emotion)
        os.utime(path, (1_000_000 * number, 1_000_000 * number))
    run = create_run(RunConfig(data="sample"), runs / "tuned")
    shutil.copytree(corrections_path(), run.corrections_path)
    choose_rows(monkeypatch, [0])
    at = open_page("data")
    table = next(frame.value for frame in at.dataframe if "kept" in frame.value)
    assert table["emotion"].tolist() == ["sad", "happy"] and table["kept"].is_monotonic_decreasing, "the latest first"
    next(button for button in at.button if button.label == "Delete 1 chosen face").click().run()
    assert not at.exception
    for kept in (load_corrections(), load_corrections(run.corrections_path)):
        assert kept is not None and kept.counts()["happy"] == len(kept) == 1


def test_a_kept_face_that_was_damaged_breaks_no_page(sample: FaceDataset) -> None:
    save_correction(sample.images[0], "happy")
    save_correction(sample.images[1], "sad").write_bytes(b"damaged")
    at = open_page("data")
    table = next(frame.value for frame in at.dataframe if "kept" in frame.value)
    assert table["emotion"].tolist() == ["happy"]


def test_what_was_said_of_one_face_is_not_taken_for_another() -> None:
    at = open_page("analyze")
    labelled(at.button, "Try the example picture").click().run()
    labelled(at.button_group, "What does it show?").set_value("sad").run()
    labelled(at.checkbox, "Keep this face").set_value(True).run()
    labelled(at.selectbox, "Detector").set_value("cascade").run()  # cuts the face out otherwise
    assert not at.exception and not at.checkbox and not labelled(at.button_group, "What does it show?").value
    kept = load_corrections()
    assert kept is not None and len(kept) == 1


def test_consent_taken_back_takes_the_face_back(runs: Path) -> None:
    at = open_page("analyze")
    labelled(at.button, "Try the example picture").click().run()
    labelled(at.button_group, "What does it show?").set_value("sad").run()
    labelled(at.checkbox, "Keep this face").set_value(True).run()
    labelled(at.button_group, "What does it show?").set_value("fear").run()
    kept = load_corrections()
    assert kept is not None and kept.counts()["fear"] == len(kept) == 1
    run = create_run(RunConfig(data="sample"), runs / "tuned")
    shutil.copytree(corrections_path(), run.corrections_path)
    labelled(at.checkbox, "Keep this face").set_value(False).run()
    assert load_corrections() is None and load_corrections(run.corrections_path) is None


def test_a_kept_face_outlives_a_look_elsewhere() -> None:
    at = open_page("analyze")
    labelled(at.button, "Try the example picture").click().run()
    labelled(at.button_group, "What does it show?").set_value("sad").run()
    labelled(at.checkbox, "Keep this face").set_value(True).run()
    labelled(at.button, "Forget the results").click().run()
    assert not at.checkbox
    at.session_state.example = "one"
    at.run()
    kept = load_corrections()
    assert kept is not None and kept.counts()["sad"] == len(kept) == 1
    assert (
        labelled(at.checkbox, "Keep this face").value and labelled(at.button_group, "What does it show?").value == "sad"
    )
    labelled(at.checkbox, "Keep this face").set_value(False).run()
    assert load_corrections() is None


def test_a_run_gives_away_no_own_faces_and_loses_them_when_they_are_deleted(runs: Path, sample: FaceDataset) -> None:
    run = create_run(RunConfig(data="sample"), runs / "tuned")
    save_correction(sample.images[0], "sad")
    shutil.copytree(corrections_path(), run.corrections_path)
    names = zipfile.ZipFile(io.BytesIO(run_archive(run))).namelist()
    assert "tuned/config.json" in names and not [name for name in names if name.endswith(".png")]
    at = open_page("data")
    next(button for button in at.button if button.label == "Delete 1 face").click().run()
    assert not at.exception and not run.corrections_path.exists() and run.config is not None


def test_a_fine_tune_starts_from_the_model_in_use(
    runs: Path, sample: FaceDataset, shipped: ModelFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[RunConfig] = []
    monkeypatch.setattr(
        jobs, "start", lambda config, name, limits: asked.append(config) or create_run(config, runs / name)
    )
    assert any("Correct some answers" in info.value for info in open_page("train").info)
    save_correction(sample.images[0], "happy")
    at = open_page("train")
    assert next(button for button in at.button if button.label == "Start fine-tuning").disabled, (
        "no data are chosen yet"
    )
    at.radio(key="source fine-tune").set_value("Drawn sample faces").run()
    next(button for button in at.button if button.label == "Start fine-tuning").click().run()
    assert not at.exception
    assert asked[0].start_from == str(shipped.path) and asked[0].correction_repeats > 0
    assert asked[0].architecture == shipped.card.architecture
    assert asked[0].aligned_fraction == shipped.card.recipe["aligned_fraction"] > 0, (
        "what it is shipped for is not unlearnt"
    )
    assert asked[0].seed == shipped.card.recipe["seed"], "or its validation faces would be among those learnt"
