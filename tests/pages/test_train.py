"""The train page."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from emotion_core.experiments import jobs, run_lock
from emotion_core.experiments.config import RunConfig
from emotion_core.experiments.presets import PRESETS
from emotion_core.experiments.run import Run, create_run
from emotion_core.experiments.run_schemas import RunState
from emotion_core.limits import OWNER, Limits
from emotion_core.registry.model_folder import models_root
from tests.pages.steps import charts, finished_run, open_page, table_with


@pytest.fixture
def asked(runs: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[RunConfig]]:
    """What the page asks to train; this process stands for the one that would."""
    configs: list[RunConfig] = []
    started: list[Run] = []

    def start(config: RunConfig, name: str, limits: Limits) -> Run:
        assert limits == OWNER
        run = create_run(config, runs / name)
        run_lock.claim(run)
        configs.append(config)
        started.append(run)
        return run

    monkeypatch.setattr(jobs, "start", start)
    yield configs
    for run in started:
        run_lock.release(run)


def test_the_button_starts_what_was_chosen(asked: list[RunConfig]) -> None:
    at = open_page("train")
    at.slider(key="epochs baseline").set_value(2)
    at.button(key="start training").click().run()
    assert not at.exception
    assert asked == [RunConfig(data="sample", epochs=2)]
    assert at.subheader[0].value == "baseline", "the new run is shown"


def test_a_recipe_brings_its_own_settings_and_each_can_be_changed(asked: list[RunConfig]) -> None:
    at = open_page("train")
    at.radio(key="preset").set_value("best").run()
    numbers = {widget.label: widget for widget in at.number_input}
    numbers["Dropout"].set_value(0.3)
    assert numbers["Learning rate"].step == pytest.approx(0.005), "a tenth of the usual"
    at.selectbox(key="optimizer best").set_value("adam")
    weights = at.selectbox(key="start residual")
    assert "model baseline" not in weights.options, "the weights of another network do not fit"
    weights.set_value("model residual")
    at.button(key="start training").click().run()
    changed = {"dropout": 0.3, "optimizer": "adam", "start_from": str(models_root() / "residual")}
    assert asked == [RunConfig.from_settings({"data": "sample", **PRESETS["best"].settings, **changed})]
    assert at.subheader[0].value == "best", "runs of one network are told apart by their recipe"


def test_faces_show_what_the_strengths_do() -> None:
    at = open_page("train")
    at.toggle(key="show augmentation").set_value(True).run()
    assert not at.exception and any("in other epochs" in caption.value for caption in at.caption)


def test_the_network_is_laid_open() -> None:
    at = open_page("train")
    at.radio(key="preset").set_value("best").run()
    assert table_with(at, "layer")["layer"].tolist()[-1] == "Dense"
    assert any("python -m emotion_core train --data sample --preset best" in code.value for code in at.code)


def test_settings_that_do_not_fit_get_a_sentence_and_the_rest_of_the_page_stays(runs: Path) -> None:
    finished_run(runs / "done")
    at = open_page("train")
    at.selectbox(key="initial_resolution baseline").set_value(32).run()
    assert not at.exception and "only takes faces of 48" in at.error[0].value
    assert "complete" in at.success[0].value


def test_without_data_nothing_can_be_started() -> None:
    at = open_page("train")
    at.radio(key="source ").set_value("Folder or file on this computer").run()
    assert at.button(key="start training").disabled


def test_a_run_going_on_is_watched_and_can_be_stopped(runs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = finished_run(runs / "going")
    run_lock.claim(run)
    run.update_status(state=RunState.running, epoch=2, step=5, steps=10, of=3)
    at = open_page("train")
    assert at.subheader[0].value == "going"
    curves = charts(at)
    assert [curve["layout"]["title"]["text"] for curve in curves] == ["Accuracy", "Loss", "Learning rate"]
    figures = {metric.label: metric.value for metric in at.metric}
    assert figures["Best validation accuracy"] == "60.0%" and figures["Learning rate"] == "0"
    assert [line["name"] for line in curves[0]["data"]] == ["training", "validation", "best epoch (1)"]
    assert all(button.label != "Start training" for button in at.button)
    at.button(key="stop training").click().run()
    assert run.stop_path.exists()
    run_lock.release(run)


def test_a_finished_run_shows_its_report(runs: Path) -> None:
    finished_run(runs / "done")
    at = open_page("train")
    assert "complete" in at.success[0].value
    figures = {metric.label: metric.value for metric in at.metric}
    assert figures == {
        "Validation accuracy": "60.0%",
        "Public test accuracy": "60.0%",
        "Best epoch": "1",
        "Time": "15 seconds",
    }
    per_class = next(frame.value for frame in at.dataframe if "precision" in frame.value)
    assert per_class.columns.tolist() == ["precision", "recall", "f1", "support"]
    assert charts(at)[4]["data"][0]["text"][0][0] == 7
    assert [line["name"] for line in charts(at)[5]["data"]] == ["ideal", "model"]


def test_a_failed_run_says_why(runs: Path) -> None:
    create_run(RunConfig(data="/gone"), runs / "bad").update_status(
        state=RunState.failed, message="/gone does not exist."
    )
    assert "/gone does not exist." in open_page("train").error[0].value
