"""How soon a face that appears beside another is followed, with searches beside the frames as in the app.

    python -m benchmarks.appearance --scenes FOLDER

Real faces cut from the photographs of FOLDER, thirty frames a second of real time: one face moves, and after a while,
another one each time, a second face is there too.
"""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Annotated

import cv2
import numpy as np
import typer

from benchmarks._clips import RATE, Frame, Head, cut_heads, moving
from benchmarks._pasting import SAME_FACE_IOU, load_scenes
from emotion_core.vision.detection.available import LIVE_DETECTORS, new_detector
from emotion_core.vision.detection.landmarks import LandmarkDetector
from emotion_core.vision.live.tracker import FaceTracker

SIZE = (640, 480)
_ALONE, _TOGETHER = 2.0, 4.0  # seconds


def measure_appearance(detector: str, frames: Iterator[Frame], alone: float) -> float:
    """Seconds until the second face is followed, from the first frame that shows both; infinite where that never comes.

    alone: seconds in which the right half of the picture is covered.
    """
    cv2.setNumThreads(1)
    with ThreadPoolExecutor(1) as searches:
        tracker = FaceTracker(new_detector(detector, live=True), LandmarkDetector(), searches)
        began = time.monotonic()
        for number, frame in enumerate(frames):
            time.sleep(max(0.0, began + number / RATE - time.monotonic()))
            image = frame.image.copy()
            if number / RATE < alone:
                image[:, SIZE[0] // 2 :] = 110
            tracks, second = tracker.update(image, time.monotonic()), frame.faces[1]
            if number / RATE >= alone and any(track.landmarks.box.iou(second) >= SAME_FACE_IOU for track in tracks):
                return time.monotonic() - began - alone
    return float("inf")


def main(
    scenes: Annotated[Path, typer.Option()],
    trials: Annotated[int, typer.Option(help="Each with another pair of faces.")] = 12,
) -> None:
    photographs = load_scenes(scenes)
    heads = cut_heads(photographs)
    print(f"{trials} trials, seconds until the second face is followed\n")
    print("| detector | median | longest | within 0.5 s |")
    print("|---|---|---|---|")
    for detector in LIVE_DETECTORS:
        waited = [
            measure_appearance(
                detector,
                moving(_pair(heads, trial), photographs[0].image, SIZE, _ALONE + 1 + _TOGETHER),
                _ALONE + trial / 12 % 1,
            )
            for trial in range(trials)
        ]
        within = np.mean(np.array(waited) <= 0.5)
        print(f"| {detector} | {np.median(waited):.2f} | {max(waited):.2f} | {within:.0%} |", flush=True)


def _pair(heads: list[Head], trial: int) -> list[Head]:
    return [heads[trial % len(heads)], heads[(trial + 1) % len(heads)]]


if __name__ == "__main__":
    typer.run(main)
