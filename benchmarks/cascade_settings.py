"""How many faces each cascade and setting finds, how many boxes are no faces, and what it costs.

    python -m benchmarks.cascade_settings --data FER2013 --scenes FOLDER

Pasted faces are FER2013 training rows in the photographs; real faces are those of `faces.json`, 40 px and larger.
False boxes are counted on the photographs as they are. Time is a ratio to `haarcascade_frontalface_default` with
scale 1.1 and 5 neighbours at full size, in the same run.
"""

import time
from itertools import product
from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from benchmarks._pasting import Scene, best_match, load_scenes, paste_faces, sample_rows
from emotion_core.datasets import FaceDataset, load
from emotion_core.images import shrink, to_gray
from emotion_core.vision.detection.haar import CascadeDetector, CascadeSettings, load_cascade
from emotion_core.vision.geometry import Box, Detector

MIN_REAL_FACE = 40


class DefaultCascade:
    """What tutorials use: `haarcascade_frontalface_default`, scale 1.1, on the whole picture."""

    def __init__(self, min_neighbors: int, max_side: int) -> None:
        self._cascade = load_cascade("haarcascade_frontalface_default.xml")
        self._min_neighbors, self._max_side = min_neighbors, max_side

    def detect(self, image: np.ndarray, known: object = None) -> list[Box]:
        gray = to_gray(image)
        small = shrink(gray, self._max_side)
        scale = gray.shape[1] / small.shape[1]
        found = self._cascade.detectMultiScale(small, 1.1, self._min_neighbors, minSize=(30, 30))
        return [Box(*(round(int(value) * scale) for value in rectangle)) for rectangle in found]


def candidates() -> dict[str, Detector]:
    """What is compared, by name."""
    compared: dict[str, Detector] = {
        f"default, {side} px, {neighbors} neighbours": DefaultCascade(neighbors, side)
        for side, neighbors in ((10_000, 5), (640, 5), (640, 2))
    }
    for turned, neighbors in product((False, True), (2, 3)):
        name = f"alt2{' + profiles' if turned else ''}, 640 px, {neighbors} neighbours"
        compared[name] = CascadeDetector(CascadeSettings(min_neighbors=neighbors, profile=turned))
    for neighbors, scale in ((2, 1.2), (3, 1.2), (2, 1.1)):
        name = f"alt2, 320 px, {neighbors} neighbours, scale {scale}"
        compared[name] = CascadeDetector(CascadeSettings(scale, neighbors, 320, 32, profile=False))
    return compared


def main(
    data: Annotated[str, typer.Option()],
    scenes: Annotated[Path, typer.Option()],
    count: Annotated[int, typer.Option()] = 200,
) -> None:
    photographs = load_scenes(scenes)
    rows = sample_rows(load(data).select("train"), count)
    compared = candidates()
    reference = _seconds(next(iter(compared.values())), photographs)
    print(f"{len(rows)} pasted training faces, {len(photographs)} photographs\n")
    print("| cascade | pasted faces found | real faces found | false boxes a picture | time |")
    print("|---|---|---|---|---|")
    for name, detector in compared.items():
        recall, false_boxes = _on_photographs(detector, photographs)
        pasted = _pasted_recall(detector, rows, photographs)
        ratio = _seconds(detector, photographs) / reference
        print(f"| {name} | {pasted:.1%} | {recall:.1%} | {false_boxes:.2f} | {ratio:.2f} |", flush=True)


def _pasted_recall(detector: Detector, rows: FaceDataset, photographs: list[Scene]) -> float:
    found = [best_match(detector.detect(p.image), p.place) is not None for p in paste_faces(rows, photographs)]
    return float(np.mean(found))


def _on_photographs(detector: Detector, photographs: list[Scene]) -> tuple[float, float]:
    found, faces, false_boxes = 0, 0, 0
    for scene in photographs:
        boxes = detector.detect(scene.image)
        wanted = [face for face in scene.faces if face.width >= MIN_REAL_FACE]
        faces += len(wanted)
        found += sum(best_match(boxes, face) is not None for face in wanted)
        false_boxes += sum(best_match(list(scene.faces), box) is None for box in boxes)
    return found / faces, false_boxes / len(photographs)


def _seconds(detector: Detector, photographs: list[Scene]) -> float:
    began = time.perf_counter()
    for scene in photographs:
        detector.detect(scene.image)
    return time.perf_counter() - began


if __name__ == "__main__":
    typer.run(main)
