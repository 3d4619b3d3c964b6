from itertools import pairwise

import numpy as np
import pytest

from emotion_core.vision.faces.smoothing import HALF_LIFE, EmotionFilter, OneEuroFilter

STEP = 1 / 30


def one_hot(index: int, share: float = 0.9) -> np.ndarray:
    values = np.full(7, (1 - share) / 6)
    values[index] = share
    return values


def test_noise_at_rest_is_taken_out_and_a_movement_is_followed() -> None:
    random = np.random.default_rng(0)
    filter_ = OneEuroFilter(cutoff=1.0, slope=0.03)
    still = [filter_.update(100 + random.normal(0, 1, 4), frame * STEP) for frame in range(90)]
    assert np.std(still[30:], axis=0).max() < 0.5
    moving = [filter_.update(np.full(4, 100 + 300 * frame * STEP), (90 + frame) * STEP) for frame in range(60)]
    assert abs(moving[-1] - (100 + 300 * 59 * STEP)).max() < 300 * 2 * STEP, "less than two frames behind"


def test_the_mean_forgets_half_in_a_half_life() -> None:
    filter_ = EmotionFilter()
    filter_.update(one_hot(0, 1.0), 0.0, 0.5, 0.0)
    mean, _, _ = filter_.update(one_hot(1, 1.0), 0.5, 0.5, 0.0)
    assert mean[:2] == pytest.approx([0.5, 0.5])


def test_the_answer_changes_with_a_margin_only() -> None:
    filter_ = EmotionFilter()
    nearly = np.array([0.46, 0.5, 0.04, 0, 0, 0, 0])
    assert filter_.update(one_hot(0), 0.0, 0.25, 0.0)[1] == 0
    for frame in range(1, 90):
        assert filter_.update(nearly, frame * STEP, 0.25, 0.0)[1] == 0
    changed = [filter_.update(one_hot(1), (90 + frame) * STEP, 0.25, 0.0)[1] for frame in range(21)]
    assert changed[-1] == 1, "a real change shows within 0.7 s"


def test_a_change_to_an_unsure_answer_shows_within_0_7_s_too() -> None:
    filter_, unsure = EmotionFilter(), np.array([0.3, 0.5, 0.2, 0, 0, 0, 0])
    filter_.update(one_hot(0, 0.95), 0.0, HALF_LIFE, 0.0)
    shown = [filter_.update(unsure, frame * STEP, HALF_LIFE, 0.0)[1] for frame in range(1, 22)]
    assert shown[0] == 0 and shown[-1] == 1


def test_without_smoothing_every_frame_answers_for_itself() -> None:
    filter_ = EmotionFilter()
    for frame, emotion in enumerate((0, 3, 0, 5)):
        mean, chosen, _ = filter_.update(one_hot(emotion), frame * STEP, 0.0, 0.5)
        assert chosen == emotion and np.array_equal(mean, one_hot(emotion))


def test_uncertain_does_not_flicker_at_the_threshold() -> None:
    random = np.random.default_rng(1)
    filter_ = EmotionFilter()
    states = [
        filter_.update(one_hot(2, 0.5 + random.normal(0, 0.02)), frame * STEP, 0.25, 0.5)[2] for frame in range(300)
    ]
    assert sum(a != b for a, b in pairwise(states)) <= 1
    assert filter_.update(one_hot(2, 0.2), 20.0, 0.25, 0.5)[2]
    assert not filter_.update(one_hot(2, 0.9), 40.0, 0.25, 0.5)[2]


def test_a_threshold_near_one_is_left_and_reached() -> None:
    filter_ = EmotionFilter()
    assert filter_.update(one_hot(2, 0.9), 0.0, 0.25, 0.98)[2]
    assert not filter_.update(one_hot(2, 0.999), 20.0, 0.25, 0.98)[2]
