import io
import itertools
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import av
import numpy as np
import pytest

from emotion_core.limits import OWNER, VISITOR, Limits
from emotion_core.vision.detection.haar import CascadeDetector
from emotion_core.vision.faces.analyzer import FaceAnalyzer
from emotion_core.vision.faces.classifier import Classifier
from emotion_core.vision.faces.face import Face
from emotion_core.vision.media import video, video_reader
from emotion_core.vision.media.video import VideoError, VideoReader, VideoWriter, analyze_frames, analyze_video
from tests.support import hostile_mp4, hostile_videos
from tests.support.clips import example_clip


def read_frames(source: Path | bytes, limits: Limits = OWNER) -> tuple[list[tuple[float, np.ndarray]], str]:
    """Times and pictures, and the note at the end."""
    with VideoReader(io.BytesIO(source) if isinstance(source, bytes) else source, limits=limits) as reader:
        return [(frame.time, frame.image()) for frame in reader.frames()], reader.note


@pytest.fixture(params=["file", "memory"])
def target(request: pytest.FixtureRequest, tmp_path: Path) -> Path | io.BytesIO:
    return tmp_path / "clip.mp4" if request.param == "file" else io.BytesIO()


def content_of(target: Path | io.BytesIO) -> bytes:
    return target.read_bytes() if isinstance(target, Path) else target.getvalue()


def test_what_is_written_can_be_read_and_played_by_browsers(target: Path | io.BytesIO) -> None:
    gray = [np.full((101, 151, 3), value, np.uint8) for value in (30, 120, 220)]
    with VideoWriter(target) as writer:
        for image, time in zip(gray, (0.0, 0.08, 0.5), strict=True):
            writer.write(image, time)
    frames, note = read_frames(content_of(target))
    assert [round(time, 2) for time, _ in frames] == [0.0, 0.08, 0.5] and not note, "each frame keeps its time"
    assert [image.mean() for _, image in frames] == pytest.approx([30, 120, 220], abs=4)
    assert frames[0][1].shape == (100, 150, 3), "odd sides lose a pixel"
    with av.open(io.BytesIO(content_of(target))) as container:
        stream = container.streams.video[0]
        assert stream.codec_context.name == "h264" and stream.codec_context.pix_fmt == "yuv420p"


def test_noise_does_not_swell_what_is_written() -> None:
    noise = np.random.default_rng(0).integers(0, 256, (360, 640, 3), np.uint8)
    target = io.BytesIO()
    with VideoWriter(target) as writer:
        for number in range(120):
            writer.write(np.roll(noise, 7 * number, axis=1), number / 60)
    assert len(target.getvalue()) < 2 * 1.5 * 3e6 / 8, "two seconds at 3 Mbit/s, and half as much for the beginning"


def test_a_title_in_an_old_encoding_does_not_matter(tmp_path: Path) -> None:
    path = tmp_path / "clip.avi"
    with av.open(str(path), "w", metadata_encoding="latin-1") as container:
        container.metadata["title"] = "Caf\u00e9"
        stream = container.add_stream("mjpeg", rate=10)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuvj420p"
        image = av.VideoFrame.from_ndarray(np.zeros((48, 64, 3), np.uint8), format="rgb24")
        container.mux([*stream.encode(image), *stream.encode(None)])
    assert b"Caf\xe9" in path.read_bytes()
    assert len(read_frames(path)[0]) == 1
    with VideoReader(path) as reader:
        assert reader.length > 0


@pytest.mark.parametrize(
    ("form", "codec"),
    [("mp4", "libx264"), ("mov", "mjpeg"), ("matroska", "libx264"), ("webm", "libvpx"), ("avi", "mpeg4")],
)
def test_every_usual_form_is_read(form: str, codec: str) -> None:
    frames, note = read_frames(hostile_videos.plain(form, codec, count=5), VISITOR)
    assert len(frames) == 5 and not note


def test_faces_are_sampled_and_every_frame_is_annotated(
    tmp_path: Path, example: np.ndarray, classifier: Classifier
) -> None:
    clip = example_clip(tmp_path / "clip.mp4", example, seconds=2, fps=10)
    analyzer = FaceAnalyzer(CascadeDetector(), classifier)
    samples = list(analyze_video(clip, analyzer, samples_per_second=5, annotated=tmp_path / "drawn.mp4"))
    assert [round(sample.time, 1) for sample in samples] == [round(0.2 * n, 1) for n in range(10)]
    assert all(len(sample.faces) >= 1 for sample in samples)
    source, drawn = read_frames(clip)[0], read_frames(tmp_path / "drawn.mp4")[0]
    assert len(drawn) == len(source) == 20
    assert all(np.abs(a.astype(int) - b).max() > 100 for (_, a), (_, b) in zip(source, drawn, strict=True))


def test_the_same_moments_are_sampled_whether_they_are_drawn_or_not() -> None:
    content = hostile_videos.plain("mp4", "mpeg4", count=20)
    drawn = analyze_video(io.BytesIO(content), Blind(), annotated=io.BytesIO())  # type: ignore[arg-type]
    alone = analyze_video(io.BytesIO(content), Blind())  # type: ignore[arg-type]
    assert [sample.time for sample in alone] == [sample.time for sample in drawn]


class Blind:
    """Finds no face, at once."""

    def analyze(self, image: np.ndarray) -> list[Face]:
        return []


def test_a_large_video_is_annotated_smaller_but_its_boxes_are_its_own(
    tmp_path: Path, example: np.ndarray, classifier: Classifier, monkeypatch: pytest.MonkeyPatch
) -> None:
    clip = example_clip(tmp_path / "clip.mp4", example, seconds=0.3)
    monkeypatch.setattr(video, "MAX_SIDE", 256)
    analyzer = FaceAnalyzer(CascadeDetector(), classifier)
    sample = next(iter(analyze_video(clip, analyzer)))
    face = sample.faces[0].box
    assert sample.image.shape == (512, 512, 3) and face.width > 80
    list(analyze_video(clip, analyzer, annotated=tmp_path / "drawn.mp4"))
    drawn = read_frames(tmp_path / "drawn.mp4")[0][0][1]
    assert drawn.shape == (256, 256, 3)
    with VideoReader(clip) as reader:
        plain = next(iter(reader.frames())).image(256)
    rows = np.flatnonzero(np.abs(drawn.astype(int) - plain).max(axis=(1, 2)) > 60)
    assert rows.max() == pytest.approx((face.y + face.height) / 2, abs=4), "the box lies on the smaller face"


def test_a_phones_rotation_is_applied() -> None:
    wide = np.zeros((60, 100, 3), np.uint8)
    wide[:, :30] = 250
    frame = av.VideoFrame.from_ndarray(wide, format="rgb24")
    upright = video_reader.Frame(0.0, Turned(), Given(frame)).image()  # type: ignore[arg-type]
    assert upright.shape == (100, 60, 3)
    assert upright[-30:].mean() > 240 and upright[:50].mean() < 10, "left turns to the bottom, counter-clockwise"


class Turned:
    """A decoded frame with a display matrix, which PyAV can read but not write."""

    width, height, rotation = 100, 60, 90


class Given:
    """Stands for the conversion to RGB."""

    def __init__(self, frame: av.VideoFrame) -> None:
        self._frame = frame

    def reformat(self, *_: object, **__: object) -> av.VideoFrame:
        return self._frame


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


def test_reading_stops_at_the_limit_of_seconds(tmp_path: Path, example: np.ndarray) -> None:
    clip = example_clip(tmp_path / "clip.mp4", example, seconds=3)
    frames, note = read_frames(clip, replace(OWNER, video_seconds=1.0))
    assert len(frames) == 11 and note == "Only the first 1 seconds were analyzed."
    with VideoReader(clip) as reader:
        assert reader.length == pytest.approx(3, abs=0.15)


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


def test_an_interrupted_analysis_lets_go_of_the_file(
    tmp_path: Path, example: np.ndarray, classifier: Classifier
) -> None:
    file = io.BytesIO(example_clip(tmp_path / "clip.mp4", example, seconds=1).read_bytes())
    analyzer = FaceAnalyzer(CascadeDetector(), classifier)
    with VideoReader(file) as reader:
        samples = analyze_frames(reader, analyzer, annotated=io.BytesIO())
        next(samples)
        samples.close()
    assert file.closed
