"""The page of all runs."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import streamlit as st

from emotion_core.datasets import FaceDataset
from emotion_core.experiments.run import Run
from emotion_core.experiments.shipped import shipped_runs
from tests.pages.steps import charts, choose_rows, finished_run, labelled, open_page, table_with, write_predictions


def test_without_runs_the_shipped_models_are_shown_with_their_reports(monkeypatch: pytest.MonkeyPatch) -> None:
    choose_rows(monkeypatch, [0])
    at = open_page("runs")
    assert (
        at.dataframe[0].value["run"].tolist() == at.dataframe[0].value["network"].tolist() == ["residual", "baseline"]
    )
    assert not {"Delete it", "Compare with the model in use"} & {button.label for button in at.button}
    assert not at.text_input, "a shipped model takes no note"
    assert not any("Click a cell" in caption.value for caption in at.caption), "its faces are not here"
    titles = [chart["layout"].get("title", {}).get("text") for chart in charts(at)]
    assert "Accuracy" in titles and any("Ships with the program" in message.value for message in at.success)
    assert at.metric[0].value == f"{shipped_runs()[0].report.validation.accuracy:.1%}"  # type: ignore[union-attr]


@pytest.fixture
def in_tokyo() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("TZ", "Asia/Tokyo")
        time.tzset()
        yield
    time.tzset()


@pytest.mark.usefixtures("in_tokyo")
def test_all_runs_stand_in_one_table(runs: Path) -> None:
    for name, architecture in (("a", "baseline"), ("b", "residual_small")):
        finished_run(runs / name, architecture=architecture)
    Run(runs / "b").update_status(begun=1.0)
    table = open_page("runs").dataframe[0].value
    table = table[:2]  # the shipped models stand below
    assert table["started"].min() == pd.Timestamp("1970-01-01 09:00:01"), "local time, as in the names of runs"
    assert sorted(table["run"]) == ["a", "b"] and sorted(table["network"]) == ["baseline", "residual_small"]
    assert table["accuracy"].tolist() == [0.6, 0.6] and table["state"].tolist() == ["finished"] * 2


def test_one_run_has_a_note_and_can_be_deleted(runs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = finished_run(runs / "a")
    choose_rows(monkeypatch, [0])
    at = open_page("runs")
    labelled(at.text_input, "Note").set_value("first try").run()
    assert run.note == "first try" and at.dataframe[0].value["note"][0] == "first try"
    next(button for button in at.button if button.label == "Delete it").click().run()
    assert not run.path.exists()


def test_the_mistakes_it_was_surest_of_are_shown(
    runs: Path, sample: FaceDataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = finished_run(runs / "a")
    faces = sample.select("train").take(np.arange(50))
    write_predictions(run, faces, [7])
    choose_rows(monkeypatch, [0])
    at = open_page("runs")
    next(toggle for toggle in at.toggle if "most confident mistakes" in toggle.label).set_value(True).run()
    assert not at.exception
    table = next(frame.value for frame in at.dataframe if "face" in frame.value)
    assert table["reference"].tolist() == [faces.references[7]] and table["confidence"].tolist() == [0.88]


def test_two_runs_side_by_side(runs: Path, sample: FaceDataset, monkeypatch: pytest.MonkeyPatch) -> None:
    faces = sample.select("train").take(np.arange(100))
    write_predictions(finished_run(runs / "a"), faces, [3])
    write_predictions(finished_run(runs / "b", dropout=0.4, flip=False), faces, [3, 5])
    choose_rows(monkeypatch, [0, 1])
    at = open_page("runs")
    assert not at.exception
    titles = [chart["layout"].get("title", {}).get("text") for chart in charts(at)]
    assert titles[:2] == ["Validation accuracy", "Validation loss"]
    settings = next(frame.value for frame in at.dataframe if "flip" in frame.value.index)
    assert settings.index.tolist() == ["flip", "dropout"]
    assert any("They disagree on 1 of 100 common validation faces" in text.value for text in at.markdown)
    assert table_with(at, "confidence, a")["reference"].tolist() == [faces.references[5]]


def test_runs_with_other_validation_faces_are_no_fair_comparison(
    runs: Path, sample: FaceDataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    faces = sample.select("train")
    for name, count in (("a", 100), ("b", 100), ("c", 50)):
        write_predictions(finished_run(runs / name), faces.take(np.arange(count)), [])
    for chosen, fair in (({"a", "b"}, True), ({"a", "c"}, False)):
        with monkeypatch.context() as patched:
            order = open_page("runs").dataframe[0].value["run"].tolist()
            choose_rows(patched, [order.index(name) for name in chosen])
            at = open_page("runs")
        assert any("cannot be compared fairly" in warning.value for warning in at.warning) is not fair


def test_the_shipped_models_are_compared_with_care(monkeypatch: pytest.MonkeyPatch) -> None:
    choose_rows(monkeypatch, [0, 1])
    at = open_page("runs")
    assert any("cannot be compared fairly" in warning.value for warning in at.warning)
    assert not any("None." in message.value for message in at.info)


def test_another_list_of_runs_begins_without_a_choice(runs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    keys: list[Any] = []
    show = st.dataframe

    def dataframe(table: Any, **options: Any) -> Any:
        keys.append(options.get("key"))
        return show(table, **options)

    monkeypatch.setattr(st, "dataframe", dataframe)
    finished_run(runs / "a")
    at = open_page("runs")
    finished_run(runs / "b")
    at.run()
    assert keys[0] == "runs a residual baseline"
    assert sorted(keys[1].split()) == ["a", "b", "baseline", "residual", "runs"]
