"""How often what is said of a still face changes, and how soon it follows a real change.

    python -m benchmarks.stability --scenes FOLDER

Real faces cut from the photographs of FOLDER stand still under camera noise and JPEG artefacts; then the next one that
the network answers differently takes over at the same place. Each half-life sees the same frames. "happy" and
"uncertain: happy" are two answers.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, pairwise
from pathlib import Path
from typing import Annotated

import cv2
import numpy as np
import typer

from benchmarks._clips import RATE, Head, camera_frame, cut_heads, moving
from benchmarks._pasting import load_scenes
from emotion_core.registry.active import active_model
from emotion_core.vision.detection.available import LIVE_DETECTOR, new_detector
from emotion_core.vision.detection.landmarks import LandmarkDetector
from emotion_core.vision.faces.classifier import Classifier
from emotion_core.vision.faces.smoothing import HALF_LIFE
from emotion_core.vision.live.pipeline import LiveOptions
from emotion_core.vision.live.stream import LiveStream

HALF_LIVES = (0.0, 0.1, 0.15, 0.2, 0.25, 0.4)  # seconds
_NOISE = 6.0  # standard deviation of gray values, of a webcam indoors
_JPEG = 60
_SETTLED = 2.0  # seconds before changes count


@dataclass(frozen=True)
class Stability:
    """changes: of the answer to still faces, in `minutes`; delays: seconds from each real change of emotion to its
    lasting answer."""

    changes: int
    minutes: float
    delays: list[float]


def spoilt(image: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """With noise and JPEG artefacts of its own, as every frame of a camera has them."""
    noisy = (image + random.normal(0, _NOISE, image.shape)).clip(0, 255).astype(np.uint8)
    _, data = cv2.imencode(".jpg", noisy, [cv2.IMWRITE_JPEG_QUALITY, _JPEG])
    decoded = cv2.imdecode(data, cv2.IMREAD_COLOR)
    assert decoded is not None
    return decoded


def still(head: Head, background: np.ndarray, frames: int, random: np.random.Generator) -> Iterator[np.ndarray]:
    """A head in the middle of the picture."""
    (first,) = moving([head], background, (640, 480), 1 / RATE)
    for _ in range(frames):
        yield spoilt(first.image, random)


def answers(frames: Iterator[np.ndarray], classifier: Classifier, half_life: float) -> list[tuple[str, bool]]:
    """What a stream shows for its first face, frame by frame: the emotion, and whether it is uncertain; "" without a
    face."""
    now = [0.0]
    stream = LiveStream(new_detector(LIVE_DETECTOR, live=True), LandmarkDetector(), classifier, clock=lambda: now[0])
    stream.options = LiveOptions(mirror=False, half_life=half_life)
    shown = []
    for number, image in enumerate(frames):
        now[0] += 1 / RATE
        stream.process(camera_frame(image, number))
        faces = stream.state.faces
        shown.append((faces[0].emotion, faces[0].is_uncertain) if faces else ("", False))
    return shown


def successors(heads: list[Head], background: np.ndarray, classifier: Classifier) -> list[Head]:
    """For each head the next one of another emotion, or the next one where there is none."""
    random = np.random.default_rng(0)
    emotions = [answers(still(head, background, RATE, random), classifier, HALF_LIFE)[-1][0] for head in heads]
    found = []
    for number, emotion in enumerate(emotions):
        others = [place % len(heads) for place in range(number + 1, number + len(heads))]
        found.append(heads[next((place for place in others if emotions[place] != emotion), others[0])])
    return found


def measure_stability(
    heads: list[Head],
    others: list[Head],
    background: np.ndarray,
    classifier: Classifier,
    half_life: float,
    seconds: float,
) -> Stability:
    """Each head still for `seconds`, then the one of the same place in `others` for two more."""
    changes, delays = 0, list[float]()
    for number, (head, other) in enumerate(zip(heads, others, strict=True)):
        random = np.random.default_rng(number)
        first = round(seconds * RATE)
        clip = chain(still(head, background, first, random), still(other, background, 2 * RATE, random))
        shown = answers(clip, classifier, half_life)
        steady = [answer for answer in shown[round(_SETTLED * RATE) : first] if answer[0]]
        changes += sum(a != b for a, b in pairwise(steady))
        emotions = [emotion for emotion, _ in shown]
        if steady and emotions[-1] != steady[-1][0]:
            last_other = max(n for n, emotion in enumerate(emotions) if emotion != emotions[-1])
            delays.append((last_other + 2 - first) / RATE)
    return Stability(changes, len(heads) * (seconds - _SETTLED) / 60, delays)


def main(
    scenes: Annotated[Path, typer.Option()],
    heads: Annotated[int, typer.Option()] = 12,
    seconds: Annotated[float, typer.Option()] = 20.0,
) -> None:
    photographs, classifier = load_scenes(scenes), Classifier(active_model())
    cut, background = cut_heads(photographs)[:heads], photographs[0].image
    others = successors(cut, background, classifier)
    print(f"{len(cut)} faces, each still for {seconds:.0f} s\n")
    print("| half-life in seconds | minutes | changes | a minute | real changes | median delay in seconds | longest |")
    print("|---|---|---|---|---|---|---|")
    for half_life in HALF_LIVES:
        result = measure_stability(cut, others, background, classifier, half_life, seconds)
        delays = f"{np.median(result.delays):.2f} | {max(result.delays):.2f}" if result.delays else "none | none"
        print(
            f"| {half_life} | {result.minutes:.1f} | {result.changes} | {result.changes / result.minutes:.1f} |"
            f" {len(result.delays)} | {delays} |",
            flush=True,
        )


if __name__ == "__main__":
    typer.run(main)
