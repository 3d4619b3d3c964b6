import numpy as np
import pytest

from emotion_core.vision.faces.explanation import PARTS, Explanation, explain
from tests.vision.faces.test_occlusion import Lower


def test_the_map_is_hot_where_the_answer_comes_from_and_smooth() -> None:
    crop = np.full((48, 48), 40, np.uint8)
    crop[24:, :24] = 240
    found = explain(crop, "happy", Lower())  # type: ignore[arg-type]
    assert found.heat.shape == (48, 48) and found.before == pytest.approx(240 / 255)
    assert found.heat[28:44, 4:20].min() > 3 * max(found.heat[:12].max(), found.heat[:, 38:].max(), 0.001)
    steps = np.abs(np.diff(found.heat, axis=1)).max()
    assert steps < 0.2 * found.heat.max(), "no patch is seen"


def test_the_sentence_names_the_part_that_matters_most() -> None:
    crop = np.full((48, 48), 40, np.uint8)
    left, top, right, bottom = PARTS["mouth"]
    crop[top:bottom, left:right] = 240
    found = explain(crop, "happy", Lower())  # type: ignore[arg-type]
    after = found.covered["mouth"]
    assert set(found.covered) == set(PARTS) and after == min(found.covered.values()) < found.before - 0.1
    assert found.sentence == f"With the mouth covered, happy falls from {found.before:.0%} to {after:.0%}."
    level = Explanation("sad", found.heat, 0.5, dict.fromkeys(PARTS, 0.49))
    assert "No single part decides" in level.sentence and "50%" in level.sentence


def test_the_picture_is_the_face_coloured_where_it_matters() -> None:
    crop = np.full((48, 48), 100, np.uint8)
    heat = np.zeros((48, 48), np.float32)
    heat[30:40, 10:20] = 0.4
    picture = Explanation("sad", heat, 0.9, dict.fromkeys(PARTS, 0.5)).picture(crop)
    assert picture.shape == (192, 192, 3)
    red, _, blue = picture[140, 60].astype(int)
    assert red - blue > 100 and np.ptp(picture[20, 150]) == 0
