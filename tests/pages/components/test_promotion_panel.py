"""From a run to the live page and back."""

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from emotion_core.datasets import FaceDataset
from emotion_core.datasets.split import split_for_training
from emotion_core.emotions import EMOTIONS
from emotion_core.experiments.run import Run
from emotion_core.registry.active import DEFAULT_MODEL, active_model, promote
from emotion_core.registry.model_folder import TRAINING_HASHES_FILE, ModelFolder
from tests.pages.steps import choose_rows, finished_run, labelled, open_page, play


@pytest.fixture
def models(tiny_model: ModelFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = tmp_path / "models"
    shutil.copytree(tiny_model.path, root / DEFAULT_MODEL)
    monkeypatch.setenv("EMOTION_MODELS", str(root))
    st.cache_resource.clear()
    return root


@pytest.fixture
def run(models: Path, tiny_model: ModelFolder, runs: Path, sample: FaceDataset) -> Run:
    """The shipped network as what a run on the sample faces left."""
    run = finished_run(runs / "new")
    shutil.copytree(tiny_model.path, run.model_path)
    card = json.loads((run.model_path / "card.json").read_text())
    card["name"] = "new"
    card["data"] |= {"digest": sample.digest, "is_sample": True, "exclusions": []}
    (run.model_path / "card.json").write_text(json.dumps(card))
    for folder in (run.model_path, models / DEFAULT_MODEL):
        np.save(folder / TRAINING_HASHES_FILE, split_for_training(sample, 0.2, seed=0)[0].picture_hashes)
    return run


def press(at: AppTest, label: str) -> AppTest:
    next(button for button in at.button if button.label == label).click().run()
    assert not at.exception
    return at


def test_measured_then_promoted_with_an_explicit_word_then_rolled_back(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    choose_rows(monkeypatch, [0])
    at = press(open_page("runs"), "Compare with the model in use")
    assert "McNemar" in at.info[0].value and "may be chance" in at.info[0].value
    assert any("drawn faces, which" in warning.value for warning in at.warning)
    assert next(button for button in at.button if button.label == "Promote").disabled
    labelled(at.checkbox, "Promote it anyway").set_value(True).run()
    press(at, "Promote")
    assert active_model().name == "new" and any("Model in use: **new**" in text.value for text in at.markdown)
    assert any("is this run's model, and in use" in success.value for success in at.success)
    assert not [button for button in at.button if button.label == "Compare with the model in use"]
    answering = open_page("analyze")
    assert any("new was trained on drawn faces" in warning.value for warning in answering.warning)
    assert any("the model in use, new." in caption.value for caption in answering.caption)
    assert any("the copy of new will be deleted: its run keeps it" in text.value for text in at.markdown)
    run.delete()
    assert any("this is the last copy" in text.value for text in at.run().markdown)
    press(at, "Roll back now")
    assert active_model().name != "new"


def test_an_open_live_page_answers_with_the_promoted_model(
    run: Run, example: np.ndarray, streamer: dict[str, Any]
) -> None:
    card = json.loads((run.model_path / "card.json").read_text())
    card["labels"] = card["labels"][::-1]
    (run.model_path / "card.json").write_text(json.dumps(card))
    at = open_page("live")
    answers = []
    for promoted in (False, True):
        if promoted:
            promote(run.model_path, "new")
            at.run()
        play(streamer, example)
        answers.append(at.session_state.stream.state.faces[0].emotion)
    assert EMOTIONS.index(answers[0]) == 6 - EMOTIONS.index(answers[1])


def test_a_damaged_model_is_said_and_the_one_before_answers(run: Run, models: Path) -> None:
    promote(run.model_path, "new")
    at = open_page("analyze")
    assert any("the model in use, new." in caption.value for caption in at.caption)
    (models / "new" / "model.tflite").write_bytes(b"damaged")
    at.run()
    assert not at.exception and "cannot be used" in at.warning[0].value and "damaged" in at.warning[0].value
    assert any("the model in use, residual." in caption.value for caption in at.caption)
    at = open_page("runs")
    assert "cannot be used" in at.warning[0].value and any("Model in use: **residual**" in m.value for m in at.markdown)
    assert any(
        "The copy of new, which is damaged, will be deleted; residual stays in use." in m.value for m in at.markdown
    )
    press(at, "Roll back now")
    assert not (models / "new").exists() and not at.exception
