import io
import itertools
import threading
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import av
import numpy as np
import pytest

from emotion_core.emotions import EMOTIONS
from emotion_core.limits import OWNER, VISITOR
from emotion_core.vision.detection.haar import CascadeDetector
from emotion_core.vision.faces.analyzer import FaceAnalyzer
from emotion_core.vision.faces.classifier import Classifier
from emotion_core.vision.faces.face import Face
from emotion_core.vision.geometry import Box, KnownFaces
from emotion_core.vision.media import video_reader, video_sampling
from emotion_core.vision.media.sample_search import SampleSearch
from emotion_core.vision.media.video_sampling import VideoReader, VideoWriter, analyze_frames
from tests.support import hostile_videos
from tests.support.clips import example_clip, read_frames, read_samples


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
    samples = read_samples(clip, analyzer, samples_per_second=5, annotated=tmp_path / "drawn.mp4")
    assert [round(sample.time, 1) for sample in samples] == [round(0.2 * n, 1) for n in range(10)]
    assert all(len(sample.faces) >= 1 for sample in samples)
    source, drawn = read_frames(clip)[0], read_frames(tmp_path / "drawn.mp4")[0]
    assert len(drawn) == len(source) == 20
    assert all(np.abs(a.astype(int) - b).max() > 100 for (_, a), (_, b) in zip(source, drawn, strict=True))


def test_the_same_moments_are_sampled_whether_they_are_drawn_or_not() -> None:
    content = hostile_videos.plain("mp4", "mpeg4", count=20)
    drawn = read_samples(io.BytesIO(content), Blind(), annotated=io.BytesIO())  # type: ignore[arg-type]
    alone = read_samples(io.BytesIO(content), Blind())  # type: ignore[arg-type]
    assert [sample.time for sample in alone] == [sample.time for sample in drawn]


@pytest.mark.parametrize("workers", [1, 3])
def test_once_a_second_and_after_a_cut_a_sample_is_searched_as_a_whole(workers: int) -> None:
    shots = np.full((2, 90, 160, 3), 40, np.uint8)
    shots[0, :, 80:], shots[1, :45], shots[1, 45:] = 80, 200, 140
    film = io.BytesIO()
    with VideoWriter(film) as writer:
        for number in range(16):
            picture = shots[number // 8].copy()
            picture[80:, : 10 * number] = 255
            writer.write(picture, number / 5)
    asked: dict[int, int | None] = {}
    team = [Noting(asked) for _ in range(workers)]
    assert len(read_samples(io.BytesIO(film.getvalue()), team)) == 16  # type: ignore[arg-type]
    wholes = {0: range(1, 5), 5: range(6, 8), 8: range(9, 13), 13: range(14, 16)}
    assert asked == {
        **dict.fromkeys(wholes),
        **{number: whole for whole, numbers in wholes.items() for number in numbers},
    }


class Noting:
    """Sees a face in each picture, and notes for the number of the picture in which one it was known."""

    classifier = SimpleNamespace(uncertain_below=0.5)

    def __init__(self, asked: dict[int, int | None]) -> None:
        self.asked = asked

    def analyze(self, image: np.ndarray, known: KnownFaces | None = None) -> list[Face]:
        number = round(float((image[85, :, 0] > 230).sum()) / 10)
        self.asked[number] = known()[0].x if known else None
        return [Face(Box(number, 10, 20, 20), dict.fromkeys(EMOTIONS, 1 / 7))]


class Blind:
    """Finds no face, at once."""

    classifier = SimpleNamespace(uncertain_below=0.5)

    def analyze(self, image: np.ndarray, known: object = None) -> list[Face]:
        return []


def test_samples_are_ready_for_whoever_is_done_first(monkeypatch: pytest.MonkeyPatch) -> None:
    film = io.BytesIO()
    with VideoWriter(film) as writer:
        for number in range(10):
            writer.write(np.full((90, 160, 3), 80, np.uint8), number / 5)
    ready, begin, begun = threading.Event(), SampleSearch.begin, itertools.count(1)

    def noted(self: SampleSearch, image: np.ndarray, time: float) -> tuple[Future[list[Face]], bool]:
        if next(begun) == 4:
            ready.set()
        return begin(self, image, time)

    monkeypatch.setattr(SampleSearch, "begin", noted)
    team = [Patient(ready), Patient(ready)]
    assert len(read_samples(io.BytesIO(film.getvalue()), team)) == 10  # type: ignore[arg-type]


class Patient(Blind):
    """Does nothing before it may."""

    def __init__(self, ready: threading.Event) -> None:
        self._ready = ready

    def analyze(self, image: np.ndarray, known: object = None) -> list[Face]:
        assert self._ready.wait(10)
        return []


def test_a_large_video_is_annotated_smaller_but_its_boxes_are_its_own(
    tmp_path: Path, example: np.ndarray, classifier: Classifier, monkeypatch: pytest.MonkeyPatch
) -> None:
    clip = example_clip(tmp_path / "clip.mp4", example, seconds=0.3)
    monkeypatch.setattr(video_sampling, "MAX_SIDE", 256)
    analyzer = FaceAnalyzer(CascadeDetector(), classifier)
    sample = read_samples(clip, analyzer)[0]
    face = sample.faces[0].box
    assert sample.image.shape == (512, 512, 3) and face.width > 80
    read_samples(clip, analyzer, annotated=tmp_path / "drawn.mp4")
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
    upright = video_reader.Frame(0, 0.0, Turned(), Given(frame)).image()  # type: ignore[arg-type]
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


def test_reading_stops_at_the_limit_of_seconds(tmp_path: Path, example: np.ndarray) -> None:
    clip = example_clip(tmp_path / "clip.mp4", example, seconds=3)
    frames, note = read_frames(clip, replace(OWNER, video_seconds=1.0))
    assert len(frames) == 11 and note == "Only the first 1 seconds were analyzed."
    with VideoReader(clip) as reader:
        assert reader.length == pytest.approx(3, abs=0.15)


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


def test_several_at_a_time_find_the_same_as_one(tmp_path: Path, example: np.ndarray, classifier: Classifier) -> None:
    clip = example_clip(tmp_path / "clip.mp4", example, seconds=1.5)
    alone = [FaceAnalyzer(CascadeDetector(), classifier)]
    team = [*alone, FaceAnalyzer(CascadeDetector(), classifier), FaceAnalyzer(CascadeDetector(), classifier)]
    found = []
    for analyzers, target in ((alone, tmp_path / "one.mp4"), (team, tmp_path / "three.mp4")):
        with VideoReader(clip) as reader:
            found.append(list(analyze_frames(reader, analyzers, annotated=target)))
    assert [sample.time for sample in found[0]] == [sample.time for sample in found[1]] and len(found[0]) == 8
    assert [sample.faces for sample in found[0]] == [sample.faces for sample in found[1]] and found[0][0].faces
    frames = [read_frames(tmp_path / name)[0] for name in ("one.mp4", "three.mp4")]
    assert all(np.array_equal(one, other) for (_, one), (_, other) in zip(*frames, strict=True))
