"""The faces of a video, at regular times, and the video with the faces named in it."""

from collections import deque
from collections.abc import Callable, Generator, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from emotion_core.vision.faces.analyzer import FaceAnalyzer
from emotion_core.vision.faces.drawing import draw_faces
from emotion_core.vision.faces.face import Face, scaled
from emotion_core.vision.media.persons import PersonTracker
from emotion_core.vision.media.shots import Shots
from emotion_core.vision.media.video_reader import MAX_RATE, Frame, VideoError, VideoReader
from emotion_core.vision.media.video_writer import MAX_SIDE, VideoWriter

__all__ = ["VIDEO_SUFFIXES", "Sample", "VideoError", "VideoReader", "VideoWriter", "analyze_frames"]

VIDEO_SUFFIXES = {".mp4", ".m4v", ".mov", ".webm", ".avi", ".mkv"}
SAMPLES_PER_SECOND = 5.0  # expressions last half a second and longer
# Seconds of film between samples that are searched as a whole, and after each cut; the others are searched where faces
# were. A face that is both small and new is found so much later at most.
_WHOLE_SEARCH_EVERY = 1.0


@dataclass(frozen=True)
class Sample:
    """The faces at one moment.

    frame: the picture's number in the video, from 0; time: in seconds from the start; image: uint8 [height, width, 3],
    RGB; found: as the picture alone shows them, largest first; faces: the same with their person's number and smoothed
    answers (`persons`).
    """

    frame: int
    time: float
    image: np.ndarray
    found: list[Face]
    faces: list[Face]


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
    persons = PersonTracker(team[0].classifier.uncertain_below)
    if annotated:
        reader.keep_sound()
    with VideoWriter(annotated, reader.sound) if annotated else nullcontext() as writer:
        frames = reader.frames(MAX_RATE if writer else samples_per_second)
        for frame, image, found in _analyzed(frames, team, samples_per_second):
            sample = None
            if image is not None:
                faces = persons.update(found, image, frame.time)
                sample = Sample(frame.number, frame.time, image, found, faces)
                factor = min(1.0, MAX_SIDE / max(image.shape[:2]))
                small = [scaled(face, factor) for face in faces]
            if writer:
                writer.write(draw_faces(frame.image(MAX_SIDE), small), frame.time)
                writer.write_sound(reader.take_sound())
            if sample:
                yield sample
        if writer:
            writer.write_sound(reader.take_sound())


def _analyzed(
    frames: Iterable[Frame], team: Sequence[FaceAnalyzer], samples_per_second: float
) -> Generator[tuple[Frame, np.ndarray | None, list[Face]], None, None]:
    """Every frame in order; those that are due with their picture and its faces."""
    due, whole, shots, turns = 0.0, 0.0, Shots(), cycle(team)
    faces: Future[list[Face]] | None = None  # of the last sample that was searched as a whole
    waiting: deque[tuple[Frame, np.ndarray | None, Future[list[Face]] | None]] = deque()
    with ThreadPoolExecutor(len(team), "samples") if len(team) > 1 else nullcontext() as pool:
        for frame in frames:
            image, answer = None, None
            if frame.time >= due:
                due = frame.time + 1 / samples_per_second - 1e-3  # frame times are rounded
                image = frame.image()
                is_cut, submit = shots.begins(image), pool.submit if pool else _at_once
                if faces is None or is_cut or frame.time >= whole:
                    whole = frame.time + _WHOLE_SEARCH_EVERY - 1e-3
                    faces = answer = submit(next(turns).analyze, image)
                else:
                    answer = submit(_analyze_again, next(turns), image, faces)
            waiting.append((frame, image, answer))
            while waiting and (waiting[0][2] is None or sum(a is not None for _, _, a in waiting) >= len(team)):
                yield _next(waiting)
        while waiting:
            yield _next(waiting)


def _next(
    waiting: deque[tuple[Frame, np.ndarray | None, Future[list[Face]] | None]],
) -> tuple[Frame, np.ndarray | None, list[Face]]:
    frame, image, answer = waiting.popleft()
    return frame, image, answer.result() if answer else []


def _analyze_again(analyzer: FaceAnalyzer, image: np.ndarray, faces: Future[list[Face]]) -> list[Face]:
    """A sample soon after one with these faces, which was begun before and so never waits for this one."""
    return analyzer.analyze(image, [face.box for face in faces.result()])


def _at_once(work: Callable[..., list[Face]], *arguments: Any) -> Future[list[Face]]:
    """As `Executor.submit`, without a thread."""
    answer: Future[list[Face]] = Future()
    answer.set_result(work(*arguments))
    return answer
