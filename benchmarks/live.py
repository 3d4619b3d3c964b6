"""What the live page's work on a frame costs, part by part, and whether every face keeps its track.

    python -m benchmarks.live --scenes FOLDER [--profile]

Real faces cut from the photographs of FOLDER (with `faces.json`, as `benchmarks/detection.py` has it) move in front of
other photographs. Times are ratios to one full-size Haar scan of the same frames in the same run, one thread.
`--profile` gives the first face a profile of all emotions in every second run of the same frames, and tells the ratio
of the medians.
"""

import statistics
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any

import cv2
import numpy as np
import typer
from scipy.optimize import linear_sum_assignment

from benchmarks._clips import RATE, Frame, Head, camera_frame, crossing, cut_heads, moving
from benchmarks._pasting import SAME_FACE_IOU, load_scenes
from benchmarks.latency import Tutorial
from emotion_core.registry.active import active_model
from emotion_core.vision.detection.available import LIVE_DETECTOR, LIVE_DETECTORS, new_detector
from emotion_core.vision.detection.landmarks import LandmarkDetector
from emotion_core.vision.faces.classifier import Classifier
from emotion_core.vision.faces.profile import Profile, Take
from emotion_core.vision.geometry import Box
from emotion_core.vision.live.pipeline import LiveOptions
from emotion_core.vision.live.stream import LiveStream

SIZES = ((640, 480), (1280, 720))
COUNTS = (1, 3, 5)
_REFERENCE_EVERY = 10  # frames
_WARM = 15  # frames at the beginning that are not timed


@dataclass
class Measured:
    """seconds: of each timed frame; parts: seconds of each of its parts; reference: of the full scans; tracked: for
    each frame and face, the number of its track or 0."""

    seconds: list[float] = field(default_factory=list)
    parts: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    reference: list[float] = field(default_factory=list)
    tracked: list[list[int]] = field(default_factory=list)

    @property
    def share_tracked(self) -> float:
        """Of all faces in all frames."""
        return float(np.mean([number > 0 for numbers in self.tracked for number in numbers]))

    @property
    def switches(self) -> int:
        """How often a face had another track than the one it had last."""
        count = 0
        for numbers in zip(*self.tracked, strict=True):
            seen = [number for number in numbers if number]
            count += sum(a != b for a, b in pairwise(seen))
        return count


def measure_live(frames: Iterable[Frame], detector_name: str = LIVE_DETECTOR, with_profile: bool = False) -> Measured:
    """Every frame through a stream of its own, at 30 frames a second of its clock. with_profile: for the first face."""
    cv2.setNumThreads(1)
    measured, spent, now = Measured(), defaultdict[str, float](float), [0.0]
    detector, landmark_detector, classifier = (
        new_detector(detector_name, live=True),
        LandmarkDetector(),
        Classifier(active_model()),
    )
    _time_calls(detector, "detect", "find", spent)
    _time_calls(landmark_detector, "locate", "landmarks", spent)
    _time_calls(classifier, "read", "classify", spent)
    stream, tutorial = LiveStream(detector, landmark_detector, classifier, clock=lambda: now[0]), Tutorial()
    stream.options = LiveOptions(mirror=False)
    for number, frame in enumerate(frames):
        now[0] += 1 / RATE
        sent = camera_frame(frame.image, number)
        spent.clear()
        began = time.perf_counter()
        stream.process(sent)
        seconds = time.perf_counter() - began
        boxes = {face.track_id: face.box for face in stream.state.faces}
        measured.tracked.append(_tracks_on(frame.faces, boxes))
        if with_profile and number == _WARM - 1:
            _give_profile(stream, classifier)
        if number < _WARM:
            continue
        measured.seconds.append(seconds)
        for part in ("find", "landmarks", "classify"):
            measured.parts[part].append(spent[part])
        measured.parts["crop, draw, count, convert"].append(seconds - sum(spent.values()))
        if number % _REFERENCE_EVERY == 0:
            began = time.perf_counter()
            tutorial.detect(frame.image)
            measured.reference.append(time.perf_counter() - began)
    return measured


def _give_profile(stream: LiveStream, classifier: Classifier) -> None:
    """Of the first face in sight, whatever it shows, as the neutral one, and as far from it as usual the others."""
    face = stream.state.faces[0]
    assert face.crop is not None
    probabilities, features = classifier.read(face.crop[np.newaxis])
    statistics_ = classifier.model.feature_statistics
    assert features is not None and statistics_ is not None
    shown = np.maximum(0, features[0] + statistics_.differences)
    takes = [Take(emotion, probabilities[0], row) for emotion, row in zip(classifier.labels, shown, strict=True)]
    stream.pipeline.personal.use(Profile(classifier.model, takes))
    stream.pipeline.personal.confirm(face.track_id)


def _compare_profiles(heads: list[Head], background: np.ndarray, seconds: float) -> None:
    """One face, 640 x 480, three times without and with, in turns."""
    ratios = []
    for _ in range(3):
        clips = (moving(heads[:1], background, SIZES[0], seconds) for _ in range(2))
        both = [measure_live(clip, with_profile=given) for clip, given in zip(clips, (False, True), strict=True)]
        without, given = (statistics.median(it.seconds) / statistics.median(it.reference) for it in both)
        ratios.append(given / without)
        print(f"a frame without a profile {without:.4f}, with one {given:.4f} of a full scan: {given / without:.3f}")
    print(f"median {statistics.median(ratios):.3f}")


def _tracks_on(faces: Sequence[Box], boxes: dict[int, Box]) -> list[int]:
    """For each face the track whose box lies on it, 0 where there is none; no track lies on two faces."""
    tracks = list(boxes)
    overlap = np.array([[face.iou(boxes[track]) for track in tracks] for face in faces]).reshape(len(faces), -1)
    found = [0] * len(faces)
    for face, column in zip(*linear_sum_assignment(overlap, maximize=True), strict=True):
        if overlap[face, column] >= SAME_FACE_IOU:
            found[face] = tracks[column]
    return found


def _time_calls(owner: Any, method: str, name: str, spent: dict[str, float]) -> None:
    """Add up the seconds that an object's method takes."""
    call: Callable[..., Any] = getattr(owner, method)

    def timed(*arguments: Any) -> Any:
        began = time.perf_counter()
        try:
            return call(*arguments)
        finally:
            spent[name] += time.perf_counter() - began

    setattr(owner, method, timed)


def main(
    scenes: Annotated[Path, typer.Option()],
    seconds: Annotated[float, typer.Option()] = 10.0,
    detector: Annotated[str, typer.Option(help="Only this one.")] = "",
    profile: Annotated[bool, typer.Option(help="Compare a stream without and with a profile instead.")] = False,
) -> None:
    photographs = load_scenes(scenes)
    heads = cut_heads(photographs)
    if profile:
        _compare_profiles(heads, photographs[0].image, seconds)
        return
    print(f"{len(heads)} faces cut out; ratios to a full scan: median, 95th percentile\n")
    print("| detector | frame | faces | whole frame | find | landmarks | classify | the rest | tracked | switches |")
    print("|---|---|---|---|---|---|---|---|---|---|")
    for name in [detector] if detector else LIVE_DETECTORS:
        for size in SIZES:
            for count in COUNTS:
                _print(
                    name,
                    size,
                    str(count),
                    measure_live(moving(heads[:count], photographs[0].image, size, seconds), name),
                )
            pair = (heads[0], heads[1])
            _print(name, size, "2 crossing", measure_live(crossing(pair, photographs[0].image, size, seconds), name))


def _print(detector: str, size: tuple[int, int], faces: str, measured: Measured) -> None:
    scan = statistics.median(measured.reference)

    def ratio(values: list[float]) -> str:
        middle, high = np.percentile(values, [50, 95]) / scan
        return f"{middle:.3f}, {high:.3f}"

    parts = " | ".join(ratio(values) for values in measured.parts.values())
    print(
        f"| {detector} | {size[0]} x {size[1]} | {faces} | {ratio(measured.seconds)} | {parts} |"
        f" {measured.share_tracked:.1%} | {measured.switches} |",
        flush=True,
    )


if __name__ == "__main__":
    typer.run(main)
