"""Videos that are broken, cut, too long or made to hurt their reader."""

import io
import itertools
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from emotion_core.limits import OWNER, VISITOR
from emotion_core.vision.media import video_reader
from emotion_core.vision.media.video_sampling import VideoError, VideoReader, VideoWriter
from tests.support import hostile_mp4, hostile_videos
from tests.support.clips import read_frames


@pytest.mark.parametrize(
    "content",
    [b"", b"no video" * 100, b"RIFF" + bytes(100), b"\x1aE\xdf\xa3" + bytes(100)],
    ids=["", "text", "avi", "mkv"],
)
def test_what_is_no_video_gets_a_sentence(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "clip.mp4").write_bytes(content)
    with pytest.raises(VideoError, match=r"clip\.mp4 cannot be read as a video"):
        read_frames(tmp_path / "clip.mp4")


def test_a_missing_file_gets_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(VideoError, match=r"gone\.mp4 cannot be opened"):
        VideoReader(tmp_path / "gone.mp4")


def test_ten_thousand_frames_a_second_end_soon_with_a_note() -> None:
    content = hostile_videos.repeated("mp4", "mpeg4", range(9_000), 10_000, plain_frame=True)
    frames, note = read_frames(content, VISITOR)
    assert len(frames) == 46, "a little more than 60 a second of 0.72"
    assert note == "Only the first 0.7 seconds were analyzed: of one video, 7,200 frames are read."


def test_a_video_that_takes_too_long_ends_with_a_note(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = itertools.count()  # a second more whenever it is looked at
    monkeypatch.setattr(video_reader.time, "monotonic", lambda: float(next(clock)))
    frames, note = read_frames(hostile_videos.plain(count=20), replace(OWNER, video_work_seconds=15))
    assert 0 < len(frames) < 20
    assert note.startswith("Only the first ") and "more took longer than one video may take" in note


def test_a_video_that_breaks_off_gives_what_it_has(tmp_path: Path) -> None:
    random = np.random.default_rng(0)
    with VideoWriter(tmp_path / "clip.mp4") as writer:
        for number in range(20):  # of noise: all frames weigh the same
            writer.write(random.integers(0, 256, (120, 160, 3), np.uint8), number / 10)
    content = (tmp_path / "clip.mp4").read_bytes()
    (tmp_path / "short.mp4").write_bytes(content[: int(len(content) * 0.7)])
    assert 8 <= len(read_frames(tmp_path / "short.mp4")[0]) < 20


def test_pictures_that_an_avi_holds_out_of_order_keep_their_pace() -> None:
    frames, note = read_frames(hostile_videos.plain("avi", "libx264", count=30))
    assert [time for time, _ in frames] == pytest.approx([0.1 * number for number in range(30)]) and not note
    assert len(read_frames(hostile_videos.plain("avi", "mpeg4", count=30))[0]) == 30


def test_a_damaged_middle_costs_only_itself() -> None:
    content = bytearray(hostile_videos.plain("mov", "mjpeg", count=20))
    middle = content.index(b"moov") // 2
    content[middle : middle + 6_000] = bytes(6_000)
    frames, note = read_frames(bytes(content))
    assert 5 <= len(frames) < 20 and frames[0][0] == 0
    assert note == "Parts of the video are damaged and were left out."


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda: hostile_mp4.table_bomb(), "says that it has more frames"),
        (lambda: hostile_mp4.run_bomb(), "says that it has more frames"),
        (lambda: hostile_mp4.no_frames(), "no readable frame"),
        (lambda: hostile_videos.only_sound(), "holds no video"),
        (
            lambda: hostile_videos.repeated("mp4", "mpeg4", [0], 10, 4_096, 4_096, True),
            "larger than the limit of 2.1 mill",
        ),
        (
            lambda: hostile_videos.repeated("mp4", "libx264", [0], 10, 4_096, 2_160, True),
            "4096 x 2160 pixels; the limit",
        ),
        (lambda: hostile_videos.plain("avi", "png", count=2), "a kind of video that is not read"),
        (lambda: b"ffconcat version 1.0\nfile LICENSE\n", "cannot be read"),
        (lambda: b"#EXTM3U\n#EXTINF:5,\nfile:///etc/hostname\n#EXT-X-ENDLIST\n", "cannot be read"),
        (lambda: b"v=0\nm=video 49170 RTP/AVP 31\n", "cannot be read"),
    ],
    ids=["table", "run", "empty", "sound", "size", "size in the header", "codec", "concat", "playlist", "sdp"],
)
def test_what_would_hurt_a_reader_is_refused(make: Callable[[], bytes], sentence: str) -> None:
    with pytest.raises(VideoError, match=sentence):
        read_frames(make(), VISITOR)


def test_frames_that_grow_on_the_way_are_left_out() -> None:
    content = hostile_videos.sizes_change("avi", "mjpeg", [(160, 120), (8_000, 6_000), (320, 240)])
    frames, note = read_frames(content, VISITOR)
    assert {image.shape for _, image in frames} == {(120, 160, 3), (240, 320, 3)} and note


def test_an_edit_list_cannot_multiply_the_frames() -> None:
    with VideoReader(io.BytesIO(hostile_mp4.edit_bomb(edits=500, frames=100)), limits=VISITOR) as reader:
        assert sum(1 for _ in reader.frames()) <= 100
