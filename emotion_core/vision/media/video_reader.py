"""Frames of a video through PyAV, upright and within limits: the file comes from a stranger."""

import logging
import time
from collections.abc import Iterator
from dataclasses import dataclass
from math import inf, sqrt
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

import av
import numpy as np
from av.stream import Discard
from av.video.reformatter import Interpolation, VideoReformatter

from emotion_core.limits import OWNER, Limits
from emotion_core.vision.media import sound
from emotion_core.vision.media.mp4_tables import count_entries

MAX_RATE = 60.0  # frames a second; more are not seen
_THREADS = 2
_MAX_PIXEL_RATIO = 4.0
_MAX_BITS = 32  # a pixel: 4:2:2 in ten bits; a decoder holds up to seventeen frames
_CODECS = {  # what cameras, phones, browsers and editors write, of the hundreds that FFmpeg reads
    *("h264", "hevc", "vp8", "vp9", "libdav1d", "av1", "theora", "mpeg4", "msmpeg4", "msmpeg4v2", "mpeg1video"),
    *("mpeg2video", "h263", "mjpeg", "prores", "dvvideo", "rawvideo"),
}
_log = logging.getLogger(__name__)


class VideoError(ValueError):
    """A video that cannot be read; the message is one sentence."""


@dataclass(frozen=True)
class Frame:
    """A decoded frame. number: in the file, from 0; time: in seconds from the start; pixel_ratio: width of a pixel by
    its height; max_pixels: of the image."""

    number: int
    time: float
    picture: av.VideoFrame
    reformatter: VideoReformatter
    pixel_ratio: float = 1.0
    max_pixels: float = inf

    def image(self, max_side: int | None = None) -> np.ndarray:
        """uint8 [height, width, 3] RGB, upright, of square pixels, its longer side at most `max_side` pixels."""
        width, height = self.picture.width * self.pixel_ratio, self.picture.height
        factor = min(1.0, (max_side or inf) / max(width, height), sqrt(self.max_pixels / (width * height)))
        size = max(1, round(width * factor)), max(1, round(height * factor))
        interpolation = None if factor == 1 else Interpolation.AREA
        rgb = self.reformatter.reformat(self.picture, *size, "rgb24", interpolation=interpolation).to_ndarray()
        # a phone's rotation in degrees counter-clockwise, from the display matrix
        return np.ascontiguousarray(np.rot90(rgb, round(self.picture.rotation / 90) % 4))


class VideoReader:
    """A video file, by its path or from memory. Raises `VideoError`, which says `name`.

    length: in seconds, 0 where the file does not say; note: after `frames`, a sentence where not all were given; sound:
    None where the file has none that can be brought along.

        with VideoReader(Path("holiday.mp4")) as reader:
            for frame in reader.frames():
                show(frame.image(), frame.time)
    """

    def __init__(self, source: Path | BinaryIO, name: str | None = None, limits: Limits = OWNER) -> None:
        self.name = name or (source.name if isinstance(source, Path) else "The video")
        self.limits = limits
        self.note = ""
        self._seen = 0.0
        self._at = 0.0  # time of the last frame in the file, in seconds
        self._first: float | None = None  # of the first
        self._heard: list[av.Packet] | None = None  # sound that nobody has taken yet
        self._file = self._open_file(source)
        try:
            self._container = self._open_container()
            self._stream = self._choose_stream()
            self.sound = next(filter(sound.is_kept, self._container.streams.audio), None)
        except BaseException:
            self._file.close()
            raise
        self.length = max(0, self._container.duration or 0) / av.time_base

    def frames(self, rate: float = MAX_RATE) -> Iterator[Frame]:
        """Frames in order, at most `rate` a second, until the file or one of the limits ends.

        Times never fall. Damaged parts are passed over. Raises `VideoError` where no frame can be read.
        """
        deadline, reformatter, due = time.monotonic() + self.limits.video_work_seconds, VideoReformatter(), 0.0
        for count, picture in enumerate(self._pictures(deadline), start=1):
            self._at = self._time(picture)
            self._first = self._at if self._first is None else self._first
            seen = max(self._seen, self._at - self._first)
            if seen > self.limits.video_seconds:
                self.note = f"Only the first {self.limits.video_seconds:g} seconds were analyzed."
                return
            if count > self.limits.video_frames:
                self.note = f"{self._first_part()}: of one video, {self.limits.video_frames:,} frames are read."
                return
            self._seen = seen
            if seen >= due:
                due = seen + 1 / rate - 1e-3  # frame times are rounded
                yield Frame(count - 1, seen, picture, reformatter, self._pixel_ratio, self.limits.video_pixels)
        if self._first is None:
            raise VideoError(f"{self.name} holds no readable frame.")

    def keep_sound(self) -> None:
        """Before `frames`: what is heard meanwhile is wanted too, and must be taken now and then."""
        if self.sound:
            self.sound.discard = Discard.default
            self._heard = []

    def take_sound(self) -> list[av.Packet]:
        """Packets of the sound since the last call, their times from the first frame on."""
        heard, first = self._heard or [], self._first
        if first is None or not heard:
            return []
        self._heard = []
        for packet in heard:
            assert packet.pts is not None
            packet.pts -= round(first / packet.time_base)
            packet.dts = packet.pts
        return [packet for packet in heard if packet.pts is not None and packet.pts >= 0]

    def close(self) -> None:
        """Let go of the file."""
        self._container.close()
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _open_file(self, source: Path | BinaryIO) -> BinaryIO:
        try:
            return source.open("rb") if isinstance(source, Path) else source
        except OSError as error:
            raise VideoError(f"{self.name} cannot be opened ({error.strerror}).") from error

    def _open_container(self) -> av.container.InputContainer:
        start = self._file.read(4)
        self._file.seek(0)
        # Named, not guessed: among the formats that FFmpeg tries are playlists, which open files and addresses.
        form = "avi" if start == b"RIFF" else "matroska" if start == b"\x1aE\xdf\xa3" else "mov"
        try:
            if form == "mov" and count_entries(self._file) > self.limits.video_entries:
                raise VideoError(f"{self.name} says that it has more frames than are read of any video.")
            return av.open(
                self._file,
                "r",
                format=form,
                metadata_errors="ignore",
                container_options={
                    "format_whitelist": form,  # for what is found inside, too
                    "protocol_whitelist": "none",  # no name that a file holds is ever opened
                    "advanced_editlist": "0",  # it tells where a track begins, but cannot repeat frames as it likes
                },
                options=self._decoder_options,
            )
        except VideoError:
            raise
        except (av.FFmpegError, OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or error
            raise VideoError(f"{self.name} cannot be read as a video ({reason}).") from error

    @property
    def _decoder_options(self) -> dict[str, str]:
        return {"max_pixels": str(self.limits.video_pixels)}  # asked for again wherever a stream changes its size

    def _choose_stream(self) -> av.video.VideoStream:
        if not self._container.streams.video:
            raise VideoError(f"{self.name} holds no video.")
        stream = self._container.streams.video[0]
        decoder = stream.codec_context
        if decoder is None or decoder.name not in _CODECS:
            raise VideoError(f"{self.name} holds a kind of video that is not read; an .mp4 with H.264 is.")
        self._check_frames(decoder)
        for other in self._container.streams:
            other.discard = Discard.default if other is stream else Discard.all
        decoder.options = self._decoder_options
        decoder.thread_type, decoder.thread_count = "SLICE", _THREADS  # threads for frames hold one frame more each
        return stream

    def _check_frames(self, decoder: av.VideoCodecContext) -> None:
        most = f"{self.limits.video_pixels / 10**6:g} million pixels"
        if not decoder.width:  # FFmpeg has seen that there are too many, or found none
            raise VideoError(f"{self.name} has frames that are damaged, or larger than the limit of {most}.")
        if decoder.width * decoder.height > self.limits.video_pixels:
            size = f"{decoder.width} x {decoder.height} pixels"
            raise VideoError(f"{self.name} has frames of {size}; the limit is {most}: save it smaller.")
        if decoder.format and decoder.format.padded_bits_per_pixel > _MAX_BITS:
            raise VideoError(f"{self.name} has too many bits a pixel ({decoder.format.name}): save it in 4:2:0.")

    def _pictures(self, deadline: float) -> Iterator[av.VideoFrame]:
        """Every frame that can be decoded until the deadline."""
        try:
            wanted = [self._stream] if self._heard is None else [self._stream, self.sound]
            for packet in self._container.demux(wanted):
                if time.monotonic() > deadline:
                    self.note = f"{self._first_part()}: more took longer than one video may take."
                    return
                if packet.stream is self._stream:
                    yield from self._decoded(packet)
                elif packet.pts is not None and self._heard is not None:
                    self._heard.append(packet)
        except (av.FFmpegError, OSError) as error:
            _log.warning("%s cannot be read further: %s", self.name, error)
            self.note = f"{self._first_part()}: the rest is damaged."

    @property
    def _pixel_ratio(self) -> float:
        """1 where the file does not say, or says what no camera makes."""
        ratio = float(self._stream.sample_aspect_ratio or 1)
        return ratio if 1 / _MAX_PIXEL_RATIO <= ratio <= _MAX_PIXEL_RATIO else 1.0

    def _time(self, picture: av.VideoFrame) -> float:
        """Of a frame in the file, in seconds."""
        if self._container.format.name != "avi" or picture.time_base is None:
            return picture.time or 0.0
        # This form has the times of decoding only, which FFmpeg shows as those of the pictures, out of order.
        if picture.dts is not None:
            return float(picture.dts * picture.time_base)
        return self._at + float(picture.duration * picture.time_base)  # the decoder gives what it still held

    def _decoded(self, packet: av.Packet) -> list[av.VideoFrame]:
        try:
            return packet.decode()
        except (av.InvalidDataError, av.ArgumentError):
            self.note = "Parts of the video are damaged and were left out."
            return []

    def _first_part(self) -> str:
        return f"Only the first {self._seen:.1f} seconds were analyzed"
