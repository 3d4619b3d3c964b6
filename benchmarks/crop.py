"""Which crop around the cascade's box frames a face as FER2013 does.

    python -m benchmarks.crop --data FER2013 --scenes FOLDER

Faces are pasted into photographs and found by the cascade. First the geometry: where the pasted square lies
relative to the box that was found. Then, for a grid of crops, accuracy on the faces found against the same rows fed
directly, and how far the probabilities move (total variation). The rows are validation rows: not learnt from.
"""

from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from benchmarks._pasting import Pasted, Scene, best_match, load_scenes, paste_faces, sample_rows
from emotion_core.datasets import FaceDataset, load
from emotion_core.evaluation.comparison import unseen_rows
from emotion_core.images import to_gray
from emotion_core.registry.active import active_model
from emotion_core.registry.model_folder import open_model
from emotion_core.vision.detection.haar import CascadeDetector, load_cascade
from emotion_core.vision.faces.alignment import crop_box
from emotion_core.vision.faces.classifier import Classifier
from emotion_core.vision.geometry import Box, Detector

SCALES = (0.85, 0.95, 1.0, 1.05, 1.1, 1.15, 1.25)
OFFSETS = (-0.06, -0.03, 0.0, 0.03, 0.06)

PROFILE_COUNT = 150  # enough for the raw profile cascade's medians


@dataclass(frozen=True)
class Match:
    """A pasted face that was found: the photograph in gray, and the box."""

    pasted: Pasted
    gray: np.ndarray
    box: Box


def main(
    data: Annotated[str, typer.Option()],
    scenes: Annotated[Path, typer.Option()],
    model: Annotated[Path | None, typer.Option()] = None,
    count: Annotated[int, typer.Option()] = 500,
) -> None:
    classifier = Classifier(open_model(model) if model else active_model())
    rows = sample_rows(unseen_rows(load(data), classifier.model), count)

    photographs = load_scenes(scenes)
    profile_rows = rows.take(np.arange(min(len(rows), PROFILE_COUNT)))
    _print_geometry("profile cascade, raw", _matches(profile_rows, photographs, RawProfile()))
    matches = _matches(rows, photographs, CascadeDetector())
    _print_geometry("detector as used", matches)
    print(f"{len(matches)} of {len(rows)} pasted validation faces found ({len(matches) / len(rows):.1%})")

    positions = np.array([match.pasted.row for match in matches])
    truth = rows.labels[positions]
    direct = classifier.predict(rows.images[positions])
    print(f"the same rows fed directly: {(direct.argmax(1) == truth).mean():.1%} right")
    print("scale offset_y | accuracy | moved probability")
    for scale, offset in product(SCALES, OFFSETS):
        crops = [crop_box(match.gray, match.box, scale, offset) for match in matches]
        cropped = classifier.predict(np.stack(crops))
        moved = np.abs(cropped - direct).sum(1).mean() / 2
        print(f"{scale:5.2f} {offset:8.2f} | {(cropped.argmax(1) == truth).mean():8.1%} | {moved:.3f}")


class RawProfile:
    """`haarcascade_profileface` as OpenCV answers it."""

    def __init__(self) -> None:
        self._cascade = load_cascade("haarcascade_profileface.xml")

    def detect(self, image: np.ndarray, known: object = None) -> list[Box]:
        return [Box(*map(int, found)) for found in self._cascade.detectMultiScale(to_gray(image), 1.1, 3)]


def _matches(rows: FaceDataset, photographs: list[Scene], detector: Detector) -> list[Match]:
    found = []
    for pasted in paste_faces(rows, photographs):
        gray = to_gray(pasted.image)
        box = best_match(detector.detect(gray), pasted.place)
        if box is not None:
            found.append(Match(pasted, gray, box))
    return found


def _print_geometry(name: str, matches: list[Match]) -> None:
    pairs = [(match.box, match.pasted.place) for match in matches]
    print(f"{name}: {len(pairs)} boxes on pasted faces")
    print(f"  side of the pasted square / side of the box: {_spread([p.width / b.width for b, p in pairs])}")
    right = [(p.x + p.width / 2 - b.x - b.width / 2) / b.width for b, p in pairs]
    down = [(p.y + p.height / 2 - b.y - b.height / 2) / b.height for b, p in pairs]
    print(f"  its centre, right of the box's centre, in sides of the box: {_spread(right)}")
    print(f"  its centre, below the box's centre, in sides of the box: {_spread(down)}")


def _spread(values: list[float]) -> str:
    low, middle, high = np.percentile(values, [25, 50, 75])
    return f"median {middle:.3f} (quartiles {low:.3f} to {high:.3f})"


if __name__ == "__main__":
    typer.run(main)
