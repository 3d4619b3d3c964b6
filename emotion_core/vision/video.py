"""Videos in and out through PyAV, upright and within limits."""

import logging
from collections.abc import Generator, Iterator
from contextlib import nullcontext
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from types import TracebackType

import av
import numpy as np

from emotion_core.images import MAX_PIXELS, shrink
from emotion_core.vision.analyzer import FaceAnalyzer
from emotion_core.vision.drawing import draw_faces
from emotion_core.vision.face import Face

VIDEO_SUFFIXES = {".mp4", ".m4v", ".mov", ".webm", ".avi", ".mkv"}
MAX_SECONDS = 120.0  # of a video are read; the rest is left out; `cut_note` says so
MAX_SIDE = 1280  # of an annotated video: encoding larger frames takes longer than analyzing them
SAMPLES_PER_SECOND = 5.0  # expressions last half a second and longer

_MILLISECOND = Fraction(1, 1000)
_log = logging.getLogger(__name__)


class VideoError(ValueError):
    """A video that cannot be read; the message is one sentence."""


@dataclass(frozen=True)
class Sample:
    """The faces at one moment: time in seconds from the start; image uint8 [height, width, 3], RGB."""

    time: float
    image: np.ndarray
    faces: list[Face]


def read_frames(path: Path, max_seconds: float = MAX_SECONDS) -> Generator[tuple[float, np.ndarray], None, None]:
    """Times in seconds from the start, never falling, and frames as uint8 [height, width, 3] RGB, upright.

    Raises `VideoError` when there is no picture in the file; damaged parts of a video are passed over.
    """
    try:
        with av.open(str(path), metadata_errors="ignore") as container:
            if not container.streams.video:
                raise VideoError(f"{path.name} holds no video.")
            container.streams.video[0].thread_type = "AUTO"
            first = last = None
            for frame in _decode(container):
                if frame.width * frame.height > MAX_PIXELS:
                    raise VideoError(
                        f"{path.name} has frames of {frame.width} x {frame.height} pixels, too many to read."
                    )
                time = frame.time or 0.0
                first = time if first is None else first
                last = time if last is None else max(time, last)  # some .avi files number their frames out of order
                if last - first > max_seconds:
                    return
                yield last - first, _upright(frame)
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
    return np.ascontiguousarray(np.rot90(image, round(frame.rotation / 90) % 4))


def duration(path: Path) -> float:
    """Length in seconds, 0 when the file does not say. Raises `VideoError`."""
    try:
        with av.open(str(path), metadata_errors="ignore") as container:
            return (container.duration or 0) / av.time_base
    except av.FFmpegError as error:
        raise VideoError(f"{path.name} cannot be read as a video ({error.strerror}).") from error


def cut_note(length: float, last: float) -> str:
    """A sentence where the end of a video was left out, else nothing.

    length: what `duration` says; last: the time of the last sample, which tells where the file does not say its length.
    """
    is_cut = length > MAX_SECONDS + 1 or (not length and last > MAX_SECONDS - 1)
    return f"Only the first {MAX_SECONDS:.0f} seconds were analyzed." if is_cut else ""


class VideoWriter:
    """Writes an .mp4 that browsers play (H.264, yuv420p), each frame at its own time.

    >>> with VideoWriter(path) as writer:
    ...     writer.write(image, time=0.0)
    """

    def __init__(self, path: Path) -> None:
        self._container = av.open(str(path), mode="w", options={"movflags": "faststart"})
        self._stream = self._container.add_stream("libx264", rate=30, options={"preset": "veryfast", "crf": "23"})
        self._stream.pix_fmt = "yuv420p"
        self._stream.codec_context.time_base = _MILLISECOND
        self._last = -1

    def write(self, image: np.ndarray, time: float) -> None:
        """Append a frame, uint8 [height, width, 3] RGB, shown from `time` in seconds; sizes are those of the first."""
        image = shrink(image, MAX_SIDE)
        height, width = image.shape[:2]
        if self._last < 0:
            self._stream.width, self._stream.height = max(2, width // 2 * 2), max(2, height // 2 * 2)  # for yuv420p
        frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(image), format="rgb24")
        frame = frame.reformat(width=self._stream.width, height=self._stream.height, format="yuv420p")
        self._last = max(self._last + 1, round(time / _MILLISECOND))
        frame.pts, frame.time_base = self._last, _MILLISECOND
        self._container.mux(self._stream.encode(frame))

    def __enter__(self) -> "VideoWriter":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if self._last >= 0:
                self._container.mux(self._stream.encode(None))
        finally:
            self._container.close()


def analyze_video(
    path: Path,
    analyzer: FaceAnalyzer,
    samples_per_second: float = SAMPLES_PER_SECOND,
    annotated: Path | None = None,
) -> Generator[Sample, None, None]:
    """The faces of a video at regular times; optionally every frame is also written to `annotated`, boxes drawn.

    Between samples the last boxes stay. Sound is not kept. Raises `VideoError`.
    """
    faces: list[Face] = []
    due = 0.0
    with VideoWriter(annotated) if annotated else nullcontext() as writer:
        for time, image in read_frames(path):
            sample = None
            if time >= due:
                faces = analyzer.analyze(image)
                sample = Sample(time, image, faces)
                due = time + 1 / samples_per_second - 1e-3  # frame times are rounded
            if writer:
                writer.write(draw_faces(image, faces), time)
            if sample:
                yield sample
