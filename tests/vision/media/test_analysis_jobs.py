"""Files of this computer analyzed by a process of its own, which outlives what started it."""

import os
import signal
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from emotion_core.registry.model_folder import ModelFolder
from emotion_core.vision.media import analysis_jobs
from emotion_core.vision.media.analysis_jobs import AnalysisJob, AnalysisJobError, JobState, list_jobs, start
from tests.support.clips import example_clip
from tests.support.waiting import wait_until

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Processes are ended by SIGKILL.")


@pytest.fixture
def folder(tmp_path: Path, example: np.ndarray) -> Path:
    inputs = tmp_path / "my interviews"
    inputs.mkdir()
    Image.fromarray(example).save(inputs / "a.png")
    example_clip(inputs / "b.mp4", example, seconds=14)
    return inputs


def begin(folder: Path, model: ModelFolder) -> AnalysisJob:
    return start(folder.parent / "jobs", folder, model, "blazeface", sample_rate=10, annotated=False)


def test_a_job_is_killed_goes_on_is_stopped_and_ends(folder: Path, shipped: ModelFolder) -> None:
    job = begin(folder, shipped)
    assert job.name.endswith("-my-interviews") and job.state is JobState.running
    with pytest.raises(AnalysisJobError, match="is still running"):
        begin(folder, shipped)
    with pytest.raises(AnalysisJobError, match="is still running"):
        job.delete()
    wait_until(lambda: bool(job.desk.positions), 60, lambda: job.log)
    os.killpg(analysis_jobs._children.pop(job.path).pid, signal.SIGKILL)  # nor does a new server know its children
    wait_until(lambda: job.state is not JobState.running, 20)
    (found,) = list_jobs(folder.parent / "jobs")
    assert found == job and job.state is JobState.interrupted

    job.run()
    wait_until(lambda: bool(job.desk.positions) and job.state is JobState.running, 60, lambda: job.log)
    job.stop()
    wait_until(lambda: job.state is not JobState.running, 60)
    assert job.state is JobState.stopped
    half = pd.read_parquet(job.table_path)
    assert half["path"].nunique() == 2 and half["error"].isna().all()

    job.run()
    wait_until(lambda: job.state is not JobState.running, 120)
    assert job.state is JobState.finished, job.log
    whole = pd.read_parquet(job.table_path)
    assert whole["time"].max() == pytest.approx(13.9, abs=0.15) and whole["time"].max() > half["time"].max()
    progress = job.desk.progress
    assert progress is not None and progress.done == progress.total == 2
    job.delete()
    assert not list_jobs(folder.parent / "jobs") and (folder / "a.png").exists(), "what was analyzed stays"


def test_what_cannot_be_read_is_said(tmp_path: Path, shipped: ModelFolder) -> None:
    with pytest.raises(AnalysisJobError, match="There is nothing at"):
        start(tmp_path / "jobs", tmp_path / "gone", shipped, "cascade", 5, annotated=False)
    odd = AnalysisJob(tmp_path / "jobs" / "odd")
    odd.path.mkdir(parents=True)
    (odd.path / "job.json").write_text('{"path": 7}')
    assert list_jobs(tmp_path / "jobs") == [odd] and odd.request is None and odd.state is JobState.interrupted
    with pytest.raises(AnalysisJobError, match="settings cannot be read"):
        odd.run()
    odd.delete()
    assert not odd.path.exists()
