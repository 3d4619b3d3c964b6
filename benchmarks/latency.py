"""What a live frame costs, part by part, as ratios to one full-size Haar scan of the same frame in the same run.

    python -m benchmarks.latency

The scan is `haarcascade_frontalface_default`, scale 1.1, 5 neighbours, 640 x 480, one thread: what tutorials do on
every frame. The frame is the example picture's; medians of repetitions taken in turn, so that noise hits all alike.
"""

import statistics
import time
from collections.abc import Callable
from functools import partial
from itertools import count as count_up
from pathlib import Path
from typing import Annotated

import cv2
import numpy as np
import psutil
import typer

from benchmarks._clips import RATE, camera_frame
from emotion_core.images import read_rgb, to_gray
from emotion_core.registry.active import active_model
from emotion_core.registry.model_folder import ModelFolder, open_model
from emotion_core.vision.detection.available import DETECTORS, LIVE_DETECTOR, new_detector
from emotion_core.vision.detection.haar import load_cascade
from emotion_core.vision.detection.landmarks import LandmarkDetector, search_region
from emotion_core.vision.faces.alignment import crop_faces
from emotion_core.vision.faces.analyzer import confirmed
from emotion_core.vision.faces.classifier import Classifier
from emotion_core.vision.faces.drawing import draw_faces
from emotion_core.vision.faces.face import new_face
from emotion_core.vision.faces.occlusion import OcclusionMap
from emotion_core.vision.geometry import Box
from emotion_core.vision.live.stream import LiveStream
from emotion_core.vision.media.example import read_example

REFERENCE = "full scan (reference)"


class Tutorial:
    """The scan that everything is compared with."""

    def __init__(self) -> None:
        self._cascade = load_cascade("haarcascade_frontalface_default.xml")

    def detect(self, image: np.ndarray, known: object = None) -> list[Box]:
        return [Box(*map(int, found)) for found in self._cascade.detectMultiScale(to_gray(image), 1.1, 5)]


def measure_latency(model: ModelFolder, count: int) -> dict[str, float]:
    """Median seconds of each part, `REFERENCE` the first."""
    cv2.setNumThreads(1)
    frame: np.ndarray = np.ascontiguousarray(cv2.resize(read_rgb(read_example())[0:384], (640, 480)))
    gray, tutorial = to_gray(frame), Tutorial()
    detectors = {name: new_detector(name, live=True) for name in DETECTORS}
    landmark_detector, classifier, explanation = LandmarkDetector(), Classifier(model), OcclusionMap()
    places = confirmed(frame, detectors["cascade"].detect(frame), landmark_detector)[:1]
    if not places:
        raise SystemExit("No face was found in the example frame, so there is nothing to time.")
    crops = crop_faces(gray, places)
    faces = [new_face(places[0], crops[0], classifier.labels, classifier.predict(crops)[0], is_uncertain=False)]
    clock = count_up(0.0, 1 / RATE)
    stream = LiveStream(
        new_detector(LIVE_DETECTOR, live=True), landmark_detector, classifier, clock=lambda: next(clock)
    )
    sent = camera_frame(frame, 0)
    parts: dict[str, Callable[[], object]] = {
        REFERENCE: lambda: tutorial.detect(gray),
        **{f"find by {name}, now and then": partial(detector.detect, frame) for name, detector in detectors.items()},
        "follow one face by the landmark_detector": lambda: landmark_detector.locate(frame, search_region(places[0])),
        "crop one face": lambda: crop_faces(gray, places),
        "classify one face": lambda: classifier.predict(crops),
        "explain one face": lambda: explanation.update(crops[0], faces[0].emotion, classifier),
        "draw one face": lambda: draw_faces(frame, faces),
        "whole frame": lambda: stream.process(sent),
    }
    seconds: dict[str, list[float]] = {name: [] for name in parts}
    for _ in range(count):
        for name, part in parts.items():
            began = time.perf_counter()
            part()
            seconds[name].append(time.perf_counter() - began)
    return {name: statistics.median(values) for name, values in seconds.items()}


def main(
    model: Annotated[Path | None, typer.Option()] = None,
    count: Annotated[int, typer.Option()] = 50,
) -> None:
    folder = open_model(model) if model else active_model()
    seconds = measure_latency(folder, count)
    print(f"{folder.name}, {count} repetitions, one thread\n")
    print("| part | ratio to the full scan | ms here |")
    print("|---|---|---|")
    for name, value in seconds.items():
        print(f"| {name} | {value / seconds[REFERENCE]:.3f} | {value * 1000:.2f} |")
    print(f"\nresident memory: {psutil.Process().memory_info().rss / 2**20:.0f} MiB")


if __name__ == "__main__":
    typer.run(main)
