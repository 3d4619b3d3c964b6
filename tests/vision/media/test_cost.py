"""How long files take, before they are read."""

from pathlib import Path

import numpy as np
import pytest

from emotion_core.vision.media.cost import Inputs, count_inputs
from tests.support.clips import example_clip


def test_inputs_are_counted_and_videos_measured(tmp_path: Path, example: np.ndarray) -> None:
    clip = example_clip(tmp_path / "a.mp4", example, seconds=2)
    (tmp_path / "broken.mp4").write_bytes(b"no video")
    found = count_inputs([clip, tmp_path / "b.png", tmp_path / "broken.mp4"])
    assert (found.pictures, found.videos) == (1, 2)
    assert found.video_seconds == pytest.approx(2 * 1.9, abs=0.3), "the broken one counts like the other"


def test_work_grows_with_the_rate_and_shrinks_with_processes_but_not_for_one_video() -> None:
    one = Inputs(pictures=0, videos=1, video_seconds=600)
    start = Inputs(0, 0, 0).work_seconds(5, False, 1)
    assert one.work_seconds(10, False, 1) - start == pytest.approx(2 * (one.work_seconds(5, False, 1) - start))
    assert one.work_seconds(5, False, 2) == one.work_seconds(5, False, 1)
    assert one.work_seconds(5, True, 1) > one.work_seconds(5, False, 1)
    many = Inputs(pictures=100, videos=10, video_seconds=600)
    assert many.work_seconds(5, False, 2) - start == pytest.approx((many.work_seconds(5, False, 1) - start) / 2)
