"""The faces of a video, at regular times, and the video with the faces named in it."""

from collections.abc import Generator
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np

from emotion_core.vision.faces.analyzer import FaceAnalyzer
from emotion_core.vision.faces.drawing import draw_faces
from emotion_core.vision.faces.face import Face, scaled
from emotion_core.vision.media.persons import PersonTracker
from emotion_core.vision.media.video_reader import MAX_RATE, VideoError, VideoReader
from emotion_core.vision.media.video_writer import MAX_SIDE, VideoWriter

__all__ = ["VIDEO_SUFFIXES", "Sample", "VideoError", "VideoReader", "VideoWriter", "analyze_frames"]

VIDEO_SUFFIXES = {".mp4", ".m4v", ".mov", ".webm", ".avi", ".mkv"}
SAMPLES_PER_SECOND = 5.0  # expressions last half a second and longer


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
    analyzer: FaceAnalyzer,
    samples_per_second: float = SAMPLES_PER_SECOND,
    annotated: Path | BinaryIO | None = None,
) -> Generator[Sample, None, None]:
    """The faces of a video at regular times; optionally every frame is also written to `annotated`, boxes drawn.

    Between samples the last boxes stay. Sound is not kept. `reader.note` says where the end was left out. Raises
    `VideoError`.
    """
    faces: list[Face] = []
    persons = PersonTracker(analyzer.classifier.uncertain_below)
    due = 0.0
    with VideoWriter(annotated) if annotated else nullcontext() as writer:
        for frame in reader.frames(MAX_RATE if writer else samples_per_second):
            sample = None
            if frame.time >= due:
                image = frame.image()
                found = analyzer.analyze(image)
                faces = persons.update(found, image, frame.time)
                sample = Sample(frame.number, frame.time, image, found, faces)
                due = frame.time + 1 / samples_per_second - 1e-3  # frame times are rounded
                factor = min(1.0, MAX_SIDE / max(image.shape[:2]))
                small = [scaled(face, factor) for face in faces]
            if writer:
                writer.write(draw_faces(frame.image(MAX_SIDE), small), frame.time)
            if sample:
                yield sample
