"""The faces of a video, at regular times, and the video with the faces named in it."""

from collections import deque
from collections.abc import Generator, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np

from emotion_core.vision.faces.analyzer import FaceAnalyzer
from emotion_core.vision.faces.drawing import draw_faces
from emotion_core.vision.faces.face import Face, scaled
from emotion_core.vision.media.persons import PersonTracker
from emotion_core.vision.media.sample_search import SampleSearch
from emotion_core.vision.media.video_reader import MAX_RATE, Frame, VideoError, VideoReader
from emotion_core.vision.media.video_writer import MAX_SIDE, VideoWriter

__all__ = ["VIDEO_SUFFIXES", "Sample", "VideoError", "VideoReader", "VideoWriter", "analyze_frames"]

VIDEO_SUFFIXES = {".mp4", ".m4v", ".mov", ".webm", ".avi", ".mkv"}
SAMPLES_PER_SECOND = 5.0  # expressions last half a second and longer
_QUEUED = 2  # samples that are decoded before a thread is free for them, so that none stands idle


@dataclass(frozen=True)
class Sample:
    """The faces at one moment.

    frame: the picture's number in the video, from 0; time: in seconds from the start; image: uint8 [height, width, 3],
    RGB; found: as the picture alone shows them, largest first; faces: the same with their person's number and smoothed
    answers (`persons`); is_cut: whether the film was cut just before.
    """

    frame: int
    time: float
    image: np.ndarray
    found: list[Face]
    faces: list[Face]
    is_cut: bool = False


def analyze_frames(
    reader: VideoReader,
    analyzer: FaceAnalyzer | Sequence[FaceAnalyzer],
    samples_per_second: float = SAMPLES_PER_SECOND,
    annotated: Path | BinaryIO | None = None,
) -> Generator[Sample, None, None]:
    """The faces of a video at regular times; optionally every frame is also written to `annotated`, boxes drawn.

    analyzer: one, or several of one detector and model, which look at so many samples at a time. Between samples the
    last boxes stay; the sound comes along. `reader.note` says where the end was left out. Raises `VideoError`.
    """
    team = analyzer if isinstance(analyzer, Sequence) else [analyzer]
    small: list[Face] = []
    persons = PersonTracker(team[0].classifier.uncertain_below, samples_per_second)
    if annotated:
        reader.keep_sound()
    with VideoWriter(annotated, reader.sound) if annotated else nullcontext() as writer:
        frames = reader.frames(MAX_RATE if writer else samples_per_second)
        for step in _searched(frames, team, samples_per_second):
            frame, sample = step.frame, None
            if step.image is not None and step.faces is not None:
                found = step.faces.result()
                faces = persons.update(found, frame.time, step.is_cut)
                sample = Sample(frame.number, frame.time, step.image, found, faces, step.is_cut)
                factor = min(1.0, MAX_SIDE / max(step.image.shape[:2]))
                small = [scaled(face, factor) for face in faces]
            if writer:
                writer.write(draw_faces(frame.image(MAX_SIDE), small), frame.time)
                writer.write_sound(reader.take_sound())
            if sample:
                yield sample
        if writer:
            writer.write_sound(reader.take_sound())


@dataclass(frozen=True)
class _Step:
    """A frame of a video; where it is a sample also its picture, its faces as soon as they are found, and whether the
    film was cut just before."""

    frame: Frame
    image: np.ndarray | None = None
    faces: Future[list[Face]] | None = None
    is_cut: bool = False


def _searched(
    frames: Iterable[Frame], team: Sequence[FaceAnalyzer], samples_per_second: float
) -> Generator[_Step, None, None]:
    """Every frame in order, so late that all analyzers have work."""
    due, waiting = 0.0, deque[_Step]()
    with ThreadPoolExecutor(len(team), "samples") if len(team) > 1 else nullcontext() as pool:
        search, most = SampleSearch(team, pool), len(team) + _QUEUED if pool else 1
        for frame in frames:
            if frame.time >= due:
                due = frame.time + 1 / samples_per_second - 1e-3  # frame times are rounded
                image = frame.image()
                waiting.append(_Step(frame, image, *search.begin(image, frame.time)))
            else:
                waiting.append(_Step(frame))
            while waiting and (waiting[0].faces is None or sum(step.faces is not None for step in waiting) >= most):
                yield waiting.popleft()
        yield from waiting
