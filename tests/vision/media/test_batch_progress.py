"""A batch that is watched, stopped in the middle of a video, and let go on."""

import os
import threading
from pathlib import Path

import numpy as np
import pytest

from emotion_core import file_lock
from emotion_core.registry.model_folder import ModelFolder
from emotion_core.vision.media.batch_progress import BatchDesk, Position, Progress, Reporter
from emotion_core.vision.media.input_reader import ReadingOptions
from emotion_core.vision.media.resumable_batch import Batch, BatchError, Done
from tests.support.clips import example_clip
from tests.support.waiting import wait_until

OPTIONS = ReadingOptions("blazeface", sample_rate=10, max_seconds=float("inf"))


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory, example: np.ndarray) -> Path:
    return example_clip(tmp_path_factory.mktemp("inputs") / "long.mp4", example, seconds=12)


def test_stop_keeps_the_first_part_of_a_video_and_the_next_call_reads_it_anew(
    clip: Path, tmp_path: Path, shipped: ModelFolder
) -> None:
    batch = Batch(tmp_path / "results.csv", shipped, OPTIONS)
    done: list[Done] = []
    reading = threading.Thread(target=lambda: done.extend(batch.read([clip], workers=1)), daemon=True)
    reading.start()
    wait_until(lambda: bool(batch.desk.positions), 60)
    (position,) = batch.desk.positions
    assert position.path == str(clip) and position.length == pytest.approx(11.9, abs=0.2)
    assert batch.desk.progress == Progress(total=1, done=0, begun=0, failed=0, seconds=0.0)
    with pytest.raises(BatchError, match="is being made by another process"):
        next(batch.read([clip], workers=1))
    batch.desk.stop()
    reading.join(60)
    assert not reading.is_alive() and "Stopped after" in done[0].note and not batch.desk.positions
    half = batch.records(clip)
    assert 0 < len(half) < 119 and not batch.is_done(clip)
    now = batch.desk.progress
    assert now is not None and (now.done, now.total, now.stopped) == (0, 1, True)

    again = Batch(tmp_path / "results.csv", shipped, OPTIONS)
    list(again.read([clip], workers=1))
    whole = again.records(clip)
    assert len(whole) == 120 and whole[: len(half)] == half and again.is_done(clip)
    now = again.desk.progress
    assert now is not None and not now.stopped, "an earlier Stop holds for an earlier call"


def test_a_lock_that_another_process_holds_is_respected(tmp_path: Path, shipped: ModelFolder) -> None:
    batch = Batch(tmp_path / "results.csv", shipped, OPTIONS)
    lock = file_lock.take(batch.desk.lock_path)
    assert lock is not None
    try:
        with pytest.raises(BatchError, match="another process"):
            next(batch.read([tmp_path / "a.png"], workers=1))
    finally:
        os.close(lock)


def test_the_time_left_counts_what_is_half_read() -> None:
    now = Progress(total=10, done=4, begun=2, failed=1, seconds=30.0)
    assert now.seconds_left([]) == pytest.approx(6 * 30 / 2)
    half = Position(path="a.mp4", time=30, length=60)
    assert now.seconds_left([half]) == pytest.approx(5.5 * 30 / 2.5)
    assert Position(path="a.mp4", time=30, length=0).share == 0
    assert Progress(total=10, done=2, begun=2, failed=0, seconds=30.0).seconds_left([]) is None


def test_words_that_cannot_be_read_are_none(tmp_path: Path) -> None:
    desk = BatchDesk(tmp_path)
    assert desk.progress is None and desk.positions == []
    (tmp_path / "progress.json").write_text('{"total": "many"}')
    (tmp_path / "at-1.json").write_text("half a wo")
    assert desk.progress is None and desk.positions == []


@pytest.mark.parametrize(("name", "positions"), [("caf\udce9.mp4", 1), ("a\0b.mp4", 0)])
def test_a_name_that_is_no_text_disturbs_no_reading(tmp_path: Path, name: str, positions: int) -> None:
    desk = BatchDesk(tmp_path)
    assert not Reporter(desk).is_stopped_at(Path(name), 1.0, 2.0)
    assert len(desk.positions) == positions
