"""What mixing the weights of the model it began with into a run's best epoch costs and brings, on its validation faces.

    python -m benchmarks.blending --run runs/RUN [--data FER2013]

RUN must have begun from another model (`--start-from`) and still have its checkpoints.
"""

from pathlib import Path
from typing import Annotated

import keras
import numpy as np
import typer

from emotion_core.datasets import FaceDataset
from emotion_core.datasets.ferplus import majority
from emotion_core.emotions import EMOTIONS
from emotion_core.experiments.run import Run
from emotion_core.images import FACE_SIZE
from emotion_core.training.architectures import BUILDERS
from emotion_core.training.callbacks import BEST_FILE
from emotion_core.training.run_data import load_run_data
from emotion_core.training.sharpness_aware import load_checkpoint
from emotion_core.training.weight_averaging import blend
from emotion_core.vision.faces.alignment import to_network_input

SHARES = (0.0, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.5)


def figures(model: keras.Model, rows: FaceDataset) -> tuple[float, float, float]:
    """Accuracy, accuracy against the FER+ majority, and the mean of the emotions' recalls."""
    answers = model.predict(to_network_input(rows.images, model.input_shape[-1]), verbose=0).argmax(axis=1)
    right = answers == rows.labels
    seen, known = majority(rows.votes) if rows.votes is not None else (answers, np.zeros(len(rows), bool))
    recalls = [right[rows.labels == label].mean() for label in range(len(EMOTIONS)) if (rows.labels == label).any()]
    return float(right.mean()), float((answers == seen)[known].mean()), float(np.mean(recalls))


def main(run: Annotated[Path, typer.Option()], data: Annotated[str | None, typer.Option()] = None) -> None:
    folder = Run(run)
    config, report = folder.config, folder.report
    start_path = folder.path / "start" / "model.keras"
    if config is None or report is None or not start_path.exists():
        raise SystemExit(f"{run} is no finished run that began from another model.")
    run_data = load_run_data(folder, config.changed(data=data or config.data))
    start = keras.saving.load_model(start_path)
    best = load_checkpoint(folder.path / "checkpoints" / BEST_FILE.format(epoch=report.best_epoch))
    model = BUILDERS[config.architecture](config.dropout, FACE_SIZE)
    print("| share of the start | accuracy | FER+ majority | balanced accuracy |\n|---|---|---|---|")

    def show(name: str) -> None:
        print(
            f"| {name} | {' | '.join(f'{figure:.1%}' for figure in figures(model, run_data.validation))} |", flush=True
        )

    model.set_weights(best.get_weights())
    show("none, as trained")
    for share in SHARES:
        model.set_weights(best.get_weights())
        blend(model, start, share, run_data.training.images)
        show(f"{share:.2f}")
    model.set_weights(start.get_weights())
    show("all of it")


if __name__ == "__main__":
    typer.run(main)
