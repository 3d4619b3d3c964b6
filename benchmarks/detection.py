"""How many faces of real photographs each detector finds, how many of its boxes are none, and what it costs.

    python -m benchmarks.detection --scenes FOLDER

FOLDER holds pictures and a `faces.json` ({file: {faces_xywh: [[x, y, width, height]]}}). A box is a face when its
intersection over union with one that is known is at least 0.4, each known face once. Times are ratios to one full-size
Haar scan (`haarcascade_frontalface_default`, scale 1.1, 5 neighbours, one thread) of the same pictures in the same run.
"""

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from benchmarks._pasting import SAME_FACE_IOU, Scene, load_scenes
from benchmarks.latency import Tutorial
from emotion_core.vision.detection.available import DETECTORS, new_detector
from emotion_core.vision.detection.landmarks import LandmarkDetector
from emotion_core.vision.faces.analyzer import confirmed
from emotion_core.vision.geometry import Box, Detector


@dataclass(frozen=True)
class Detection:
    """known, found: numbers of faces; boxes: number of answers; seconds: of all pictures."""

    known: int
    found: int
    boxes: int
    seconds: float

    @property
    def recall(self) -> float:
        return self.found / self.known

    @property
    def precision(self) -> float:
        return self.found / self.boxes if self.boxes else 0.0


def measure_detection(scenes: list[Scene], detector: Detector, landmark_detector: LandmarkDetector | None) -> Detection:
    """Every picture once; landmark_detector: confirms each detection."""
    found = boxes = 0
    seconds = 0.0
    for scene in scenes:
        began = time.perf_counter()
        answers = detector.detect(scene.image)
        if landmark_detector:
            answers = [face.box for face in confirmed(scene.image, answers, landmark_detector)]
        seconds += time.perf_counter() - began
        found += _matches(answers, list(scene.faces))
        boxes += len(answers)
    return Detection(sum(len(scene.faces) for scene in scenes), found, boxes, seconds)


def _matches(answers: list[Box], known: list[Box]) -> int:
    """How many of the known faces are among the answers, each answer and each face used once."""
    count = 0
    for answer in answers:
        best = max(known, key=answer.iou, default=None)
        if best is not None and answer.iou(best) >= SAME_FACE_IOU:
            known.remove(best)
            count += 1
    return count


def main(scenes: Annotated[Path, typer.Option()]) -> None:
    photographs = load_scenes(scenes)
    reference = measure_detection(photographs, Tutorial(), None)
    print(f"{len(photographs)} photographs, {reference.known} faces\n")
    print("| detector | recall | precision | time, in full Haar scans |\n|---|---|---|---|")
    rows: dict[str, tuple[Detector, LandmarkDetector | None]] = {"full Haar scan": (Tutorial(), None)}
    for name in DETECTORS:
        for place, live in (("pictures", False), ("live", True)):
            rows[f"{name}, {place}"] = (new_detector(name, live), None)
            rows[f"{name}, {place}, with landmark_detector"] = (new_detector(name, live), LandmarkDetector())
    for name, (detector, landmark_detector) in rows.items():
        result = measure_detection(photographs, detector, landmark_detector)
        ratio = result.seconds / reference.seconds
        print(f"| {name} | {result.recall:.2f} | {result.precision:.2f} | {ratio:.2f} |", flush=True)


if __name__ == "__main__":
    typer.run(main)
