"""How many faces each cascade setting finds, how many boxes are no faces, and what it costs.

    python -m benchmarks.cascade_settings --data FER2013 --scenes FOLDER

Pasted faces are FER2013 training rows in the photographs; real faces are those of `faces.json`, 40 px and larger.
False boxes are counted on the photographs as they are. Time is a ratio to the full-size scan (1.1, 5 neighbours).
"""

import time
from itertools import product
from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from benchmarks.pasting import Scene, best_match, load_scenes, paste_faces, sample_rows
from emotion_core.datasets import FaceDataset, load
from emotion_core.vision.cascade import CascadeDetector, CascadeSettings

MIN_REAL_FACE = 40


def main(data: Annotated[str, typer.Option()], scenes: Annotated[Path, typer.Option()], count: int = 400) -> None:
    photographs = load_scenes(scenes)
    rows = sample_rows(load(data).select("train"), count)
    reference = _seconds(CascadeSettings(max_side=10_000, min_neighbors=5), photographs)
    print(f"{len(rows)} pasted training faces, {len(photographs)} photographs")
    print("max_side scale neighbours | pasted found | real found | false boxes a picture | time / full scan")
    for max_side, scale, neighbors in product((480, 640, 800), (1.05, 1.1), (2, 3, 4, 5)):
        settings = CascadeSettings(scale_factor=scale, min_neighbors=neighbors, max_side=max_side, min_face=30)
        recall, false_boxes = _on_photographs(settings, photographs)
        print(
            f"{max_side:8} {scale:5} {neighbors:10} | {_pasted_recall(settings, rows, photographs):12.1%} |"
            f" {recall:10.1%} | {false_boxes:21.2f} | {_seconds(settings, photographs) / reference:.2f}",
            flush=True,
        )


def _pasted_recall(settings: CascadeSettings, rows: FaceDataset, photographs: list[Scene]) -> float:
    detector = CascadeDetector(settings)
    found = [best_match(detector.detect(p.image), p.place) is not None for p in paste_faces(rows, photographs)]
    return float(np.mean(found))


def _on_photographs(settings: CascadeSettings, photographs: list[Scene]) -> tuple[float, float]:
    detector = CascadeDetector(settings)
    found, faces, false_boxes = 0, 0, 0
    for scene in photographs:
        boxes = detector.detect(scene.image)
        wanted = [face for face in scene.faces if face.width >= MIN_REAL_FACE]
        faces += len(wanted)
        found += sum(best_match(boxes, face) is not None for face in wanted)
        false_boxes += sum(best_match(list(scene.faces), box) is None for box in boxes)
    return found / faces, false_boxes / len(photographs)


def _seconds(settings: CascadeSettings, photographs: list[Scene]) -> float:
    detector = CascadeDetector(settings)
    began = time.perf_counter()
    for scene in photographs:
        detector.detect(scene.image)
    return time.perf_counter() - began


if __name__ == "__main__":
    typer.run(main)
