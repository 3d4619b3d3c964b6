"""How to train the shipped model again from nothing, and how long it took.

    python -m benchmarks.reproduce [--data FER2013] [--run]

Prints the command of each run, one after the other; with `--run` trains them all, and goes on where it was interrupted.
Afterwards `python -m benchmarks.accuracy --data FER2013 --model RUN/model` measures the result. It will not be the same
to the last digit: the order of additions in a threaded processor is not fixed.
"""

import shlex
import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer

from emotion_core.experiments import jobs
from emotion_core.experiments.config import ConfigError
from emotion_core.experiments.progress import duration_in_words
from emotion_core.experiments.provenance import reproduce
from emotion_core.experiments.run import Run, runs_root
from emotion_core.experiments.run_schemas import RunState
from emotion_core.registry.active import active_model
from emotion_core.registry.model_folder import ModelFolder, open_model


def commands(model: ModelFolder, data: str) -> list[tuple[ModelFolder, Run, str]]:
    """Each run that made a model: its record, where it will be trained again, and the command.

    Raises `ConfigError` for settings of another version of this program.
    """
    place = str(runs_root() / f"{model.name}-run-{{number}}")
    found = []
    for number, part in enumerate(model.runs, start=1):
        run = Run(Path(place.format(number=number)))
        command = reproduce(model, part, data, f"{place}/model").command
        found.append((part, run, f"{command} --run-dir {shlex.quote(str(run.path))}"))
    return found


def train_again(run: Run, command: str) -> None:
    """Train until the run is complete, from its last whole epoch where there is one; nothing when it is complete."""
    if run.config is not None:
        command = shlex.join(["python", "-m", "emotion_core", "train", "--resume", str(run.path)])
    if jobs.state(run) is not RunState.finished:
        subprocess.call([sys.executable, *shlex.split(command)[1:]])
    if jobs.state(run) is not RunState.finished:
        raise SystemExit(f"{run.path} did not come to its end; the same command goes on with it.")


def main(
    data: Annotated[str, typer.Option()] = "FER2013",
    model: Annotated[Path | None, typer.Option()] = None,
    run: Annotated[bool, typer.Option(help="Train them now.")] = False,
) -> None:
    folder = open_model(model) if model else active_model()
    reports = [part.report for part in folder.runs if part.report]
    if len(reports) < len(folder.runs):
        raise SystemExit(f"{folder.name} keeps no record of all the runs that made it.")
    try:
        parts = commands(folder, data)
    except ConfigError as error:
        raise SystemExit(f"{folder.name} was made by another version of this program: {error}") from None
    for (part, place, command), report in zip(parts, reports, strict=True):
        print(f"{part.name}: {len(part.history)} epochs took {duration_in_words(report.seconds)}, ", end="")
        print(f"validation accuracy {report.validation.accuracy:.2%}\n{command}\n", flush=True)
        if run:
            train_again(place, command)
    print(f"All epochs together took {duration_in_words(sum(report.seconds for report in reports))}.")


if __name__ == "__main__":
    typer.run(main)
