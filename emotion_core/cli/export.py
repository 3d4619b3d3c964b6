"""A model for other programs."""

import os
from pathlib import Path
from typing import Annotated

import typer

from emotion_core.cli.shared import ModelOption, fail, open_chosen_model


def export(
    output: Annotated[Path, typer.Option(help="File to write, model.onnx for example.")],
    model: ModelOption = None,
) -> None:
    """Write a model as ONNX: gray faces from 0 to 255 in, the network's own probabilities out, not calibrated."""
    folder = open_chosen_model(model)
    if not (folder.path / "model.keras").exists():
        fail(f"{folder.name} has no model.keras to export.")
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")  # leave TensorFlow's notices to developers out
    from emotion_core.training.export import export_onnx

    try:
        export_onnx(folder, output)
    except OSError as error:
        fail(f"{output} cannot be written ({error.strerror}).")
    print(f"{folder.name} is in {output}.")
