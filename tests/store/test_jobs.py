"""The training process, started and looked after for real."""

import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from emotion_core.store import jobs
from emotion_core.store.run_config import RunConfig
from emotion_core.store.runs import ACTIVE_STATES, Run, create_run, list_runs
from tests.waiting import wait_until


@pytest.fixture
def runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("EMOTION_RUNS", str(tmp_path))
    return tmp_path


def explain(run: Run) -> str:
    return f"{run.status}\n{run.log_tail(50)}"


def test_one_at_a_time_stop_and_the_next(runs: Path) -> None:
    run = jobs.start(RunConfig(data="sample", epochs=500))
    assert jobs.active_run() == run
    with pytest.raises(jobs.JobError, match="still training"):
        jobs.start(RunConfig(data="sample"))
    wait_until(lambda: len(run.history) >= 1, 60, lambda: explain(run))
    jobs.stop(run)
    wait_until(lambda: jobs.state(run) not in ACTIVE_STATES, 60, lambda: explain(run))
    assert jobs.state(run) == "stopped" and run.report is not None
    assert jobs.active_run() is None


def test_one_at_a_time_between_processes_too(runs: Path) -> None:
    start_slowly = """
import time
from emotion_core.store import jobs
from emotion_core.store.run_config import RunConfig

create = jobs.create_run
jobs.create_run = lambda *args: (time.sleep(0.5), create(*args))[1]
jobs._spawn = lambda run: None
try:
    print(jobs.start(RunConfig(data="sample")).name)
except jobs.JobError as error:
    print(error)
"""
    command = [sys.executable, "-c", start_slowly]
    starters = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    answers = [starter.communicate(timeout=60)[0] for starter in starters]
    assert sum("still training" in answer for answer in answers) == 2, answers
    assert len(list_runs()) == 1


def test_a_killed_process_is_noticed_and_blocks_nothing(runs: Path) -> None:
    run = jobs.start(RunConfig(data="sample", epochs=500))
    wait_until(lambda: "pid" in run.status, 60, lambda: explain(run))
    psutil.Process(run.status["pid"]).kill()
    wait_until(lambda: jobs.state(run) == "interrupted", 10, lambda: explain(run))
    assert jobs.active_run() is None

    jobs.resume(run)
    with pytest.raises(jobs.JobError, match="still training"):
        jobs.resume(run)
    wait_until(lambda: len(run.history) >= 1, 60, lambda: explain(run))
    jobs.stop(run)
    wait_until(lambda: jobs.state(run) not in ACTIVE_STATES, 60, lambda: explain(run))
    assert jobs.state(run) == "stopped" and jobs.can_go_on(run)


def test_a_complete_run_cannot_go_on(runs: Path) -> None:
    run = create_run(RunConfig(data="sample", epochs=1), runs / "done")
    run.update_status(state="finished")
    with pytest.raises(jobs.JobError, match="cannot go on"):
        jobs.resume(run)


def test_another_process_with_the_same_id_is_not_ours(tmp_path: Path) -> None:
    run = create_run(RunConfig(data="sample"), tmp_path)
    own = psutil.Process()
    run.update_status(state="running", pid=own.pid, pid_started=own.create_time())
    assert jobs.state(run) == "running"
    run.update_status(pid_started=own.create_time() - 1000)
    assert jobs.state(run) == "interrupted"
