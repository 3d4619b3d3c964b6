"""Which crop around the cascade's box frames a face as FER2013 does.

    python -m benchmarks.crop --data FER2013 --scenes FOLDER

Faces are pasted into photographs and found by the cascade. First the geometry: where the pasted square lies
relative to the box that was found. Then, for a grid of crops, accuracy on the faces found against the same rows fed
directly, and how far the probabilities move (total variation). The rows are validation rows: not learnt from.
"""

from itertools import product
from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from benchmarks.pasting import best_match, load_scenes, paste_faces, sample_rows
from emotion_core.datasets import load
from emotion_core.datasets.split import train_validation_split
from emotion_core.images import to_gray
from emotion_core.store.models import active_model, open_model
from emotion_core.vision.cascade import CascadeDetector
from emotion_core.vision.classifier import Classifier
from emotion_core.vision.preprocessing import crop_faces

SCALES = (0.85, 0.95, 1.0, 1.05, 1.1, 1.15, 1.25)
OFFSETS = (-0.06, -0.03, 0.0, 0.03, 0.06)


def main(
    data: Annotated[str, typer.Option()],
    scenes: Annotated[Path, typer.Option()],
    model: Path | None = None,
    count: int = 1500,
) -> None:
    classifier = Classifier(open_model(model) if model else active_model())
    recipe = classifier.model.card["recipe"]
    dataset = load(data).select("train")
    _, kept_back = train_validation_split(dataset, recipe["validation_split"], recipe["seed"])
    rows = sample_rows(dataset.take(kept_back), count)

    detector = CascadeDetector()
    found, ratios, shifts_x, shifts_y = [], [], [], []
    for pasted in paste_faces(rows, load_scenes(scenes)):
        gray = to_gray(pasted.image)
        box, place = best_match(detector.detect(gray), pasted.place), pasted.place
        if box is None:
            continue
        found.append((pasted.row, [crop_faces(gray, [box], s, o)[0] for s, o in product(SCALES, OFFSETS)]))
        ratios.append(place.width / box.width)
        shifts_x.append((place.x + place.width / 2 - box.x - box.width / 2) / box.width)
        shifts_y.append((place.y + place.height / 2 - box.y - box.height / 2) / box.height)

    print(f"{len(found)} of {len(rows)} pasted validation faces found ({len(found) / len(rows):.1%})")
    print(f"side of the pasted square / side of the box: {_spread(ratios)}")
    print(f"its centre, right of the box's centre, in sides of the box: {_spread(shifts_x)}")
    print(f"its centre, below the box's centre, in sides of the box: {_spread(shifts_y)}")

    positions = np.array([row for row, _ in found])
    truth = rows.labels[positions]
    direct = classifier.predict(rows.images[positions])
    print(f"the same rows fed directly: {(direct.argmax(1) == truth).mean():.1%} right")
    print("scale offset_y | accuracy | moved probability")
    for number, (scale, offset) in enumerate(product(SCALES, OFFSETS)):
        cropped = classifier.predict(np.stack([crops[number] for _, crops in found]))
        moved = np.abs(cropped - direct).sum(1).mean() / 2
        print(f"{scale:5.2f} {offset:8.2f} | {(cropped.argmax(1) == truth).mean():8.1%} | {moved:.3f}")


def _spread(values: list[float]) -> str:
    low, middle, high = np.percentile(values, [25, 50, 75])
    return f"median {middle:.3f} (quartiles {low:.3f} to {high:.3f})"


if __name__ == "__main__":
    typer.run(main)
