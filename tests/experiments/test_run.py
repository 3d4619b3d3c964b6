import shlex
from pathlib import Path

import pandas as pd
import pytest

from emotion_core import cli
from emotion_core.experiments.choices import PRECISIONS
from emotion_core.experiments.config import Augmentation, ConfigError, RunConfig
from emotion_core.experiments.presets import PRESETS
from emotion_core.experiments.progress import duration_in_words, progress
from emotion_core.experiments.run import Run, create_run, list_runs, new_run_path
from emotion_core.experiments.run_command import run_command


def test_reading_an_unfinished_run_never_fails(tmp_path: Path) -> None:
    run = Run(tmp_path)
    assert run.config is None and run.report is None and run.history.empty and run.log_tail() == ""
    assert run.status.state == "unknown"


@pytest.mark.parametrize("content", ['{"data": "x", "epochs": -1}', '{"data": "x", "augmentation": {"warp": 1}}', "{}"])
def test_a_config_of_another_version_reads_as_none(content: str, tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text(content)
    assert Run(tmp_path).config is None


def test_a_folder_holds_one_run(tmp_path: Path) -> None:
    run = create_run(RunConfig(data="sample"), tmp_path / "a")
    assert run.config == RunConfig(data="sample")
    with pytest.raises(FileExistsError, match="already holds a run"):
        create_run(RunConfig(data="sample"), tmp_path / "a")


def test_runs_are_listed_newest_first_and_named_apart(tmp_path: Path) -> None:
    for started in (100, 300, 200):
        create_run(RunConfig(data="sample"), tmp_path / str(started)).update_status(started=started)
    assert [run.name for run in list_runs(tmp_path)] == ["300", "200", "100"]
    first = new_run_path("baseline", tmp_path)
    first.mkdir()
    assert new_run_path("baseline", tmp_path) != first


def test_a_config_survives_the_way_through_a_file() -> None:
    config = RunConfig(data="x", epochs=3, augmentation=Augmentation(flip=False, rotation=2))
    assert RunConfig.from_dict(config.to_dict()) == config
    with pytest.raises(ConfigError, match="Unknown setting epoch"):
        RunConfig.from_dict({"data": "x", "epoch": 3})


def test_a_config_of_another_version_is_read_where_what_it_has_more_is_off() -> None:
    config = RunConfig(data="x", epochs=3)
    strengths = {**config.to_dict()["augmentation"], "tint": 0.0}
    other = {**config.to_dict(), "warmth": 0.0, "shuffled": False, "guide": "", "augmentation": strengths}
    assert RunConfig.from_dict(other) == config
    for used in ({"warmth": 0.2}, {"guide": "a"}, {"augmentation": {**strengths, "tint": 0.5}}):
        with pytest.raises(ConfigError, match="Unknown setting"):
            RunConfig.from_dict({**other, **used})


@pytest.mark.parametrize("name", PRESETS)
def test_every_recipe_is_a_config_that_its_own_command_gives_again(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    config = RunConfig.from_settings({**PRESETS[name].settings, "data": "my data/fer2013.csv", "flip": False})
    assert run_command(config).endswith(" --no-flip" if name == "baseline" else f" --preset {name} --no-flip")
    asked: list[RunConfig] = []

    def note(config: RunConfig, path: Path) -> None:
        asked.append(config)
        raise ConfigError("Enough.")

    monkeypatch.setattr("emotion_core.cli.train.create_run", note)
    words = shlex.split(run_command(config))
    assert words[:4] == ["python", "-m", "emotion_core", "train"]
    assert cli.app(words[3:], standalone_mode=False) == 2
    assert asked == [config]


def test_a_command_may_leave_the_precision_to_the_computer() -> None:
    settings = {**PRESETS["best"].settings, "data": "x", "seed": 1}
    for precision in PRECISIONS:
        config = RunConfig.from_settings({**settings, "precision": precision})
        words = "python -m emotion_core train --data x --preset best --seed 1"
        assert run_command(config, with_precision=False) == words
        assert run_command(config).startswith(words.removesuffix(" --seed 1"))
    plain = RunConfig(data="x", precision="bfloat16")
    assert run_command(plain, with_precision=False) == "python -m emotion_core train --data x --precision bfloat16"


def test_a_preset_gives_way_to_what_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[RunConfig] = []
    monkeypatch.setattr("emotion_core.cli.train.create_run", lambda config, path: asked.append(config) or 1 / 0)
    with pytest.raises(ZeroDivisionError):
        cli.app(["train", "--data", "x", "--preset", "quick", "--epochs", "3", "--no-flip"], standalone_mode=False)
    expected = {"data": "x", **PRESETS["quick"].settings, "epochs": 3, "flip": False}
    assert asked == [RunConfig.from_settings(expected)]


@pytest.mark.parametrize(
    ("setting", "sentence"),
    [
        ({"epochs": 0}, "Epochs"),
        ({"architecture": "resnet"}, "Architecture must be one of baseline"),
        ({"learning_rate": 0}, "Learning rate"),
        ({"dropout": 1}, "Dropout"),
        ({"validation_split": 1.0}, "Validation split"),
        ({"data": ""}, "Data must name"),
        ({"rotation": -1}, "Rotation must be 0 to 180"),
        ({"contrast": float("nan")}, "Contrast"),
        ({"optimizer": "rprop"}, "Optimizer must be one of adam, sgd"),
        ({"initial_resolution": 32}, "baseline network only takes faces of 48"),
    ],
)
def test_a_senseless_setting_is_refused(setting: dict, sentence: str) -> None:
    with pytest.raises(ConfigError, match=sentence):
        RunConfig.from_settings({"data": "sample", **setting})


@pytest.mark.parametrize(
    ("status", "epochs_done", "fraction", "epoch", "seconds_left"),
    [
        ({"of": 10, "epoch": 0, "step": 5, "steps": 10}, 0, 0.05, 1, None),
        ({"of": 10, "epoch": 4, "step": 5, "steps": 10}, 4, 0.45, 5, 110),
        ({"of": 10, "epoch": 10, "step": 0, "steps": 10}, 10, 1.0, 10, 0),
    ],
)
def test_progress(
    status: dict, epochs_done: int, fraction: float, epoch: int, seconds_left: float | None, tmp_path: Path
) -> None:
    run = create_run(RunConfig(data="sample", epochs=10), tmp_path)
    run.update_status(**status)
    if epochs_done:
        measures = ("accuracy", "loss", "val_accuracy", "val_loss", "learning_rate")
        rows = {"epoch": range(1, epochs_done + 1), "seconds": [60] + [20] * (epochs_done - 1)}
        rows |= dict.fromkeys(measures, [0.5] * epochs_done)
        pd.DataFrame(rows).to_csv(tmp_path / "history.csv", index=False)
    now = progress(run)
    assert (now.fraction, now.epoch, now.epochs) == (pytest.approx(fraction), epoch, 10)
    assert now.seconds_left == (None if seconds_left is None else pytest.approx(seconds_left))


@pytest.mark.parametrize(("seconds", "words"), [(40, "40 seconds"), (200, "3 minutes"), (9000, "2 h 30 min")])
def test_time_in_words(seconds: float, words: str) -> None:
    assert duration_in_words(seconds) == words


def test_a_run_knows_its_data_from_anywhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "sample").mkdir()
    (tmp_path / "faces.csv").touch()
    for number, (said, kept) in enumerate(
        [("faces.csv", str(tmp_path / "faces.csv")), ("sample", "sample"), ("kaggle:a/b", "kaggle:a/b")]
    ):
        config = create_run(RunConfig(data=said), tmp_path / f"run-{number}").config
        assert config is not None and config.data == kept


def test_the_time_left_counts_with_larger_faces(tmp_path: Path) -> None:
    config = RunConfig(data="sample", architecture="residual", epochs=3, initial_resolution=32)
    run = create_run(config, tmp_path)
    run.update_status(epoch=1)
    measures = ("accuracy", "loss", "val_accuracy", "val_loss", "learning_rate")
    pd.DataFrame({"epoch": [1], "seconds": [32.0], **dict.fromkeys(measures, 0.5)}).to_csv(tmp_path / "history.csv")
    assert progress(run).seconds_left == pytest.approx(40 + 48)
