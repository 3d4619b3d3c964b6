"""People in a video, as figures."""

import pandas as pd
import pytest

from emotion_core.charts.person_charts import lanes, person_timeline, seconds_of, stretches
from emotion_core.emotions import EMOTIONS

TIMES = [0.0, 0.2, 0.4, 0.6, 1.4, 1.6]


@pytest.fixture
def table() -> pd.DataFrame:
    """Two persons; the first is away for a while, and uncertain once."""
    first = pd.DataFrame({"person": 1, "time": TIMES, "emotion": ["happy", "happy", "sad", "sad", "sad", "sad"]})
    second = pd.DataFrame({"person": 2, "time": TIMES[:4], "emotion": "fear"})
    both = pd.concat([first, second]).assign(uncertain=False, **dict.fromkeys(EMOTIONS, 1 / 7))
    both.loc[(both["person"] == 1) & (both["time"] == 0.6), "uncertain"] = True
    return both.astype({"person": "Int64", "uncertain": "boolean"})


def test_a_stretch_ends_with_its_answer_or_with_the_person_out_of_sight(table: pd.DataFrame) -> None:
    found = stretches(table).round(2)
    assert found.to_dict("records") == [
        {"person": 1, "answer": "happy", "start": 0.0, "end": 0.4},
        {"person": 1, "answer": "sad", "start": 0.4, "end": 0.6},
        {"person": 1, "answer": "uncertain", "start": 0.6, "end": 0.8},
        {"person": 1, "answer": "sad", "start": 1.4, "end": 1.8},
        {"person": 2, "answer": "fear", "start": 0.0, "end": 0.8},
    ]
    assert seconds_of(table[table["person"] == 1]) == pytest.approx({"happy": 0.4, "sad": 0.6, "uncertain": 0.2})


def test_a_lane_a_person_and_a_bar_a_stretch(table: pd.DataFrame) -> None:
    figure = lanes(table, {1: "Ada", 2: "person 2"})
    bars = {
        (y, bar.name, round(base, 1), round(x, 1))
        for bar in figure.data
        for y, base, x in zip(bar.y, bar.base, bar.x, strict=True)
    }
    assert bars == {
        ("Ada", "happy", 0.0, 0.4),
        ("Ada", "sad", 0.4, 0.2),
        ("Ada", "uncertain", 0.6, 0.2),
        ("Ada", "sad", 1.4, 0.4),
        ("person 2", "fear", 0.0, 0.8),
    }


def test_the_ground_is_gray_where_the_answer_was_uncertain(table: pd.DataFrame) -> None:
    figure = person_timeline(table[table["person"] == 1])
    (ground,) = figure.layout.shapes
    assert (round(ground.x0, 2), round(ground.x1, 2)) == (0.6, 0.8)


def test_one_sample_is_a_stretch_too(table: pd.DataFrame) -> None:
    assert len(stretches(table.head(1))) == 1
