"""Models alone, with mirror images, and their mean, on the same faces: is an ensemble worth teaching to one network?

    python -m benchmarks.ensemble MODEL MODEL … --data FER2013 [--test]

Measured on the rows that none of the models has learnt from; with `--test` also on the test rows, at the very end.
"""

from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from emotion_core.datasets import FaceDataset, load
from emotion_core.datasets.dataset import TEST_SPLITS
from emotion_core.evaluation.comparison import unseen_rows
from emotion_core.evaluation.metrics import measure_rows, predict
from emotion_core.registry.model_folder import open_model
from emotion_core.registry.model_schemas import Figures
from emotion_core.vision.faces.classifier import Classifier


def show(classifiers: dict[str, Classifier], rows: FaceDataset) -> None:
    """Print a table: a row for each model and one for all, without and with test-time flip."""
    print("| model | accuracy | test-time flip | FER+ majority | balanced accuracy |\n|---|---|---|---|---|")
    plain, flipped = (
        {name: predict(classifier, rows, flip) for name, classifier in classifiers.items()} for flip in (False, True)
    )
    first = next(iter(classifiers.values()))

    def measured(probabilities: np.ndarray) -> Figures:
        return measure_rows(first, rows, probabilities)

    for answers in (plain, flipped):
        answers["all, averaged"] = np.mean(list(answers.values()), axis=0)
    for name in plain:
        figures, mirrored = measured(plain[name]), measured(flipped[name])
        seen = f"{figures.ferplus.accuracy:.1%}" if figures.ferplus else "–"
        print(
            f"| {name} | {figures.accuracy:.1%} | {mirrored.accuracy:.1%} | {seen} | {figures.balanced_accuracy:.1%} |",
            flush=True,
        )


def main(
    models: list[Path],
    data: Annotated[str, typer.Option()],
    test: Annotated[bool, typer.Option("--test", help="Also measure on the test rows.")] = False,
) -> None:
    folders, dataset = [open_model(path) for path in models], load(data)
    classifiers = {f"{folder.name} ({path})": Classifier(folder) for path, folder in zip(models, folders, strict=True)}
    if len({classifier.labels for classifier in classifiers.values()}) > 1:
        raise SystemExit("These models do not name the same emotions in the same order.")
    parts = {"validation": unseen_rows(dataset, *folders)}
    if test:
        parts |= {split: dataset.select(split) for split in TEST_SPLITS if split in dataset.splits}
    for split, rows in parts.items():
        print(f"\n{split}, {len(rows)} faces\n")
        show(classifiers, rows)


if __name__ == "__main__":
    typer.run(main)
