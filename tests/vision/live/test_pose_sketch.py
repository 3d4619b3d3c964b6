"""Drawings of poses."""

import numpy as np

from emotion_core.vision.live.pose_sketch import draw_pose
from emotion_core.vision.live.posing import HOW_TO


def test_each_emotion_has_a_drawing_of_its_own_in_the_corner() -> None:
    drawn = {}
    for emotion in HOW_TO:
        canvas = np.full((480, 640, 3), 100, np.uint8)
        draw_pose(canvas, emotion)
        assert (canvas[120:] == 100).all() and (canvas[:, 120:] == 100).all(), "only the corner"
        drawn[emotion] = canvas
    for emotion in HOW_TO:
        for other in HOW_TO:
            differ = np.count_nonzero(drawn[emotion] != drawn[other])
            assert (differ > 300) == (emotion != other), (emotion, other, differ)


def test_a_small_picture_is_no_problem() -> None:
    canvas = np.zeros((12, 16, 3), np.uint8)
    draw_pose(canvas, "fear")
    assert canvas.any()
