"""MP4 files whose boxes lie, bent byte by byte (ISO/IEC 14496-12).

A box is its size (32 bits), four letters and its content.
"""

import io
import struct
from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import cache

import av
import numpy as np

from tests.support.hostile_videos import plain, repeated

_PARENTS = (b"moov", b"trak", b"mdia", b"minf", b"stbl", b"dinf", b"edts", b"moof", b"traf")


def with_boxes(movie: bytes, contents: dict[bytes, bytes]) -> bytes:
    """An .mp4 with the content of these boxes replaced; the boxes around them get their new sizes."""
    return _changed(movie, lambda name, content: contents.get(name, content))


def _changed(boxes: bytes, change: Callable[[bytes, bytes], bytes]) -> bytes:
    parts, start = [], 0
    while start + 8 <= len(boxes):
        size, name = struct.unpack_from(">I4s", boxes, start)
        content = boxes[start + 8 : start + size]
        content = _changed(content, change) if name in _PARENTS else change(name, content)
        parts.append(struct.pack(">I", len(content) + 8) + name + content)
        start += size
    return b"".join(parts)


def no_frames() -> bytes:
    """An MP4 that announces a picture and holds none."""
    return with_boxes(plain(), {b"stts": bytes(8), b"stsc": bytes(8), b"stco": bytes(8), b"stsz": bytes(12)})


def table_bomb(count: int = 60_000_000) -> bytes:
    """An MP4 of a kilobyte that says it has 60 million frames of a byte each, for which a reader may make a table."""
    return with_boxes(
        plain(count=2),
        {
            b"stts": struct.pack(">IIII", 0, 1, count, 1),
            b"stsz": struct.pack(">III", 0, 1, count),
            b"stsc": struct.pack(">IIIII", 0, 1, 1, count, 1),
            b"stss": struct.pack(">II", 0, 0),
            b"ctts": struct.pack(">II", 0, 0),
        },
    )


def run_bomb(count: int = 60_000_000) -> bytes:
    """The same in a fragment: a run that gives its frames no bytes of their own."""
    fragmented = plain(flags="frag_keyframe+empty_moov+default_base_moof")
    return with_boxes(fragmented, {b"trun": struct.pack(">II", 0, count)})


def edit_bomb(edits: int = 20_000, frames: int = 2_000) -> bytes:
    """An edit list that plays all frames 20,000 times over, for which a reader may make a table of 40 million."""
    movie = repeated("mp4", "mpeg4", range(frames), 10, plain_frame=True)
    whole = struct.pack(">IIHH", frames * 100, 0, 1, 0)  # length in milliseconds, from the beginning, at usual speed
    return with_boxes(movie, {b"elst": struct.pack(">II", 0, edits) + whole * edits})


def long_header() -> bytes:
    """Two seconds that say they are 68 years."""
    return _changed(plain(), lambda name, content: _with_length(content) if name in (b"mvhd", b"mdhd") else content)


def _with_length(header: bytes) -> bytes:
    return header[:16] + struct.pack(">I", 2**31 - 1) + header[20:]


def odd_rotation() -> bytes:
    """A display matrix of nonsense."""
    matrix = struct.pack(">9i", 2**31 - 1, -(2**31), 1, 7, 2**31 - 1, -1, 3, 5, 0)
    return _changed(plain(), lambda name, content: content[:40] + matrix + content[76:] if name == b"tkhd" else content)


def external_data(target: str) -> bytes:
    """A .mov whose frames lie, it says, in another file of the server (an alias as QuickTime writes it)."""
    folders = [part.encode() for part in target.strip("/").split("/")]
    path = b"disk:" + b":".join(folders)
    alias = struct.pack(">I10xB27s12xB63s16xHH16x", 0, 4, b"disk", min(63, len(folders[-1])), folders[-1][:63], 1, 1)
    alias += struct.pack(">HH", 2, len(path)) + path + bytes(len(path) % 2) + struct.pack(">HH", 0xFFFF, 0)
    entry = struct.pack(">I4s", len(alias) + 8, b"alis") + alias
    return with_boxes(plain("mov"), {b"dref": struct.pack(">II", 0, 1) + entry})


@cache
def shared_frames(seconds: int = 119, rate: int = 2, width: int = 1280, height: int = 720) -> bytes:
    """Two frames of noise that an .mp4 names in turns for minutes: small to send, and much when it is encoded anew."""
    random = np.random.default_rng(0)
    encoder = av.CodecContext.create("mjpeg", "w")
    encoder.width, encoder.height, encoder.pix_fmt, encoder.time_base = width, height, "yuvj420p", Fraction(1, rate)
    packets = []
    for number in range(2):
        noise = random.integers(0, 256, (height, width, 3), np.uint8)
        frame = av.VideoFrame.from_ndarray(noise, format="rgb24").reformat(format="yuvj420p")
        frame.pts = number
        packets += [bytes(packet) for packet in encoder.encode(frame)]
    movie = _of_packets(packets, rate, width, height)
    count, start = seconds * rate, movie.index(packets[0])
    step = struct.unpack_from(">I", movie, movie.index(b"stts") + 16)[0]  # of one frame, in the track's own unit
    sizes = [len(packets[number % 2]) for number in range(count)]
    places = [start if number % 2 == 0 else movie.index(packets[1]) for number in range(count)]
    bent = with_boxes(
        movie,
        {
            b"stts": struct.pack(">IIII", 0, 1, count, step),
            b"stsz": struct.pack(f">III{count}I", 0, 0, count, *sizes),
            b"stsc": struct.pack(">IIIII", 0, 1, 1, 1, 1),
            b"stco": struct.pack(f">II{count}I", 0, count, *places),
        },
    )
    assert bent.index(packets[0]) == start, "the tables come after the frames"
    return bent


def _of_packets(packets: Sequence[bytes], rate: int, width: int, height: int) -> bytes:
    buffer = io.BytesIO()
    with av.open(buffer, "w", format="mp4") as container:
        stream = container.add_stream("mjpeg", rate=rate)
        stream.width, stream.height, stream.pix_fmt, stream.time_base = width, height, "yuvj420p", Fraction(1, rate)
        container.start_encoding()
        for time, content in enumerate(packets):
            packet = av.Packet(content)
            packet.stream, packet.pts, packet.dts, packet.time_base = stream, time, time, Fraction(1, rate)
            packet.is_keyframe = True
            container.mux(packet)
    return buffer.getvalue()
