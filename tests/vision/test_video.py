from pathlib import Path

import av
import numpy as np
import pytest

from emotion_core.vision import video
from emotion_core.vision.analyzer import FaceAnalyzer
from emotion_core.vision.cascade import CascadeDetector
from emotion_core.vision.classifier import Classifier
from emotion_core.vision.video import VideoError, VideoWriter, analyze_video, cut_note, duration, read_frames
from tests.vision.clips import example_clip


def test_what_is_written_can_be_read_and_played_by_browsers(tmp_path: Path) -> None:
    gray = [np.full((101, 151, 3), value, np.uint8) for value in (30, 120, 220)]
    with VideoWriter(tmp_path / "clip.mp4") as writer:
        for image, time in zip(gray, (0.0, 0.08, 0.5), strict=True):
            writer.write(image, time)
    frames = list(read_frames(tmp_path / "clip.mp4"))
    assert [round(time, 2) for time, _ in frames] == [0.0, 0.08, 0.5], "each frame keeps its time"
    assert [image.mean() for _, image in frames] == pytest.approx([30, 120, 220], abs=4)
    assert frames[0][1].shape == (100, 150, 3), "odd sides lose a pixel"
    with av.open(str(tmp_path / "clip.mp4")) as container:
        stream = container.streams.video[0]
        assert stream.codec_context.name == "h264" and stream.codec_context.pix_fmt == "yuv420p"


def test_a_title_in_an_old_encoding_does_not_matter(tmp_path: Path) -> None:
    path = tmp_path / "clip.avi"
    with av.open(str(path), "w", metadata_encoding="latin-1") as container:
        container.metadata["title"] = "Caf\u00e9"
        stream = container.add_stream("mjpeg", rate=10)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuvj420p"
        image = av.VideoFrame.from_ndarray(np.zeros((48, 64, 3), np.uint8), format="rgb24")
        container.mux([*stream.encode(image), *stream.encode(None)])
    assert b"Caf\xe9" in path.read_bytes()
    assert len(list(read_frames(path))) == 1 and duration(path) > 0


def test_frames_too_large_for_memory_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with VideoWriter(tmp_path / "clip.mp4") as writer:
        writer.write(np.zeros((100, 150, 3), np.uint8), 0.0)
    monkeypatch.setattr(video, "MAX_PIXELS", 14_999)
    with pytest.raises(VideoError, match="150 x 100 pixels"):
        list(read_frames(tmp_path / "clip.mp4"))


def test_faces_are_sampled_and_every_frame_is_annotated(
    tmp_path: Path, example: np.ndarray, classifier: Classifier
) -> None:
    clip = example_clip(tmp_path / "clip.mp4", example, seconds=2, fps=10)
    analyzer = FaceAnalyzer(CascadeDetector(), classifier)
    samples = list(analyze_video(clip, analyzer, samples_per_second=5, annotated=tmp_path / "drawn.mp4"))
    assert [round(sample.time, 1) for sample in samples] == [round(0.2 * n, 1) for n in range(10)]
    assert all(len(sample.faces) >= 1 for sample in samples)
    source, drawn = list(read_frames(clip)), list(read_frames(tmp_path / "drawn.mp4"))
    assert len(drawn) == len(source) == 20
    assert all(np.abs(a.astype(int) - b).max() > 100 for (_, a), (_, b) in zip(source, drawn, strict=True))


def test_reading_stops_at_the_limit(tmp_path: Path, example: np.ndarray) -> None:
    clip = example_clip(tmp_path / "clip.mp4", example, seconds=3)
    assert len(list(read_frames(clip, max_seconds=1.0))) == 11
    assert duration(clip) == pytest.approx(3, abs=0.15)


def test_a_large_video_is_annotated_smaller_but_its_boxes_are_its_own(
    tmp_path: Path, example: np.ndarray, classifier: Classifier, monkeypatch: pytest.MonkeyPatch
) -> None:
    clip = example_clip(tmp_path / "clip.mp4", example, seconds=0.3)
    monkeypatch.setattr(video, "MAX_SIDE", 256)
    analyzer = FaceAnalyzer(CascadeDetector(), classifier)
    sample = next(iter(analyze_video(clip, analyzer)))
    assert sample.image.shape == (512, 512, 3) and sample.faces[0].box.width > 80
    list(analyze_video(clip, analyzer, annotated=tmp_path / "drawn.mp4"))
    assert next(read_frames(tmp_path / "drawn.mp4"))[1].shape == (256, 256, 3)


def test_a_phones_rotation_is_applied(tmp_path: Path) -> None:
    wide = np.zeros((60, 100, 3), np.uint8)
    wide[:, :30] = 250
    frame = av.VideoFrame.from_ndarray(wide, format="rgb24")
    upright = video._upright(Rotated(frame, 90))
    assert upright.shape == (100, 60, 3)
    assert upright[-30:].mean() > 240 and upright[:50].mean() < 10, "left turns to the bottom, counter-clockwise"


class Rotated:
    """A decoded frame with a display matrix, which PyAV can read but not write."""

    def __init__(self, frame: av.VideoFrame, rotation: int) -> None:
        self._frame, self.rotation = frame, rotation

    def to_ndarray(self, format: str) -> np.ndarray:
        return self._frame.to_ndarray(format=format)


@pytest.mark.parametrize("content", [b"", b"no video" * 100])
def test_what_is_no_video_gets_a_sentence(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "clip.mp4").write_bytes(content)
    with pytest.raises(VideoError, match=r"clip\.mp4 cannot be read as a video"):
        list(read_frames(tmp_path / "clip.mp4"))


def test_a_video_that_breaks_off_gives_what_it_has(tmp_path: Path) -> None:
    random = np.random.default_rng(0)
    with VideoWriter(tmp_path / "clip.mp4") as writer:
        for number in range(20):  # of noise: all frames weigh the same
            writer.write(random.integers(0, 256, (120, 160, 3), np.uint8), number / 10)
    content = (tmp_path / "clip.mp4").read_bytes()
    (tmp_path / "short.mp4").write_bytes(content[: int(len(content) * 0.7)])
    assert 8 <= len(list(read_frames(tmp_path / "short.mp4"))) < 20


@pytest.mark.parametrize(
    ("length", "last", "is_cut"), [(119, 118.8, False), (300, 119.8, True), (0, 30, False), (0, 119.8, True)]
)
def test_a_video_whose_end_is_left_out_says_so(length: float, last: float, is_cut: bool) -> None:
    assert bool(cut_note(length, last)) == is_cut
