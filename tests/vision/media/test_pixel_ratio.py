"""Videos whose pixels are no squares."""

import io
from dataclasses import replace
from fractions import Fraction

import av
import pytest

from emotion_core.limits import OWNER
from emotion_core.vision.media.video_sampling import VideoReader, VideoWriter
from tests.support import hostile_videos
from tests.support.clips import read_frames


def film(ratio: Fraction, form: str = "mp4", codec: str = "libx264", width: int = 144, height: int = 112) -> bytes:
    """Two frames. ratio: width of a pixel by its height."""
    buffer = io.BytesIO()
    with av.open(buffer, "w", format=form) as container:
        stream = container.add_stream(codec, rate=10)
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        stream.codec_context.sample_aspect_ratio = ratio
        for number in range(2):
            container.mux(stream.encode(hostile_videos.picture(width, height, number)))
        container.mux(stream.encode(None))
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("ratio", "width"),
    [
        (Fraction(4, 3), 192),
        (Fraction(1, 2), 72),
        (Fraction(1), 144),
        (Fraction(0), 144),
        (Fraction(5), 144),
        (Fraction(1, 100), 144),
    ],
)
@pytest.mark.parametrize(("form", "codec"), [("mp4", "libx264"), ("matroska", "libx264"), ("avi", "mpeg4")])
def test_a_picture_is_as_wide_as_it_is_shown(ratio: Fraction, width: int, form: str, codec: str) -> None:
    assert [image.shape for _, image in read_frames(film(ratio, form, codec))[0]] == 2 * [(112, width, 3)]


def test_wide_pixels_make_no_larger_pictures_than_are_allowed() -> None:
    content = film(Fraction(4), width=640, height=480)
    with VideoReader(io.BytesIO(content), limits=replace(OWNER, video_pixels=480_000)) as reader:
        frames = list(reader.frames())
    assert frames[0].image().shape == (300, 1600, 3)
    assert frames[0].image(100).shape == (19, 100, 3)


def test_the_copy_is_as_wide() -> None:
    target = io.BytesIO()
    with VideoReader(io.BytesIO(film(Fraction(4, 3)))) as reader, VideoWriter(target) as writer:
        for frame in reader.frames():
            writer.write(frame.image(), frame.time)
    with VideoReader(io.BytesIO(target.getvalue())) as reader:
        assert {frame.image().shape for frame in reader.frames()} == {(112, 192, 3)}
