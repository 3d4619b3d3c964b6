"""Everything the model card claims, measured again from the committed weights.

    python -m benchmarks.accuracy --data FER2013 --scenes FOLDER [--write]

Prints the card's figures for every split of the data, those on spoilt pictures, and the speed. `--write` keeps them as
`measured.json` in the model's folder, and writes `MODEL_CARD.md`.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from benchmarks._model_card import keep_measured
from benchmarks._pasting import load_scenes, sample_rows
from benchmarks.latency import REFERENCE, measure_latency
from benchmarks.robustness import measure_robustness
from emotion_core.datasets import load
from emotion_core.datasets.dataset import TEST_SPLITS
from emotion_core.evaluation import model_card
from emotion_core.evaluation.comparison import unseen_rows
from emotion_core.evaluation.metrics import measure_rows, measure_split, predict
from emotion_core.registry.active import active_model
from emotion_core.registry.measured_schemas import Measured, Robustness, Speed
from emotion_core.registry.model_folder import open_model
from emotion_core.registry.model_schemas import Figures, RunReport
from emotion_core.vision.detection.haar import CascadeDetector
from emotion_core.vision.faces.classifier import Classifier

TOLERANCE = 0.001  # a tenth of a point


def compare_with_report(measured: Mapping[str, Figures], claimed: RunReport) -> None:
    """Ends the program where an accuracy differs from the one in `report.json`."""
    for split, figures in measured.items():
        accuracy = claimed.splits[split].accuracy
        print(f"{split}: accuracy {figures.accuracy:.2%}, claimed {accuracy:.2%}")
        if abs(figures.accuracy - accuracy) > TOLERANCE:
            raise SystemExit("That is not what the model's report.json claims.")


def main(
    data: Annotated[str, typer.Option()],
    scenes: Annotated[Path | None, typer.Option()] = None,
    model: Annotated[Path | None, typer.Option()] = None,
    count: Annotated[int, typer.Option(help="Faces to paste into photographs.")] = 500,
    write: Annotated[
        bool, typer.Option(help="Keep the figures in the model's folder and write MODEL_CARD.md.")
    ] = False,
) -> None:
    folder = open_model(model) if model else active_model()
    if folder.report is None:
        raise SystemExit(f"{folder.name} keeps no report to compare with.")
    classifier, dataset = Classifier(folder), load(data)
    validation = unseen_rows(dataset, folder)
    reports = {"validation": measure_rows(classifier, validation, predict(classifier, validation))}
    flipped = {"validation": measure_rows(classifier, validation, predict(classifier, validation, flip=True))}
    tests = [split for split in TEST_SPLITS if split in dataset.splits and split in folder.report.splits]
    for split in tests:
        reports[split] = measure_split(classifier, dataset, split)
        flipped[split] = measure_split(classifier, dataset, split, flip=True)
    compare_with_report(reports, folder.report)

    seconds = measure_latency(folder, count=50)
    face = seconds["classify one face"]
    measured = Measured(
        test_time_flip={split: figures.accuracy for split, figures in flipped.items()},
        speed=Speed(ratio=face / seconds[REFERENCE], milliseconds=face * 1000),
        personal=folder.measured.personal,
    )
    if scenes:
        split = tests[-1] if tests else "validation"
        rows = sample_rows(dataset.select(split) if tests else validation, count)
        accuracy = measure_robustness(rows, load_scenes(scenes), CascadeDetector(), classifier)
        robustness = Robustness(split=split, count=len(rows), accuracy=accuracy)
        measured = measured.model_copy(update={"robustness": robustness})
    if write:
        keep_measured(folder, measured)
    print(model_card.render(folder, folder.report.model_copy(update={"splits": reports}), measured))


if __name__ == "__main__":
    typer.run(main)
