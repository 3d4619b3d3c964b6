"""Small videos made for the tests, and what is read of a video."""

import io
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

import cv2
import numpy as np

from emotion_core.limits import OWNER, Limits
from emotion_core.vision.faces.analyzer import FaceAnalyzer
from emotion_core.vision.media.video_sampling import SAMPLES_PER_SECOND, Sample, VideoReader, analyze_frames
from emotion_core.vision.media.video_writer import VideoWriter


def example_clip(path: Path, example: np.ndarray, seconds: float = 1.0, fps: float = 10) -> Path:
    """The example picture moving a little."""
    with VideoWriter(path) as writer:
        for number in range(int(seconds * fps)):
            move = np.array([[1, 0, 2.0 * number], [0, 1, 0]])
            writer.write(cv2.warpAffine(example, move, (512, 512), borderMode=cv2.BORDER_REPLICATE), number / fps)
    return path


def read_frames(source: Path | bytes, limits: Limits = OWNER) -> tuple[list[tuple[float, np.ndarray]], str]:
    """Times and pictures, and the note at the end."""
    with VideoReader(io.BytesIO(source) if isinstance(source, bytes) else source, limits=limits) as reader:
        return [(frame.time, frame.image()) for frame in reader.frames()], reader.note


def read_samples(
    source: Path | BinaryIO,
    analyzer: FaceAnalyzer | Sequence[FaceAnalyzer],
    samples_per_second: float = SAMPLES_PER_SECOND,
    annotated: Path | BinaryIO | None = None,
) -> list[Sample]:
    """All that `analyze_frames` finds in a video."""
    with VideoReader(source) as reader:
        return list(analyze_frames(reader, analyzer, samples_per_second, annotated))
