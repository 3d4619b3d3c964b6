"""What visitors see, and that every change asks for the right to make it at the last moment."""

import io
import shutil
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from emotion_core.datasets import FaceDataset
from emotion_core.datasets.corrections import save_correction
from emotion_core.evaluation.comparison import Comparison
from emotion_core.experiments import jobs
from emotion_core.experiments.run import Run, create_run
from emotion_core.experiments.run_schemas import RunState
from emotion_core.files import write_json
from emotion_core.limits import VISITOR, Limits
from emotion_core.registry import active
from emotion_core.registry.active import DEFAULT_MODEL
from emotion_core.registry.model_folder import ModelFolder
from emotion_core.validation import to_json
from emotion_core.vision.media.analysis_jobs import AnalysisJob
from emotion_core.vision.media.example import EXAMPLES
from pages.components import access, uploading
from pages.components.access import ClosedError
from tests.pages.steps import choose_rows, finished_run, labelled, open_page, png, write_predictions

PAGES = ("live", "analyze", "data", "train", "runs", "about")


def snapshot(*roots: Path) -> dict[str, bytes]:
    """Every file under some folders with its content."""
    return {
        str(path): path.read_bytes()
        for root in roots
        for path in sorted(root.rglob("*"))
        if path.is_file() and path.name != ".lock"
    }


def press(at: AppTest, label: str) -> AppTest:
    return next(button for button in at.button if button.label == label).click().run()


def start_training(at: AppTest) -> AppTest:
    return press(at, "Start training")


def bring_data(at: AppTest) -> AppTest:
    at.radio(key="source ").set_value("Upload").run()
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("happy/0.png", png(np.zeros((48, 48, 3), np.uint8)))
    return at.file_uploader(key="upload ").upload("faces.zip", archive.getvalue(), "application/zip").run()


def delete_data(at: AppTest) -> AppTest:
    at.radio(key="source ").set_value("Upload").run()
    return press(at, "Delete brought.zip")


def mark_faces(at: AppTest) -> AppTest:
    press(at, "Show these data")
    return press(at, "Remove all exclusions")


def keep_one(at: AppTest) -> AppTest:
    press(at, "Try the example picture")
    labelled(at.button_group, "What does it show?").set_value("sad").run()
    return labelled(at.checkbox, "Keep this face").set_value(True).run()


def read_files(at: AppTest) -> AppTest:
    labelled(at.button_group, "From").set_value("On this computer").run()
    labelled(at.text_input, "File or folder").input(str(EXAMPLES["one"].path)).run()
    return at.button(key="start analysis").click().run()


def write_note(at: AppTest) -> AppTest:
    return at.text_input(key="note theirs").set_value("a stranger was here").run()


ACTS: dict[str, tuple[str, str, Callable[[AppTest], AppTest]]] = {
    "start a training": ("train", "", start_training),
    "stop a training": ("train", "running", lambda at: press(at, "Stop")),
    "go on with a run": ("train", "stopped", lambda at: press(at, "Resume this run")),
    "delete a run": ("runs", "finished", lambda at: press(at, "Delete it")),
    "write a note": ("runs", "finished", write_note),
    "promote": ("runs", "promotable", lambda at: press(at, "Promote")),
    "roll back": ("runs", "promoted", lambda at: press(at, "Roll back now")),
    "bring data": ("data", "", bring_data),
    "delete data": ("data", "brought", delete_data),
    "mark faces": ("data", "marked", mark_faces),
    "keep a face": ("analyze", "", keep_one),
    "read files": ("analyze", "", read_files),
    "delete faces": ("data", "kept", lambda at: press(at, "Delete 1 face")),
}


@pytest.fixture
def prepare(
    runs: Path,
    home: Path,
    sample: FaceDataset,
    tiny_model: ModelFolder,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Callable[[str], None]:
    """Lay out what an act needs."""
    models = tmp_path / "models"
    shutil.copytree(tiny_model.path, models / DEFAULT_MODEL)
    monkeypatch.setenv("EMOTION_MODELS", str(models))

    def laid_out(needed: str) -> None:
        st.cache_resource.clear()
        st.cache_data.clear()
        if needed in ("running", "stopped", "finished", "promotable", "marked"):
            lay_out_run(finished_run(runs / "theirs"), needed, tiny_model, monkeypatch)
        if needed == "marked":
            write_predictions(Run(runs / "theirs"), sample.select("train").take(np.arange(20)), [3])
            home.mkdir(parents=True)
            (home / "sample.exclusions.txt").write_text("train/3\n")
        if needed == "promoted":
            active.promote(tiny_model.path, "theirs")
        if needed == "brought":
            home.mkdir(parents=True)
            with zipfile.ZipFile(home / "brought.zip", "w") as file:
                file.writestr("happy/0.png", png(np.zeros((48, 48, 3), np.uint8)))
        if needed == "kept":
            save_correction(sample.images[0], "sad")

    return laid_out


def lay_out_run(run: Run, needed: str, model: ModelFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    """Bring a finished run into the state that an act needs."""
    if needed == "stopped":
        run.update_status(state=RunState.stopped)
    if needed == "running":
        monkeypatch.setattr(jobs, "active_run", lambda: run)
        monkeypatch.setattr(jobs, "state", lambda run: RunState.running)
        run.update_status(state=RunState.running, epoch=1, step=0, steps=10)
    if needed in ("finished", "promotable"):
        choose_rows(monkeypatch, [0])
    if needed == "promotable":
        shutil.copytree(model.path, run.model_path)
        write_json(run.model_path / "card.json", {**to_json(model.card), "name": "theirs"})


def open_with_comparison(page: str, needed: str, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    at = open_page(page)
    if needed == "promotable":
        better = Comparison("theirs", "residual", 1000, 0.9, 0.5, 400, 0)
        monkeypatch.setattr("pages.components.promotion_panel.compare", lambda *_: better)
        press(at, "Compare with the model in use")
    return at


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("allowed", [False, True])
def test_every_change_asks_for_the_right_at_the_last_moment(
    act: str,
    allowed: bool,
    prepare: Callable[[str], None],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The widgets believe that they may; only the call itself asks. With the right, the same clicks change things."""
    page, needed, perform = ACTS[act]
    started: list[Any] = []
    monkeypatch.setattr(
        jobs, "start", lambda config, name, limits: started.append(config) or create_run(config, tmp_path / "x")
    )
    monkeypatch.setattr(jobs, "resume", lambda run, limits: started.append(run))
    monkeypatch.setattr(AnalysisJob, "run", lambda job: started.append(job))
    prepare(needed)
    # the modules that import it from `run_report` come first: loaded later, they would keep the stand-in for good
    for place in (
        "pages.components.promotion_panel",
        "pages.components.runs_side_by_side",
        "pages.components.run_report",
    ):
        monkeypatch.setattr(f"{place}.run_dataset", lambda run: object())
    at = open_with_comparison(page, needed, monkeypatch)

    def check(what: str) -> None:
        if not allowed:
            raise ClosedError(f"{what} is closed.")

    monkeypatch.setattr(access, "check", check)
    before = snapshot(tmp_path)
    at = perform(at)
    assert not at.exception
    changed = snapshot(tmp_path) != before or bool(started)
    assert changed is allowed
    if not allowed:
        shown = [*at.error, *at.toast]
        assert any("is closed." in element.value for element in shown), "one sentence says so"


def test_the_check_lets_the_owner_pass_and_no_visitor(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EMOTION_MODE", "own")
    access.check("Training")
    monkeypatch.setenv("EMOTION_MODE", "public")
    with pytest.raises(ClosedError, match=r"^Training is not available to visitors of this server\."):
        access.check("Training")


def test_the_gate_is_told_what_a_page_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EMOTION_MODE", "public")
    granted: list[Limits | None] = []
    monkeypatch.setattr(uploading.LEDGER, "grant", granted.append)
    access.note_session(False)
    for file_mib in (None, 1, VISITOR.file_mib + 1):
        access.note_session(True, file_mib)
    assert granted == [None, VISITOR, replace(VISITOR, file_mib=1), VISITOR]


def test_a_visitor_rolls_nothing_back(prepare: Callable[[str], None], monkeypatch: pytest.MonkeyPatch) -> None:
    prepare("promoted")
    monkeypatch.setenv("EMOTION_MODE", "public")
    assert "Roll back now" not in {button.label for button in open_page("runs").button}


@pytest.mark.parametrize("page", PAGES)
def test_a_visitor_sees_every_page_and_nothing_of_others(
    page: str, runs: Path, sample: FaceDataset, streamer: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    finished_run(runs / "their-secret-run")
    save_correction(sample.images[0], "sad")
    monkeypatch.setenv("EMOTION_MODE", "public")
    at = open_page(page)
    assert len(at.main) > 2, "not a wall of locks"
    assert len([info for info in at.info if "closed" in info.value]) <= 1
    assert "their-secret-run" not in str(at.main)
    closed = {"Delete it", "Promote", "Roll back now", "Stop", "Delete 1 face", "Compare with the model in use"}
    assert not closed & {button.label for button in at.button}


def test_a_visitor_can_try_the_settings_but_not_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EMOTION_MODE", "public")
    at = open_page("train")
    at.radio(key="preset").set_value("best").run()
    assert next(button for button in at.button if button.label == "Start training").disabled
    assert any("--preset best" in code.value for code in at.code)
    next(toggle for toggle in at.toggle if toggle.label.startswith("Show it on faces")).set_value(True).run()
    assert not at.exception


def test_paths_of_the_server_stay_on_the_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EMOTION_MODE", "public")
    at = open_page("train")
    at.toggle(key="show augmentation").set_value(True).run()
    at.selectbox(key="start baseline").set_value("model baseline").run()
    assert any("--start-from models/baseline" in code.value for code in at.code)


def test_a_run_of_somebody_is_of_use_to_nobody_else(runs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = Run(finished_run(runs / "theirs").path)
    monkeypatch.setenv("EMOTION_MODE", "public")
    choose_rows(monkeypatch, [0])
    at = open_page("runs")
    assert run.name not in at.dataframe[0].value["run"].tolist()
    assert at.subheader[0].value == "residual", "the first row is a shipped model"
