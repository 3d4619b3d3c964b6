from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from emotion_core.emotions import EMOTIONS
from emotion_core.vision.faces.face import Face
from emotion_core.vision.geometry import Box
from emotion_core.vision.live import session_log
from emotion_core.vision.live.session_log import SessionLog
from emotion_core.wording import UNCERTAIN


def face(track: int, emotion: str, x: int = 10, is_uncertain: bool = False) -> Face:
    shares = {name: 0.94 if name == emotion else 0.01 for name in EMOTIONS}
    return Face(Box(x, 20, 30, 40), shares, is_uncertain, track_id=track)


def test_the_table_has_a_row_for_each_face_and_frame(tmp_path: Path) -> None:
    log = SessionLog()
    log.add(100.0, [face(1, "happy"), face(2, "sad")])
    log.add(100.5, [face(1, "neutral", x=-5)])
    log.table.to_csv(tmp_path / "log.csv", index=False)
    table = pd.read_csv(tmp_path / "log.csv")
    columns = ["time", "track", "x", "y", "width", "height", "emotion", "confidence", *EMOTIONS]
    assert table.columns.tolist() == columns
    assert table["time"].tolist() == [0, 0, 0.5] and table["track"].tolist() == [1, 2, 1]
    assert table["emotion"].tolist() == ["happy", "sad", "neutral"] and table["x"].tolist() == [10, 10, -5]
    assert table["confidence"].tolist() == pytest.approx([0.94] * 3)


def test_time_is_shared_out_and_changes_are_counted() -> None:
    log = SessionLog()
    for frame in range(31):
        log.add(frame / 10, [face(1, "happy" if frame < 20 else "sad"), face(2, "neutral")])
    log.add(60.0, [face(1, "happy")])
    assert log.seconds["happy"] == pytest.approx(2.0) and log.seconds["sad"] == pytest.approx(1.0)
    assert log.seconds["neutral"] == pytest.approx(3.0)
    assert log.changes == 2


def test_an_uncertain_answer_is_a_state_of_its_own() -> None:
    log = SessionLog()
    for frame in range(31):
        log.add(frame / 10, [face(1, "happy", is_uncertain=10 <= frame < 20)])
    assert log.seconds["happy"] == pytest.approx(2.0) and log.seconds[UNCERTAIN] == pytest.approx(1.0)
    assert log.changes == 2
    assert set(log.table["emotion"]) == {"happy"}, "the table tells the most probable one and its probability"


def test_the_oldest_rows_go_and_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session_log, "MAX_ROWS", 5000)
    log = SessionLog()
    for frame in range(12_345):
        log.add(frame / 30, [face(1, "happy")])
    table = log.table
    assert len(log) == len(table) == 5000
    assert table["time"].is_monotonic_increasing
    assert table["time"].iloc[-1] == pytest.approx(12_344 / 30, abs=1e-3)


def test_the_timeline_has_the_last_minute_four_times_a_second() -> None:
    log = SessionLog()
    for frame in range(30 * 90):
        log.add(frame / 30, [face(1, "happy"), face(2, "sad")])
    times = log.recent(2)["time"]
    assert 235 <= len(times) <= 245 and times.min() >= -60 and np.diff(times).max() < 0.3 and times.max() > -0.3
    log.add(100.0, [])
    assert log.recent(2)["time"].max() == pytest.approx(-100 + 89.9, abs=0.3), "time goes on while no face is in sight"


def test_the_timeline_of_whoever_comes_first_goes_on_with_another_number() -> None:
    log = SessionLog()
    for frame in range(300):
        first, second = face(1 if frame < 150 else 3, "happy"), face(2, "sad")
        log.add(frame / 30, [first, second])
    rows = log.recent()
    assert set(rows["track"]) == {1, 3} and np.diff(rows["time"]).max() < 0.3


def test_reset_forgets_everything() -> None:
    log = SessionLog()
    log.add(5.0, [face(1, "happy")])
    log.reset()
    assert len(log) == 0 and log.table.empty and not len(log.recent(1)) and not sum(log.seconds.values())
    log.add(9.0, [face(1, "happy")])
    assert log.table["time"].tolist() == [0]
