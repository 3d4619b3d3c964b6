"""Where a face counts as blurred: the sharpness of faces as they are, and of the same ones blurred.

    python -m benchmarks.blur --data PEOPLE

PEOPLE: posed faces, `<person>/<emotion>/*`. `emotion_core/vision/faces/quality.py` has a limit that lies
between the two.
"""

import itertools
from pathlib import Path
from typing import Annotated

import cv2
import numpy as np
import typer

from emotion_core.images import ImageError, read_rgb
from emotion_core.registry.active import active_model
from emotion_core.vision.detection.available import PICTURE_DETECTOR
from emotion_core.vision.faces.analyzer import new_analyzer
from emotion_core.vision.faces.classifier import Classifier
from emotion_core.vision.faces.quality import BLURRED, sharpness

_SIGMAS = (0.5, 1.0, 1.5, 2.0)  # pixels of the 48 x 48 that the network sees


def crops_of(root: Path) -> list[np.ndarray]:
    """What the network sees of each picture's largest face."""
    analyzer, crops = new_analyzer(PICTURE_DETECTOR, Classifier(active_model())), list[np.ndarray]()
    for path in itertools.chain.from_iterable(sorted(folder.iterdir()) for folder in sorted(root.glob("*/*"))):
        try:
            faces = analyzer.analyze(read_rgb(path))
        except ImageError:
            continue
        crops += [face.crop for face in faces[:1] if face.crop is not None]
    return crops


def main(data: Annotated[Path, typer.Option(help="Folder of people.")]) -> None:
    """Measure them."""
    crops = crops_of(data)
    print(f"{len(crops)} faces; blurred means a sharpness below {BLURRED:g}\n")
    print("| blur, pixels | 1 % | 10 % | 50 % | 90 % | below |\n|---|---|---|---|---|---|")
    for sigma in (0.0, *_SIGMAS):
        values = [sharpness(cv2.GaussianBlur(crop, (0, 0), sigma) if sigma else crop) for crop in crops]
        marks = " | ".join(f"{mark:.4f}" for mark in np.percentile(values, [1, 10, 50, 90]))
        print(f"| {sigma:g} | {marks} | {np.mean(np.array(values) < BLURRED):.1%} |")


if __name__ == "__main__":
    typer.run(main)
