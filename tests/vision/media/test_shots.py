"""Cuts in films."""

import numpy as np

from emotion_core.vision.media.shots import Shots

NOISE = np.random.default_rng(0).integers(0, 256, (2, 90, 160, 3), np.uint8)


def test_a_cut_begins_a_shot_and_a_pan_or_a_change_of_light_does_not() -> None:
    shots, first = Shots(), NOISE[0] // 4
    assert not shots.begins(first), "there was nothing before"
    assert not shots.begins(np.roll(first, 20, axis=1)), "a pan"
    assert not shots.begins(np.roll(first, 20, axis=1) + 20), "a lamp"
    assert shots.begins(NOISE[1] // 4 + 190)
    assert not shots.begins(NOISE[1] // 4 + 190)
