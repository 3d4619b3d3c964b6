import io
import os
import struct
from pathlib import Path

import pytest

from emotion_core.vision.media.mp4_tables import count_entries
from tests.support import hostile_mp4, hostile_videos


def box(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content) + 8) + name + content


SIZES = box(b"stsz", struct.pack(">III", 0, 1, 60_000_000))


@pytest.mark.parametrize("flags", ["", "frag_keyframe+empty_moov+default_base_moof"])
def test_an_honest_file_announces_the_frames_it_has(flags: str) -> None:
    file = io.BytesIO(hostile_videos.plain(count=20, flags=flags))
    assert 20 <= count_entries(file) <= 25
    assert file.tell() == 0


@pytest.mark.parametrize(
    "content",
    [
        hostile_mp4.table_bomb(),
        hostile_mp4.run_bomb(),
        box(b"moov", SIZES),
        box(b"free", bytes(8)) + box(b"moov", box(b"trak", box(b"udta", SIZES))),
        struct.pack(">I4sQ", 1, b"moov", 16 + len(SIZES)) + SIZES,
        struct.pack(">I4s", 0, b"moov") + SIZES,
        struct.pack(">I4s", 3, b"odd!") + SIZES,
        box(b"moov", box(b"stco", struct.pack(">II", 0, 80)) + box(b"stsc", struct.pack(">5I", 0, 1, 1, 2**30, 1))),
    ],
    ids=["table", "run", "no track", "odd place", "64 bits", "to the end", "broken box", "chunks of sound"],
)
def test_what_a_file_only_says_is_counted(content: bytes) -> None:
    assert count_entries(io.BytesIO(content)) >= 60_000_000


def test_the_pictures_themselves_are_not_searched() -> None:
    assert count_entries(io.BytesIO(box(b"mdat", SIZES) + box(b"moov", b""))) == 0


@pytest.mark.parametrize(
    "start", [b"G@\0\x10junk", struct.pack(">I4s", 2**31, b"moov"), struct.pack(">I4s", 0, b"moov")]
)
def test_a_large_file_that_is_no_mp4_is_not_read_into_memory(tmp_path: Path, start: bytes) -> None:
    path = tmp_path / "stream.mp4"
    path.write_bytes(start)
    os.truncate(path, 2**32)  # without taking room on the disk
    with path.open("rb") as file, pytest.raises(ValueError, match="too large"):
        count_entries(file)
    path.write_bytes(struct.pack(">I4sQ", 1, b"mdat", 2**32 - 8))
    os.truncate(path, 2**32)
    with path.open("rb") as file:
        assert count_entries(file) == 0, "the pictures themselves may be as large as they like"


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (box(b"moov", box(b"cmov", b"")), "compressed"),
        (box(b"moov", box(b"trak", b"") * 101), "too many tracks"),
        (box(b"moof", box(b"traf", b"") * 50_001), "too many fragments"),
    ],
)
def test_what_would_take_long_to_count_is_refused(content: bytes, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        count_entries(io.BytesIO(content))
