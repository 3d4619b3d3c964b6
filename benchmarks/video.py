"""Videos with people who are known: how fast they are analyzed, and whether everybody keeps one number.

    python -m benchmarks.video --people PEOPLE [--height 1080]
    python -m benchmarks.video --people PEOPLE --long 20

PEOPLE: posed faces, `<person>/<emotion>/*`. Clips are rendered from them, one and several persons, who pose one emotion
after the other and move about, at 1280 x 720 or enlarged from that. Speed is seconds of video for each second of work;
a switch is a sample in which somebody has another number than before. With `--long`, memory after a minute of a film of
so many minutes, and at its end, the records and features that a page keeps included.
"""

import itertools
import os
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated

import av
import cv2
import numpy as np
import psutil
import typer

from emotion_core.emotions import EMOTIONS
from emotion_core.images import read_rgb
from emotion_core.registry.active import active_model
from emotion_core.vision.detection.available import PICTURE_DETECTOR
from emotion_core.vision.faces.analyzer import FaceAnalyzer, new_team
from emotion_core.vision.faces.classifier import Classifier
from emotion_core.vision.media.records import Record, sample_record
from emotion_core.vision.media.video_reader import MAX_RATE
from emotion_core.vision.media.video_sampling import SAMPLES_PER_SECOND, Sample, VideoReader, analyze_frames

WIDTH, HEIGHT, RATE = 1280, 720, 25
_POSE_SECONDS = 1.5
_BACKGROUND = (90, 100, 110)
_NOTHING = np.empty((0, 0, 3), np.uint8)


@dataclass(frozen=True)
class Actor:
    """Somebody in a clip: pictures uint8 [side, side, 3] RGB, posed one after the other, and where they are shown."""

    pictures: Sequence[np.ndarray]
    number: int
    count: int

    def centre(self, moment: float) -> tuple[float, float]:
        """x and y in pixels: each sways about a place of the own, at a pace of the own."""
        x = WIDTH * (self.number + 0.5) / self.count + 30 * np.sin(0.7 * moment + self.number)
        return float(x), float(HEIGHT / 2 + 60 * np.sin(0.4 * moment + 2 * self.number))

    def draw(self, canvas: np.ndarray, moment: float) -> None:
        picture = self.pictures[int(moment / _POSE_SECONDS) % len(self.pictures)]
        side = picture.shape[0]
        x, y = self.centre(moment)
        left, top = int(np.clip(x - side / 2, 0, WIDTH - side)), int(np.clip(y - side / 2, 0, HEIGHT - side))
        canvas[top : top + side, left : left + side] = picture


def actors(people: Path, count: int, side: int) -> list[Actor]:
    """The first so many people, in pictures of so many pixels."""
    found = []
    for number, person in enumerate(
        itertools.islice(sorted(path for path in people.iterdir() if path.is_dir()), count)
    ):
        files = [sorted((person / emotion).glob("*"))[:1] for emotion in EMOTIONS]
        pictures = [_square(read_rgb(path), side) for path in itertools.chain.from_iterable(files)]
        found.append(Actor(pictures, number, count))
    return found


def render(path: Path, cast: Sequence[Actor], seconds: float, height: int = HEIGHT) -> Path:
    size = WIDTH * height // HEIGHT, height
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=RATE, options={"preset": "ultrafast", "crf": "20"})
        (stream.width, stream.height), stream.pix_fmt = size, "yuv420p"
        for number in range(round(seconds * RATE)):
            canvas = np.full((HEIGHT, WIDTH, 3), _BACKGROUND, np.uint8)
            for actor in cast:
                actor.draw(canvas, number / RATE)
            frame = av.VideoFrame.from_ndarray(np.asarray(cv2.resize(canvas, size), np.uint8), format="rgb24")
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def who_is_who(samples: Sequence[Sample], cast: Sequence[Actor], height: int) -> tuple[float, int, int]:
    """Share of the actors' moments in which the face was found; numbers given in all; switches. height: of the clip."""
    seen, numbers, switches = 0, set[int](), 0
    last: dict[int, int] = {}
    for sample in samples:
        for face in sample.faces:
            numbers.add(face.track_id)
            centre = face.box.centre * HEIGHT / height
            near = min(cast, key=lambda actor: float(np.hypot(*(centre - actor.centre(sample.time)))))
            switches += last.get(near.number, face.track_id) != face.track_id
            last[near.number] = face.track_id
        seen += len(sample.faces)
    return seen / max(1, len(samples) * len(cast)), len(numbers), switches


def measure(
    path: Path, team: Sequence[FaceAnalyzer], rate: float, annotated: Path | None
) -> tuple[list[Sample], float]:
    """The samples without their pictures, and seconds of video for each second of work."""
    samples, began = [], time.perf_counter()
    with VideoReader(path) as reader:
        for sample in analyze_frames(reader, team, rate, annotated):
            samples.append(replace(sample, image=_NOTHING, found=[]))  # a view would hold the picture
        length = reader.length
    return samples, length / (time.perf_counter() - began)


def watch_memory(path: Path, analyzer: FaceAnalyzer) -> tuple[float, float]:
    """MiB that are resident after a minute of a film and at its end, with all that a page keeps of it."""
    process, records, features, first = psutil.Process(), list[Record](), list[np.ndarray](), 0.0
    with VideoReader(path) as reader:
        for sample in analyze_frames(reader, analyzer):
            records.append(sample_record(path.name, sample))
            features += [face.features for face in sample.faces if face.features is not None]
            if not first and sample.time >= 60:
                first = process.memory_info().rss / 2**20
    return first, process.memory_info().rss / 2**20


def _square(picture: np.ndarray, side: int) -> np.ndarray:
    """The picture's upper square, where the face is."""
    least = min(picture.shape[:2])
    left = (picture.shape[1] - least) // 2
    return cv2.resize(picture[:least, left : left + least], (side, side), interpolation=cv2.INTER_AREA)


def main(
    people: Annotated[Path, typer.Option(help="Posed faces, <person>/<emotion>/*.")],
    seconds: Annotated[float, typer.Option(help="Length of each clip.")] = 20.0,
    height: Annotated[int, typer.Option(help="Of the pictures, in pixels.")] = HEIGHT,
    long: Annotated[float, typer.Option(help="Measure memory over a film of so many minutes instead.")] = 0.0,
) -> None:
    classifier, process = Classifier(active_model()), psutil.Process()
    team = new_team(PICTURE_DETECTOR, classifier, os.cpu_count() or 1)
    with tempfile.TemporaryDirectory() as folder:
        if long:
            film = render(Path(folder) / "film.mp4", actors(people, 2, 420), 60 * long)
            first, last = watch_memory(film, team[0])
            print(f"resident after a minute {first:.0f} MiB, after {long:g} minutes {last:.0f} MiB")
            return
        for count, side in ((1, 420), (5, 246), (5, 64)):
            cast = actors(people, count, side)
            clip = render(Path(folder) / "clip.mp4", cast, seconds, height)
            for name, rate, annotated in (
                ("5 samples a second", SAMPLES_PER_SECOND, None),
                ("5 samples a second, annotated", SAMPLES_PER_SECOND, Path(folder) / "annotated.mp4"),
                ("every frame", MAX_RATE, None),
            ):
                samples, speed = measure(clip, team, rate, annotated)
                found, numbers, switches = who_is_who(samples, cast, height)
                print(
                    f"{count} persons of {side} px, {name}: {speed:.1f} x real time; faces found {found:.1%}, "
                    f"persons {numbers}, switches {switches}; resident {process.memory_info().rss / 2**20:.0f} MiB",
                    flush=True,
                )


if __name__ == "__main__":
    typer.run(main)
