"""Does the classifier answer behind a detector what it answers on the data set?

    python -m benchmarks.parity --data FER2013 --scenes FOLDER

Validation rows of the model's own split, each picture once, are pasted into photographs at 80 to 300 px, upright and
tilted, found and classified: cropped by the detector's box, and aligned by their landmarks. Accuracy on the faces found
 is compared with accuracy on those same rows fed directly.
"""

from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from benchmarks._pasting import Scene, best_match, load_scenes, paste_faces, sample_rows
from emotion_core.datasets import FaceDataset, load
from emotion_core.evaluation.comparison import unseen_rows
from emotion_core.registry.active import active_model
from emotion_core.registry.model_folder import open_model
from emotion_core.vision.detection.available import DETECTORS, new_detector
from emotion_core.vision.detection.landmarks import LandmarkDetector
from emotion_core.vision.faces.alignment import crop_faces
from emotion_core.vision.faces.classifier import Classifier
from emotion_core.vision.geometry import Detector

TILTS = (0.0, 15.0, 30.0)  # degrees


@dataclass(frozen=True)
class Parity:
    """pasted, found: numbers of faces; direct, behind: accuracy on those found; agreement: share of equal answers."""

    pasted: int
    found: int
    direct: float
    behind: float
    agreement: float


def measure_parity(
    rows: FaceDataset,
    scenes: list[Scene],
    detector: Detector,
    classifier: Classifier,
    landmark_detector: LandmarkDetector | None = None,
    tilt: float = 0.0,
) -> Parity:
    """Paste every row, find it, classify it. landmark_detector: confirms and aligns it;
    tilt: in degrees."""
    positions, crops = [], []
    for pasted in paste_faces(rows, scenes, tilt=tilt):
        box = best_match(detector.detect(pasted.image), pasted.place)
        place = landmark_detector.confirm(pasted.image, box) if landmark_detector and box else box
        if place is not None:
            positions.append(pasted.row)
            crops.append(crop_faces(pasted.image, [place])[0])
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
    print("| detector | crop | tilt | found | right, fed directly | right, as found | same answer |")
    print("|---|---|---|---|---|---|---|")
    classifier, detectors = Classifier(folder), {name: new_detector(name) for name in DETECTORS}
    detectors["cascade, as live"] = new_detector("cascade", live=True)
    for (name, detector), landmark_detector, tilt in product(detectors.items(), (None, LandmarkDetector()), TILTS):
        result = measure_parity(rows, photographs, detector, classifier, landmark_detector, tilt)
        print(
            f"| {name} | {'landmarks' if landmark_detector else 'box'} | {tilt:.0f}° | "
            f"{result.found / result.pasted:.1%} | {result.direct:.1%} | {result.behind:.1%} | "
            f"{result.agreement:.1%} |",
            flush=True,
        )


if __name__ == "__main__":
    typer.run(main)
