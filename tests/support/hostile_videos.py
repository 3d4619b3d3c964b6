"""Videos that cost more than they are worth, written with PyAV."""

import io
import struct
from collections.abc import Iterable, Sequence
from fractions import Fraction
from functools import cache

import av
import numpy as np


def picture(width: int, height: int, number: int = 0) -> av.VideoFrame:
    """A frame that differs from its neighbours."""
    ramp = (np.add.outer(np.arange(height), np.arange(width)) + 9 * number) % 256
    return av.VideoFrame.from_ndarray(np.dstack([ramp] * 3).astype(np.uint8), format="rgb24")


@cache
def plain(
    form: str = "mp4", codec: str = "libx264", count: int = 20, width: int = 160, height: int = 120, flags: str = ""
) -> bytes:
    """An honest video of ten frames a second. flags: for the muxer of .mp4."""
    buffer = io.BytesIO()
    with av.open(buffer, "w", format=form, options={"movflags": flags} if flags else {}) as container:
        stream = container.add_stream(codec, rate=10)
        stream.width, stream.height, stream.pix_fmt = width, height, _pixel_format(codec)
        for number in range(count):
            container.mux(stream.encode(picture(width, height, number)))
        container.mux(stream.encode(None))
    return buffer.getvalue()


def repeated(
    form: str, codec: str, times: Iterable[int], rate: int, width: int = 64, height: int = 48, plain_frame: bool = False
) -> bytes:
    """One encoded key frame at every time, in units of 1 / rate seconds: cheap to write, dear to read."""
    packet = _key_frame(codec, width, height, plain_frame)
    buffer = io.BytesIO()
    with av.open(buffer, "w", format=form) as container:
        stream = container.add_stream(codec, rate=rate)
        stream.width, stream.height, stream.pix_fmt = width, height, _pixel_format(codec)
        stream.time_base = Fraction(1, rate)
        container.start_encoding()
        for time in times:
            copy = av.Packet(packet)
            copy.stream, copy.pts, copy.dts, copy.time_base = stream, time, time, Fraction(1, rate)
            copy.is_keyframe = True
            container.mux(copy)
    return buffer.getvalue()


def sizes_change(form: str, codec: str, sizes: Sequence[tuple[int, int]], each: int = 5) -> bytes:
    """Key frames of several sizes in one stream that announces the first."""
    buffer = io.BytesIO()
    with av.open(buffer, "w", format=form) as container:
        stream = container.add_stream(codec, rate=10)
        stream.width, stream.height, stream.pix_fmt = *sizes[0], _pixel_format(codec)
        stream.time_base = Fraction(1, 10)
        container.start_encoding()
        for number, size in enumerate(size for size in sizes for _ in range(each)):
            copy = av.Packet(_key_frame(codec, *size, True))
            copy.stream, copy.pts, copy.dts, copy.time_base = stream, number, number, Fraction(1, 10)
            copy.is_keyframe = True
            container.mux(copy)
    return buffer.getvalue()


@cache
def _key_frame(codec: str, width: int, height: int, plain_frame: bool) -> bytes:
    encoder = av.CodecContext.create(codec, "w")
    encoder.width, encoder.height, encoder.pix_fmt = width, height, _pixel_format(codec)
    encoder.time_base = Fraction(1, 10)
    frame = av.VideoFrame(width, height, _pixel_format(codec)) if plain_frame else picture(width, height)
    if plain_frame:
        for plane in frame.planes:
            plane.update(bytes(plane.buffer_size))
    frame.pts = 0
    packets = [*encoder.encode(frame), *encoder.encode(None)]
    return bytes(packets[0])


def _pixel_format(codec: str) -> str:
    return {"mjpeg": "yuvj420p", "png": "rgb24", "rawvideo": "rgb24"}.get(codec, "yuv420p")


def only_sound() -> bytes:
    buffer = io.BytesIO()
    with av.open(buffer, "w", format="mp4") as container:
        stream = container.add_stream("aac", rate=44_100)
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.float32), format="fltp", layout="mono")
        frame.sample_rate = 44_100
        for _ in range(20):
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return buffer.getvalue()


def with_subtitles(attachment: bytes) -> bytes:
    """An .avi whose second stream holds a text that says it is a subtitle file (GAB2) and is something else.

    The way of CVE-2017-9993: a demuxer that guesses what the text is may follow what it names.
    """
    text = b"GAB2\0" + struct.pack("<HI", 2, 4) + b"x\0\0\0" + struct.pack("<HI", 4, len(attachment)) + attachment
    header = struct.pack("<4s4sIHHIIIIIIII8x", b"txts", b"DXSA", 0, 0, 0, 0, 1, 1, 0, 1, 0, 0, 0)
    stream = _riff(b"LIST", b"strl" + _riff(b"strh", header) + _riff(b"strf", b""))
    whole = plain("avi", "mpeg4")
    start = whole.index(b"hdrl") - 8
    length = struct.unpack_from("<I", whole, start + 4)[0]
    end = start + 8 + length
    headers = bytearray(whole[start:end] + stream)
    struct.pack_into("<I", headers, 4, length + len(stream))
    count = headers.index(b"avih") + 8 + 24  # dwStreams
    struct.pack_into("<I", headers, count, 2)
    movie = whole.index(b"movi") - 8
    length = struct.unpack_from("<I", whole, movie + 4)[0]
    packet = _riff(b"01tx", text)
    frames = (
        b"LIST" + struct.pack("<I", length + len(packet)) + b"movi" + packet + whole[movie + 12 : movie + 8 + length]
    )
    return _riff(b"RIFF", whole[8:start] + bytes(headers) + frames)


def _riff(name: bytes, content: bytes) -> bytes:
    return name + struct.pack("<I", len(content)) + content + bytes(len(content) % 2)


def broken_middle(movie: bytes) -> bytes:
    """The third quarter written over."""
    third = len(movie) // 4
    noise = np.random.default_rng(0).integers(0, 256, third, np.uint8).tobytes()
    return movie[: 2 * third] + noise + movie[3 * third :]


def many_streams(count: int = 900) -> bytes:
    """An .mkv with hundreds of streams of one frame each."""
    buffer = io.BytesIO()
    with av.open(buffer, "w", format="matroska") as container:
        streams = [container.add_stream("mpeg4", rate=10) for _ in range(count)]
        for stream in streams:
            stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        container.start_encoding()
        for stream in streams:
            copy = av.Packet(_key_frame("mpeg4", 64, 48, True))
            copy.stream, copy.pts, copy.dts, copy.time_base = stream, 0, 0, Fraction(1, 10)
            container.mux(copy)
    return buffer.getvalue()
