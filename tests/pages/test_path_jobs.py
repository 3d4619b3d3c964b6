"""Files of this computer on the analyze page: the form, what goes on, and what came out."""

import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from emotion_core.datasets.storage import data_home
from emotion_core.registry.model_folder import open_model
from emotion_core.vision.media.analysis_jobs import AnalysisJob, list_jobs
from emotion_core.vision.media.batch_progress import Position, Reporter
from emotion_core.vision.media.input_reader import InputReader, ReadingOptions
from emotion_core.vision.media.reading_pool import Answer
from emotion_core.vision.media.resumable_batch import Batch
from tests.pages.steps import charts, labelled, open_page
from tests.support.clips import example_clip


@pytest.fixture
def folder(tmp_path: Path, example: np.ndarray) -> Path:
    inputs = tmp_path / "interviews"
    inputs.mkdir()
    Image.fromarray(example).save(inputs / "a.png")
    example_clip(inputs / "b.mp4", example, seconds=1)
    (inputs / "c.png").write_bytes(b"no picture")
    return inputs


@pytest.fixture
def in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Jobs are done when they have begun, by the same batch."""

    def run(job: AnalysisJob) -> None:
        asked = job.request
        assert asked is not None
        options = ReadingOptions(asked.detector, asked.sample_rate, float("inf"))
        reader = InputReader(open_model(Path(asked.model)), options)

        def read_all(paths: list[Path], *_: object) -> Iterator[tuple[Path, Answer]]:
            yield from ((path, Answer(list(reader.records(path)))) for path in paths)

        monkeypatch.setattr("emotion_core.vision.media.resumable_batch.read_all", read_all)
        batch, paths = Batch(job.table_path, open_model(Path(asked.model)), options), sorted(Path(asked.path).iterdir())
        list(batch.read(paths, workers=1))
        batch.write(paths)

    monkeypatch.setattr(AnalysisJob, "run", run)


def ask(folder: Path) -> AppTest:
    at = open_page("analyze")
    labelled(at.button_group, "From").set_value("On this computer").run()
    labelled(at.selectbox, "Detector").set_value("cascade").run()
    labelled(at.text_input, "File or folder").input(str(folder)).run()
    assert not at.exception
    return at


def test_a_folder_is_read_and_found_again(folder: Path, in_this_process: None) -> None:
    at = ask(folder)
    assert any(caption.value.startswith("2 pictures and 1 video: about") for caption in at.caption)
    at.button(key="start analysis").click().run()
    assert not at.exception and any("in 3 files, 1 that could not be read" in text.value for text in at.markdown)
    table = next(frame.value for frame in at.dataframe if "happy" in frame.value)
    assert table["path"].nunique() == 3 and table["error"].notna().sum() == 1

    again = open_page("analyze")  # after a restart
    labelled(again.button_group, "From").set_value("On this computer").run()
    assert not again.exception and any("is done" in text.value for text in again.markdown)
    files = labelled(again.selectbox, "File")
    assert files.options == ["a.png", "b.mp4", "c.png"] and len(charts(again)) == 1, "bars of the first picture's face"
    files.set_value(str(folder / "b.mp4")).run()
    assert not again.exception and charts(again)[0]["data"][0]["name"] == "angry", "a time line"
    labelled(again.selectbox, "File").set_value(str(folder / "c.png")).run()
    assert again.error[0].value == "c.png is not a picture in a known format."
    again.button(key="delete analysis").click().run()
    assert not again.exception and not list_jobs(data_home() / "analyses")


def test_a_table_by_another_model_than_the_pictures_is_said(folder: Path, in_this_process: None) -> None:
    at = ask(folder)
    at.button(key="start analysis").click().run()
    assert not any(
        "model in use, " in caption.value and "answers may differ" in caption.value for caption in at.caption
    )
    (job,) = list_jobs(data_home() / "analyses")
    pd.read_parquet(job.table_path).assign(model="older").to_parquet(job.table_path)
    at.run()
    assert any("The table is by older, whose answers may differ" in caption.value for caption in at.caption)


def test_nothing_to_read_is_said_and_cannot_be_started(tmp_path: Path) -> None:
    at = ask(tmp_path / "gone")
    assert "is no file, or a folder without pictures and videos" in at.warning[0].value
    assert at.button(key="start analysis").disabled


def test_what_goes_on_is_followed_and_stopped(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The process that reads is one thread of this one, held in the middle of the clip."""
    is_free, is_there = threading.Event(), threading.Event()

    def read_all(paths: list[Path], *rest: object) -> Iterator[tuple[Path, Answer]]:
        reporter = Reporter(rest[-1])  # type: ignore[arg-type]
        reporter.is_stopped_at(paths[0], 20.0, 80.0)
        is_there.set()
        is_free.wait(60)
        yield paths[0], Answer([], "", is_whole=False)

    def run(job: AnalysisJob) -> None:
        asked = job.request
        assert asked is not None
        monkeypatch.setattr("emotion_core.vision.media.resumable_batch.read_all", read_all)
        batch = Batch(job.table_path, open_model(Path(asked.model)), ReadingOptions("cascade", 5, float("inf")))
        threading.Thread(target=lambda: list(batch.read([folder / "b.mp4"], workers=1)), daemon=True).start()
        assert is_there.wait(30)

    monkeypatch.setattr(AnalysisJob, "run", run)
    at = ask(folder)
    at.button(key="start analysis").click().run()
    try:
        assert not at.exception and any("b.mp4: 20 seconds of 80 seconds" in caption.value for caption in at.caption)
        assert "0 of 1 file" in at.get("progress")[0].proto.text
        at.button(key="stop analysis").click().run()
        (job,) = list_jobs(data_home() / "analyses")
        assert not at.exception and job.desk.is_stopped
        assert job.desk.positions == [Position(path=str(folder / "b.mp4"), time=20.0, length=80.0)]
    finally:
        is_free.set()


def test_visitors_have_no_such_thing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EMOTION_MODE", "public")
    at = open_page("analyze")
    assert not [group for group in at.button_group if group.label == "From"] and not at.text_input
