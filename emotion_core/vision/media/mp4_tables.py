"""How many frames the tables of an MP4 file (ISO/IEC 14496-12) announce, counted before a reader believes them.

A file of 2 KB can announce 60 million frames of one size without naming any of them; FFmpeg makes 2 GiB of it while it
opens the file, and no option of it is a limit for that.
"""

import struct
from collections.abc import Iterator
from math import ceil
from typing import BinaryIO

import numpy as np

_MEDIA = (b"mdat", b"free", b"skip")  # boxes in which readers look for no tables
_COMPRESSED_HEADER = b"cmov"  # tables that would have to be unpacked first
_MAX_BOX = 256 * 2**20  # bytes that are read into memory; the tables of 24 hours take some 50 MiB
_TRACK, _FRAGMENT = b"trak", b"traf"
_MAX_TRACKS, _MAX_FRAGMENTS = 100, 50_000  # a camera makes some six tracks, and a fragment of each a second
_AUDIO_CHUNK = 1024  # samples that FFmpeg makes one entry of, where sound is not compressed


def count_entries(file: BinaryIO) -> int:
    """The most entries that a reader may make room for; the file is at its beginning again. Raises `ValueError`.

    Tables are looked for by their names, wherever they stand: readers nest boxes in more ways than the standard.
    """
    total = sum(_count(part) for header in _headers(file) for part in _tracks(header))
    file.seek(0)
    return total


def _headers(file: BinaryIO) -> Iterator[bytes]:
    """The content of every box that may hold tables; the rest of the file where the boxes make no sense. Raises
    `ValueError` where that is too large."""
    end = file.seek(0, 2)
    start = 0
    while start + 8 <= end:
        file.seek(start)
        size, name = struct.unpack(">I4s", file.read(8))
        if size == 1:  # the size has 64 bits
            size = int.from_bytes(file.read(8))
        if size == 0 or size < 8 or start + size > end:  # to the end of the file, or broken
            size = end - start
        if name not in _MEDIA:
            if size > _MAX_BOX:
                raise ValueError("its header is too large")
            file.seek(start)
            yield file.read(size)
        start += size


def _tracks(header: bytes) -> Iterator[bytes]:
    """What belongs to one track or fragment after the other."""
    if max(header.count(_TRACK), header.count(b"stsc")) > _MAX_TRACKS:
        raise ValueError("it has too many tracks")
    if max(header.count(_FRAGMENT), header.count(b"trun")) > _MAX_FRAGMENTS:
        raise ValueError("it has too many fragments")
    starts = sorted({0, *(at for name in (_TRACK, _FRAGMENT) for at in _places(header, name))})
    for start, end in zip(starts, [*starts[1:], len(header)], strict=True):
        yield header[start:end]


def _count(track: bytes) -> int:
    if _COMPRESSED_HEADER in track:
        raise ValueError("its header is compressed")
    frames = sum(_number(track, at + 12) for name in (b"stsz", b"stz2") for at in _places(track, name))
    frames += sum(_number(track, at + 8) for at in _places(track, b"trun"))
    chunks = sum(_number(track, at + 8) for name in (b"stco", b"co64") for at in _places(track, name))
    largest = max((_largest_chunk(track, at) for at in _places(track, b"stsc")), default=0)
    return frames + chunks * ceil(largest / _AUDIO_CHUNK)


def _largest_chunk(track: bytes, at: int) -> int:
    """The largest second number in the rows of a `stsc` table, which have three."""
    rows = min(_number(track, at + 8), (len(track) - at - 12) // 12)
    return int(np.frombuffer(track, ">u4", max(0, 3 * rows), at + 12)[1::3].max(initial=0)) if rows > 0 else 0


def _number(box: bytes, at: int) -> int:
    """The unsigned 32 bits there; 0 past the end."""
    return int.from_bytes(box[at : at + 4]) if at + 4 <= len(box) else 0


def _places(header: bytes, name: bytes) -> Iterator[int]:
    at = header.find(name)
    while at >= 0:
        yield at
        at = header.find(name, at + 4)
