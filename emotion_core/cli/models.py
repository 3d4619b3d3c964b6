"""The models there are, and the one in use."""

from pathlib import Path
from typing import Annotated

import typer

from emotion_core.cli.shared import fail
from emotion_core.datasets import DatasetError, load
from emotion_core.experiments.run import Run, runs_root
from emotion_core.registry import active
from emotion_core.registry.active import active_model
from emotion_core.registry.model_folder import ModelError, list_models, open_model


def models() -> None:
    """List the usable models; a star marks the one the app uses."""
    try:
        used = active_model().path
    except ModelError:
        used = None
    for folder in list_models():
        measured = [f"{split} {figures.accuracy:.1%}" for split, figures in folder.card.metrics.items()]
        star = "*" if folder.path == used else " "
        print(f"{star} {folder.name:<24} {folder.card.parameters:>10,} parameters  {', '.join(measured)}")


def promote(
    run: Annotated[Path, typer.Argument(help="Run folder, or the name of one in runs/.")],
    anyway: Annotated[bool, typer.Option(help="Also where the comparison gives reasons not to.")] = False,
) -> None:
    """Make a run's model the one that the app uses, when it is clearly better on the same faces."""
    from emotion_core.evaluation.comparison import compare, objections

    chosen = Run(run if run.is_dir() else runs_root() / run)
    if chosen.config is None:
        fail(f"{run} is no run.")
    try:
        candidate = open_model(chosen.model_path)
        comparison = compare(candidate, active_model(), load(chosen.config.data))
        print(comparison.in_words)
        reasons = objections(candidate, comparison)
        if reasons and not anyway:
            fail(" ".join([*reasons, "Not promoted; --anyway does it all the same."]), status=1)
        print(f"{active.promote(chosen.model_path, chosen.name).name} is in use now.")
    except (DatasetError, ModelError, OSError) as error:
        fail(str(error), status=1)


def rollback() -> None:
    """Go back to the model before the one in use."""
    try:
        print(f"{active.roll_back().name} is in use now.")
    except (ModelError, OSError) as error:
        fail(str(error), status=1)
