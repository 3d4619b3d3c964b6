"""Where FER2013 has eyes and mouth: the medians that `alignment.FRAMING` states.

python -m benchmarks.framing --data FER2013
"""

from typing import Annotated

import numpy as np
import typer

from benchmarks._pasting import sample_rows
from emotion_core.datasets import FaceDataset, load
from emotion_core.images import FACE_SIZE
from emotion_core.vision.detection.landmarks import LandmarkDetector
from emotion_core.vision.faces.alignment import FRAMING
from emotion_core.vision.geometry import Box


def measure_framing(rows: FaceDataset) -> np.ndarray:
    """float [N, 3, 2]: left eye, right eye and mouth of every row in which landmarks are found."""
    landmark_detector = LandmarkDetector()
    found = (landmark_detector.confirm(image, Box(0, 0, FACE_SIZE, FACE_SIZE)) for image in rows.images)
    return np.array([face.keypoints for face in found if face])


def main(data: Annotated[str, typer.Option()], count: Annotated[int, typer.Option()] = 1500) -> None:
    rows = sample_rows(load(data).select("train"), count)
    anchors = measure_framing(rows)
    middle = np.median(anchors, axis=0)
    spread = np.median(np.abs(anchors - middle), axis=0)
    print(f"{len(anchors)} of {len(rows)} training rows\n\n| | x | y | stated |\n|---|---|---|---|")
    for name, place, deviation, stated in zip(("left eye", "right eye", "mouth"), middle, spread, FRAMING, strict=True):
        print(f"| {name} | {place[0]:.1f} ± {deviation[0]:.1f} | {place[1]:.1f} ± {deviation[1]:.1f} | {stated} |")


if __name__ == "__main__":
    typer.run(main)
