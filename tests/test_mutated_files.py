"""Readers of pictures and videos given files that were changed at random: a sentence, never anything else."""

import io
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from emotion_core.images import ImageError, read_rgb
from emotion_core.limits import VISITOR
from emotion_core.vision.media.video_reader import VideoError, VideoReader
from tests.support.mutations import PICTURES, VIDEOS, Edit, good_file, mutated

EDITS = st.lists(st.builds(Edit, st.floats(0, 1), st.binary(min_size=1, max_size=12)), min_size=1, max_size=6)
KEPT = st.one_of(st.just(1.0), st.floats(0.01, 1))
BOUNDED = settings(
    max_examples=40, deadline=5_000, derandomize=True, suppress_health_check=[HealthCheck.too_slow], database=None
)


@pytest.mark.parametrize("kind", PICTURES)
def test_a_changed_picture_is_read_or_gets_a_sentence(kind: str) -> None:
    good = good_file(kind)
    assert read_rgb(good).shape == (120, 160, 3)

    @BOUNDED
    @given(EDITS, KEPT)
    def check(edits: list[Edit], kept: float) -> None:
        try:
            image = read_rgb(mutated(good, edits, kept), "a picture")
        except ImageError as error:
            assert str(error).startswith("a picture ") and "\n" not in str(error)
        else:
            assert image.ndim == 3 and image.shape[2] == 3

    check()


@pytest.mark.parametrize("kind", VIDEOS)
def test_a_changed_video_is_read_in_part_or_gets_a_sentence(kind: str) -> None:
    good = good_file(kind)
    limits = replace(VISITOR, video_work_seconds=4)

    @BOUNDED
    @given(EDITS, KEPT)
    def check(edits: list[Edit], kept: float) -> None:
        content = io.BytesIO(mutated(good, edits, kept))
        try:
            with VideoReader(content, "a video", limits) as reader:
                times = [frame.time for frame in reader.frames() if frame.image().ndim == 3]
        except VideoError as error:
            assert str(error).startswith("a video ") and "\n" not in str(error)
        else:
            assert times == sorted(times)

    check()
