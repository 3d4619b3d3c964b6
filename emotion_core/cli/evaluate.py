"""A model measured on labelled faces."""

import json
import sys
from enum import StrEnum
from typing import Annotated

import typer

from emotion_core.cli.shared import ModelOption, fail, open_chosen_model
from emotion_core.datasets import DatasetError, load
from emotion_core.registry.model_folder import ModelError, ModelFolder
from emotion_core.registry.model_schemas import Figures
from emotion_core.validation import to_json


class ReportFormat(StrEnum):
    json = "json"
    text = "text"


def evaluate(
    data: Annotated[str, typer.Option(help="Data set, as for train.")],
    split: Annotated[str, typer.Option(help="train, validation, test, public_test, private_test or all.")] = "test",
    model: ModelOption = None,
    flip: Annotated[
        bool, typer.Option(help="Average each face with its mirror image (test-time augmentation).")
    ] = False,
    format: Annotated[ReportFormat, typer.Option(help="One JSON line, or text to read.")] = ReportFormat.text,
) -> None:
    """Measure a model on the labelled faces of a data set."""
    from emotion_core.evaluation.metrics import measure_split
    from emotion_core.vision.faces.classifier import Classifier

    folder = open_chosen_model(model)
    try:
        dataset = load(data)
        report = measure_split(Classifier(folder), dataset, split, flip)
    except (DatasetError, ModelError) as error:
        fail(str(error), status=1)
    for problem in dataset.problems:
        print(problem, file=sys.stderr)
    print(
        json.dumps(to_json(report))
        if format is ReportFormat.json
        else _report_text(folder, dataset.name, split, report)
    )
    raise typer.Exit(1 if dataset.problems else 0)


def _report_text(folder: ModelFolder, dataset: str, split: str, figures: Figures) -> str:
    lines = [
        f"{folder.name} on {figures.count:,} {split} faces of {dataset}",
        f"accuracy {figures.accuracy:.2%}, balanced accuracy {figures.balanced_accuracy:.2%}, "
        f"expected calibration error {figures.ece:.3f}",
        f"{'':10} precision  recall      F1  support",
    ]
    for label, row in figures.per_class.items():
        lines.append(f"{label:10} {row.precision:9.1%} {row.recall:7.1%} {row.f1:7.1%} {row.support:8,}")
    if part := figures.ferplus:
        lines.append(f"against the FER+ majority: accuracy {part.accuracy:.2%} on {part.count:,}")
    if part := figures.without_copies:
        lines.append(f"faces without a copy in the training rows: accuracy {part.accuracy:.2%} on {part.count:,}")
    return "\n".join(lines)
