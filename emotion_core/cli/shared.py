"""What the commands have in common."""

import sys
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from emotion_core.registry.active import active_model
from emotion_core.registry.model_folder import ModelError, ModelFolder, models_root, open_model

ModelOption = Annotated[Path | None, typer.Option(help="Model folder, or the name of one in models/.")]


def open_chosen_model(path: Path | None) -> ModelFolder:
    try:
        if path is None:
            return active_model()
        return open_model(path if path.is_dir() else models_root() / path)
    except ModelError as error:
        fail(str(error))


def fail(sentence: str, status: int = 2) -> NoReturn:
    print(sentence, file=sys.stderr)
    raise typer.Exit(status)
