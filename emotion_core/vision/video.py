"""Videos in and out through PyAV, upright and within limits."""

import logging
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from types import TracebackType

import av
import cv2
import numpy as np

from emotion_core.vision.analyzer import FaceAnalyzer
from emotion_core.vision.drawing import draw_faces
from emotion_core.vision.face import Face

VIDEO_SUFFIXES = {".mp4", ".m4v", ".mov", ".webm", ".avi", ".mkv"}
MAX_SECONDS = 120.0  # of a video are read; the rest is left out and the caller can see it from `duration`
MAX_SIDE = 1280  # larger frames are shrunk: detection gains nothing and encoding costs much
SAMPLES_PER_SECOND = 5.0  # expressions last half a second and longer

_log = logging.getLogger(__name__)


class VideoError(ValueError):
    """A video that cannot be read; the message is one sentence."""


@dataclass(frozen=True)
class VideoInfo:
    """fps: frames a second; duration: seconds, 0 when the file does not say; width, height: upright, in pixels."""

    fps: float
    duration: float
    width: int
    height: int


@dataclass(frozen=True)
class Sample:
    """The faces at one moment: time in seconds from the start; image uint8 [height, width, 3], RGB."""

    time: float
    image: np.ndarray
    faces: list[Face]


def read_frames(path: Path, max_seconds: float = MAX_SECONDS) -> Generator[tuple[float, np.ndarray], None, None]:
    """Times in seconds from the start, and frames as uint8 [height, width, 3] RGB, upright, sides at most 1280.

    Raises `VideoError` when there is no picture in the file; damaged parts of a video are passed over.
    """
    try:
        with av.open(str(path)) as container:
            if not container.streams.video:
                raise VideoError(f"{path.name} holds no video.")
            container.streams.video[0].thread_type = "AUTO"
            first = None
            for frame in _decode(container):
                time = frame.time or 0.0
                first = time if first is None else first
                if time - first > max_seconds:
                    return
                yield time - first, _upright(frame)
            if first is None:
                raise VideoError(f"{path.name} holds no readable frame.")
    except av.FFmpegError as error:
        raise VideoError(f"{path.name} cannot be read as a video ({error.strerror}).") from error


def _decode(container: av.container.InputContainer) -> Iterator[av.VideoFrame]:
    """Every frame that can be decoded."""
    for packet in container.demux(video=0):
        try:
            yield from packet.decode()
        except av.InvalidDataError as error:
            _log.warning("A part of the video is damaged: %s", error.strerror)


def _upright(frame: av.VideoFrame) -> np.ndarray:
    image: np.ndarray = frame.to_ndarray(format="rgb24")
    # a phone's rotation in degrees counter-clockwise, from the display matrix
    image = np.rot90(image, round(frame.rotation / 90) % 4)
    shrink = MAX_SIDE / max(image.shape[:2])
    if shrink < 1:
        image = cv2.resize(image, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA)
    return np.ascontiguousarray(image)


def probe(path: Path) -> VideoInfo:
    """What a video is, without reading it all. Raises `VideoError`."""
    frames = read_frames(path)
    _, image = next(frames)
    frames.close()
    with av.open(str(path)) as container:
        rate = container.streams.video[0].average_rate
        duration = (container.duration or 0) / av.time_base
    height, width = image.shape[:2]
    return VideoInfo(fps=float(rate) if rate else 25.0, duration=duration, width=width, height=height)


class VideoWriter:
    """Writes an .mp4 that browsers play (H.264, yuv420p).

    >>> with VideoWriter(path, fps=25) as writer:
    ...     writer.write(image)
    """

    def __init__(self, path: Path, fps: float) -> None:
        self._container = av.open(str(path), mode="w", options={"movflags": "faststart"})
        self._stream = self._container.add_stream("libx264", rate=Fraction(fps).limit_denominator(1001))
        self._stream.pix_fmt = "yuv420p"
        self._stream.options = {"preset": "veryfast", "crf": "23"}
        self._sized = False

    def write(self, image: np.ndarray) -> None:
        """Append a frame, uint8 [height, width, 3] RGB; all frames have the size of the first."""
        height, width = image.shape[:2]
        if not self._sized:
            self._stream.width, self._stream.height = width // 2 * 2, height // 2 * 2  # yuv420p needs even sides
            self._sized = True
        even = np.ascontiguousarray(image[: self._stream.height, : self._stream.width])
        for packet in self._stream.encode(av.VideoFrame.from_ndarray(even, format="rgb24")):
            self._container.mux(packet)

    def __enter__(self) -> "VideoWriter":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._sized:
            for packet in self._stream.encode(None):
                self._container.mux(packet)
        self._container.close()


def analyze_video(
    path: Path,
    analyzer: FaceAnalyzer,
    samples_per_second: float = SAMPLES_PER_SECOND,
    annotated: Path | None = None,
) -> Iterator[Sample]:
    """The faces of a video at regular times; optionally every frame is also written to `annotated`, boxes drawn.

    Between samples the last boxes stay. Sound is not kept. Raises `VideoError`.
    """
    writer = VideoWriter(annotated, probe(path).fps) if annotated else None
    faces: list[Face] = []
    due = 0.0
    try:
        for time, image in read_frames(path):
            sample = None
            if time >= due:
                faces = analyzer.analyze(image)
                sample = Sample(time, image, faces)
                due = time + 1 / samples_per_second - 1e-3  # frame times are rounded
            if writer:
                writer.write(draw_faces(image, faces))
            if sample:
                yield sample
    finally:
        if writer:
            writer.__exit__(None, None, None)
