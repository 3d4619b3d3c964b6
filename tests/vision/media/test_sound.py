"""The sound of a video in its annotated copy."""

import io
import struct
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import av
import numpy as np
import pytest

from emotion_core.vision.detection.haar import CascadeDetector
from emotion_core.vision.faces.analyzer import FaceAnalyzer
from emotion_core.vision.faces.classifier import Classifier
from emotion_core.vision.media.video_sampling import VideoReader
from tests.support.clips import read_samples

_RATE, _SECONDS = 48_000, 3.0
_BEEP = (1.0, 1.5)  # seconds


def film(path: Path, video: str, sound: str, delay: float = 0.0) -> Path:
    """Gray pictures, and a beep from the first second on. delay: seconds by which all times are late."""
    with av.open(str(path), "w") as container:
        pictures = container.add_stream(video, rate=10)
        pictures.width, pictures.height, pictures.pix_fmt = 64, 48, "yuvj420p" if video == "mjpeg" else "yuv420p"
        beeps = container.add_stream(sound, rate=_RATE)
        beeps.codec_context.layout = "stereo"
        for number in range(int(10 * _SECONDS)):
            picture = av.VideoFrame.from_ndarray(np.full((48, 64, 3), 128, np.uint8), format="rgb24")
            picture.pts, picture.time_base = number + round(10 * delay), Fraction(1, 10)
            container.mux(pictures.encode(picture))
        container.mux(pictures.encode(None))
        time = np.arange(int(_RATE * _SECONDS)) / _RATE
        is_loud = (time >= _BEEP[0]) & (time < _BEEP[1])
        wave = (20_000 * np.sin(2 * np.pi * 440 * time) * is_loud).astype(np.int16)
        for start in range(0, wave.size, 960):
            piece = np.repeat(wave[start : start + 960], 2)[None]
            frame = av.AudioFrame.from_ndarray(piece, format="s16", layout="stereo")
            frame.sample_rate, frame.time_base, frame.pts = _RATE, Fraction(1, _RATE), start + round(_RATE * delay)
            container.mux(beeps.encode(frame))
        container.mux(beeps.encode(None))
    return path


def heard(content: bytes) -> tuple[str, float, float]:
    """Codec of a file's sound, and the seconds at which it is first and last loud."""
    with av.open(io.BytesIO(content)) as container:
        stream = container.streams.audio[0]
        loud = list[float]()
        for frame in container.decode(stream):
            loud += (frame.time + np.flatnonzero(np.abs(_wave(frame)) > 0.1) / frame.sample_rate).tolist()
        return stream.codec_context.codec.canonical_name, min(loud), max(loud)


def _wave(frame: av.AudioFrame) -> np.ndarray:
    resampled = av.AudioResampler(format="fltp", layout="mono").resample(frame)
    return np.concatenate([part.to_ndarray()[0] for part in resampled])


def set_back(path: Path, milliseconds: int) -> None:
    """Each third block of an .mkv's sound gets the time of the one before, or one so much earlier."""
    with av.open(str(path)) as container:
        blocks = [(packet.pos, packet.pts) for packet in container.demux(audio=0) if packet.pts is not None]
    content = bytearray(path.read_bytes())
    for (_, before), (place, time) in list(pairwise(blocks))[4::3]:
        (number,) = struct.unpack_from(">h", content, place + 1)  # in the cluster, behind the track
        struct.pack_into(">h", content, place + 1, number + before - time - milliseconds)
    path.write_bytes(content)


@pytest.mark.parametrize(
    ("name", "video", "sound", "delay", "codec"),
    [
        ("phone.mp4", "libx264", "aac", 0.0, "aac"),
        ("late.mp4", "libx264", "aac", 2.0, "aac"),
        ("camera.mov", "libx264", "pcm_s16le", 0.0, "aac"),
        ("old.avi", "mjpeg", "libmp3lame", 0.0, "mp3"),
        ("browser.webm", "libvpx", "libopus", 0.0, "opus"),
        ("film.mkv", "libx264", "mp2", 0.0, "aac"),
        ("archive.mkv", "libx264", "flac", 1.0, "flac"),
    ],
)
@pytest.mark.parametrize("in_memory", [False, True])
def test_the_sound_comes_along_and_in_time(
    tmp_path: Path, classifier: Classifier, name: str, video: str, sound: str, delay: float, codec: str, in_memory: bool
) -> None:
    source, target = film(tmp_path / name, video, sound, delay), tmp_path / "annotated.mp4"
    buffer = io.BytesIO()
    read_samples(source, FaceAnalyzer(CascadeDetector(), classifier), annotated=buffer if in_memory else target)
    kept, begin, end = heard(buffer.getvalue() if in_memory else target.read_bytes())
    assert kept == codec
    assert (begin, end) == pytest.approx(_BEEP, abs=0.08)
    buffer.seek(0)
    with av.open(buffer if in_memory else str(target)) as container:
        assert container.duration / av.time_base == pytest.approx(_SECONDS, abs=0.15)


def test_a_video_without_sound_has_none(tmp_path: Path, classifier: Classifier) -> None:
    source, target = tmp_path / "silent.mp4", tmp_path / "annotated.mp4"
    with av.open(str(film(tmp_path / "film.mp4", "libx264", "aac"))) as film_with, av.open(str(source), "w") as silent:
        stream = silent.add_stream_from_template(film_with.streams.video[0])
        for packet in film_with.demux(film_with.streams.video[0]):
            if packet.dts is not None:
                packet.stream = stream
                silent.mux(packet)
    read_samples(source, FaceAnalyzer(CascadeDetector(), classifier), annotated=target)
    with av.open(str(target)) as container:
        assert container.streams.video and not container.streams.audio


def test_damaged_sound_leaves_the_rest_unharmed(tmp_path: Path, classifier: Classifier) -> None:
    source = film(tmp_path / "film.mkv", "libx264", "mp2")
    with av.open(str(source)) as container:
        sizes = [(p.pos, p.size) for p in container.demux(container.streams.audio[0]) if p.size > 20]
    content = bytearray(source.read_bytes())
    for place, size in sizes[5:]:
        content[place + 12 : place + size] = b"\xff" * (size - 12)
    source.write_bytes(content)
    samples = read_samples(source, FaceAnalyzer(CascadeDetector(), classifier), annotated=tmp_path / "annotated.mp4")
    assert len(samples) == 5 * _SECONDS
    with VideoReader(tmp_path / "annotated.mp4") as reader:
        assert len(list(reader.frames())) == 10 * _SECONDS


@pytest.mark.parametrize("sound", ["aac", "libopus"])
@pytest.mark.parametrize("milliseconds", [0, 30])
def test_copied_sound_whose_times_stand_still_or_fall_costs_only_itself(
    tmp_path: Path, classifier: Classifier, sound: str, milliseconds: int
) -> None:
    source, target = film(tmp_path / "film.mkv", "libx264", sound), tmp_path / "annotated.mp4"
    set_back(source, milliseconds)
    samples = read_samples(source, FaceAnalyzer(CascadeDetector(), classifier), annotated=target)
    assert len(samples) == 5 * _SECONDS
    _, begin, end = heard(target.read_bytes())
    assert (begin, end) == pytest.approx(_BEEP, abs=0.15)
