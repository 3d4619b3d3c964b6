"""Does the classifier answer behind the cascade what it answers on the data set?

    python -m benchmarks.parity --data FER2013 --scenes FOLDER

Validation rows of the model's own split, each picture once, are pasted into photographs at 80 to 300 px, found by
the cascade and classified. Accuracy on the faces found is compared with accuracy on those same rows fed directly.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from benchmarks.pasting import Scene, best_match, load_scenes, paste_faces, sample_rows
from emotion_core.datasets import FaceDataset, load
from emotion_core.promotion import unseen_rows
from emotion_core.store.active import active_model
from emotion_core.store.models import open_model
from emotion_core.vision.analyzer import Detector
from emotion_core.vision.cascade import LIVE_SETTINGS, CascadeDetector
from emotion_core.vision.classifier import Classifier
from emotion_core.vision.preprocessing import crop_faces


@dataclass(frozen=True)
class Parity:
    """pasted, found: numbers of faces; direct, behind: accuracy on those found; agreement: share of equal answers."""

    pasted: int
    found: int
    direct: float
    behind: float
    agreement: float


def measure_parity(rows: FaceDataset, scenes: list[Scene], detector: Detector, classifier: Classifier) -> Parity:
    """Paste every row, find it, classify it."""
    positions, crops = [], []
    for pasted in paste_faces(rows, scenes):
        box = best_match(detector.detect(pasted.image), pasted.place)
        if box is not None:
            positions.append(pasted.row)
            crops.append(crop_faces(pasted.image, [box])[0])
    truth = rows.labels[positions]
    behind = classifier.predict(np.stack(crops)).argmax(axis=1)
    direct = classifier.predict(rows.images[positions]).argmax(axis=1)
    return Parity(
        pasted=len(rows),
        found=len(positions),
        direct=float((direct == truth).mean()),
        behind=float((behind == truth).mean()),
        agreement=float((direct == behind).mean()),
    )


def main(
    data: Annotated[str, typer.Option()],
    scenes: Annotated[Path, typer.Option()],
    model: Annotated[Path | None, typer.Option()] = None,
    count: Annotated[int, typer.Option()] = 1000,
) -> None:
    folder = open_model(model) if model else active_model()
    # other rows than those on which `benchmarks/crop.py` compares crops, but for a few
    rows = sample_rows(unseen_rows(load(data), folder), count, seed=1)
    photographs = load_scenes(scenes)
    print(f"{folder.name}, {len(rows)} validation faces\n")
    print("| detector | found | right, fed directly | right, behind the cascade | same answer |")
    print("|---|---|---|---|---|")
    for name, detector in (("pictures", CascadeDetector()), ("live", CascadeDetector(LIVE_SETTINGS))):
        result = measure_parity(rows, photographs, detector, Classifier(folder))
        print(
            f"| {name} | {result.found / result.pasted:.1%} | {result.direct:.1%} | {result.behind:.1%} |"
            f" {result.agreement:.1%} |"
        )


if __name__ == "__main__":
    typer.run(main)
