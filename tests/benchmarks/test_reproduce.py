"""Training the shipped model again, with interruptions."""

import shlex
import subprocess
from pathlib import Path

import pytest

from benchmarks.reproduce import commands, train_again
from emotion_core.experiments.config import RunConfig
from emotion_core.experiments.run import Run, create_run
from emotion_core.experiments.run_schemas import RunState
from emotion_core.registry.model_folder import ModelFolder


def test_each_run_is_built_on_those_before_it(shipped: ModelFolder) -> None:
    parts = commands(shipped, "my data.csv")
    assert [part.name for part, _, _ in parts] == [part.name for part in shipped.runs]
    assert parts[-1][0].fingerprint == shipped.fingerprint
    made: set[str] = set()
    for _, run, command in parts:
        words = dict(zip(shlex.split(command)[4::2], shlex.split(command)[5::2], strict=True))
        assert words["--data"] == "my data.csv" and words["--run-dir"] == str(run.path)
        needed = {words["--start-from"]} if "--start-from" in words else set()
        needed |= set(words["--teachers"].split(",")) if "--teachers" in words else set()
        assert needed <= made
        made.add(str(run.model_path))


def test_a_run_is_begun_gone_on_with_and_left_when_complete(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run, asked = Run(tmp_path / "again-1"), []

    def train(command: list[str]) -> int:
        asked.append(command[3:])
        if not run.path.exists():
            create_run(RunConfig(data="sample"), run.path).update_status(state=RunState.stopped)
        else:
            run.update_status(state=RunState.finished)
        return 0  # as a run that was asked to stop

    monkeypatch.setattr(subprocess, "call", train)
    command = f"python -m emotion_core train --data sample --run-dir {run.path}"
    with pytest.raises(SystemExit, match="the same command goes on"):
        train_again(run, command)
    for _ in range(2):
        train_again(run, command)
    assert asked == [["train", "--data", "sample", "--run-dir", str(run.path)], ["train", "--resume", str(run.path)]]
