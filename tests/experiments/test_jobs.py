"""The training process, started and looked after for real."""

import os
import signal
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from emotion_core import control_groups, file_lock, process_memory
from emotion_core.experiments import exit_reason, jobs, resources, run_lock
from emotion_core.experiments.config import RunConfig
from emotion_core.experiments.run import Run, create_run, list_runs
from emotion_core.experiments.run_schemas import RunState
from emotion_core.limits import OWNER, VISITOR
from tests.experiments.trainers import child_of, start_server, start_trainer, trainings_sleep
from tests.support.waiting import wait_until

SAMPLE = RunConfig(data="sample")


@pytest.fixture
def runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("EMOTION_RUNS", str(tmp_path))
    yield tmp_path
    for child in list(jobs._children.values()):
        child.process.kill()
        child.process.wait()


def explain(run: Run) -> str:
    return f"{run.status}\n{run.log_tail(50)}"


def test_two_servers_on_one_folder_start_one_training(runs: Path) -> None:
    servers = [start_server() for _ in range(3)]
    try:
        answers = [server.stdout.readline() for server in servers]  # type: ignore[union-attr]
        assert sum("still training" in answer for answer in answers) == 2, answers
        assert len(list_runs()) == 1
    finally:
        for server in servers:
            server.kill()
            server.wait()
        for answer in answers:
            if answer.startswith(str(runs)):
                psutil.Process(int(answer.split()[-1])).kill()


def test_a_training_is_killed_goes_on_is_stopped_killed_again_and_comes_to_its_report(runs: Path) -> None:
    run = jobs.start(RunConfig(data="sample", epochs=500))
    wait_until(lambda: run.status.pid is not None, 60, lambda: explain(run))
    psutil.Process(run.status.pid).kill()
    wait_until(lambda: jobs.state(run) == "interrupted", 10, lambda: explain(run))
    assert jobs.active_run() is None and jobs.can_resume(run)
    assert "The system ended the training; it probably ran out of memory" in jobs.outcome_message(run)

    jobs.resume(run)
    assert jobs.active_run() == run
    for act in (lambda: jobs.resume(run), lambda: jobs.start(SAMPLE)):
        with pytest.raises(jobs.JobError, match="still training"):
            act()
    wait_until(lambda: len(run.history) >= 1, 60, lambda: explain(run))
    with pytest.raises(jobs.JobError, match="stop it first"):
        jobs.delete(run)
    if sys.platform == "linux":
        first_to_go = Path(f"/proc/{run.status.pid}/oom_score_adj").read_text()
        assert first_to_go.strip() == "1000", "where memory runs out, the training ends and not the server"
    jobs.stop(run)
    wait_until(lambda: run.status.state == "evaluating", 60, lambda: explain(run))
    child, epochs = psutil.Process(run.status.pid), len(run.history)
    wait_until(lambda: "emotion_core.training.fresh_process" in child.cmdline(), 30, lambda: explain(run))
    child.kill()
    wait_until(lambda: jobs.state(run) == "interrupted", 10, lambda: explain(run))
    assert run.report is None and len(run.history) == epochs

    jobs.resume(run)
    jobs.stop(run)
    wait_until(lambda: not jobs.state(run).is_active, 60, lambda: explain(run))
    assert jobs.state(run) == "stopped" and run.report is not None and epochs <= len(run.history) <= epochs + 1
    assert not list(run.path.rglob("*.tmp")), "measured in a process that began anew, which left nothing behind"
    assert jobs.active_run() is None
    jobs.delete(run)
    assert list_runs() == []


def test_a_clock_that_steps_during_a_training_changes_nothing(runs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = create_run(SAMPLE, runs / "going")
    trainer = start_trainer(run.path)
    try:
        assert trainer.stdout is not None and trainer.stdout.readline() == "claimed\n"
        run.update_status(state=RunState.running)
        for seconds in (-7200, -3, 3, 7200):
            with monkeypatch.context() as patched:
                step_clock(seconds, patched)
                assert jobs.state(run) == "running" and jobs.active_run() == run, seconds
                with pytest.raises(jobs.JobError, match="still training"):
                    jobs.start(SAMPLE)
        trainer.kill()
        trainer.wait()
        for seconds in (-7200, 7200):
            with monkeypatch.context() as patched:
                step_clock(seconds, patched)
                assert jobs.state(run) == "interrupted" and jobs.active_run() is None, seconds
    finally:
        trainer.kill()


def step_clock(seconds: float, patched: pytest.MonkeyPatch) -> None:
    """As if the computer's clock had been set, which moves what the system says of a process's start with it."""
    now, created = time.time, psutil.Process.create_time
    patched.setattr(time, "time", lambda: now() + seconds)
    patched.setattr(psutil.Process, "create_time", lambda process: created(process) + seconds)


@pytest.mark.skipif(not file_lock.CAN_HAND_OVER, reason="This system hands no locks over.")
def test_a_server_that_dies_before_the_training_has_said_a_word_leaves_no_gap(runs: Path) -> None:
    server = start_server()
    assert server.stdout is not None
    path, pid = server.stdout.readline().split()
    server.kill()
    server.wait()
    child, run = psutil.Process(int(pid)), Run(Path(path))
    assert run.status.pid is None and jobs.state(run) == "starting"
    with pytest.raises(jobs.JobError, match="still training"):
        jobs.start(SAMPLE)
    child.kill()
    wait_until(lambda: jobs.state(run) == "interrupted", 10)
    assert jobs.outcome_message(run) == exit_reason.UNKNOWN_EXIT


def test_without_a_handed_over_lock_the_server_knows_its_own_child(runs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file_lock, "CAN_HAND_OVER", False)
    trainings_sleep(monkeypatch)
    run = jobs.start(SAMPLE)
    assert not file_lock.is_held(run.lock_path) and jobs.state(run) == "starting"
    child_of(run).terminate()
    wait_until(lambda: jobs.state(run) == "interrupted", 10)
    assert jobs.outcome_message(run) == "The training was ended from outside (SIGTERM)."


def test_a_run_is_trained_by_one_process(runs: Path) -> None:
    run = create_run(SAMPLE, runs / "run")
    first = start_trainer(run.path)
    try:
        assert first.stdout is not None and first.stdout.readline() == "claimed\n"
        assert "being trained by another process" in start_trainer(run.path).communicate(timeout=60)[1]
    finally:
        first.kill()
        first.wait()
    run_lock.claim(run)
    assert jobs.state(run) == "starting"
    run_lock.release(run)
    assert jobs.state(run) == "interrupted"


def test_a_complete_run_cannot_go_on(runs: Path) -> None:
    run = create_run(RunConfig(data="sample", epochs=1), runs / "done")
    run.update_status(state=RunState.finished)
    with pytest.raises(jobs.JobError, match="cannot go on"):
        jobs.resume(run)


@pytest.mark.parametrize(
    ("limits", "sentence"),
    [
        (replace(OWNER, runs=1), "room for 1 run only: delete some on the page Runs"),
        (VISITOR, "room for 0 runs only"),
        (replace(OWNER, free_disk_mib=10**9), r"The disk has [\d,]+ MiB left: delete runs or data sets"),
    ],
)
def test_without_room_no_run_begins(limits: object, sentence: str, runs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    create_run(SAMPLE, runs / "one").update_status(state=RunState.stopped)
    trainings_sleep(monkeypatch)
    with pytest.raises(jobs.JobError, match=sentence):
        jobs.start(SAMPLE, limits=limits)  # type: ignore[arg-type]
    assert len(list_runs()) == 1


def test_without_memory_no_training_begins_or_goes_on(runs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = create_run(SAMPLE, runs / "one")
    run.update_status(state=RunState.stopped)
    monkeypatch.setattr(control_groups, "memory_left", lambda: 100 * 2**20)
    for act in (lambda: jobs.start(SAMPLE), lambda: jobs.resume(run)):
        with pytest.raises(jobs.JobError, match=r"takes about \d+ MiB of memory, and 100 MiB are left"):
            act()
    assert list_runs() == [run] and not run.log_path.exists()


def test_a_larger_network_batch_or_data_set_needs_more_memory(tmp_path: Path) -> None:
    with (tmp_path / "faces.csv").open("wb") as file:
        file.truncate(64 * 2**20)
    need = resources.memory_need_mib(SAMPLE)
    for larger in ({"architecture": "residual"}, {"batch_size": 1024}, {"data": str(tmp_path)}):
        assert resources.memory_need_mib(SAMPLE.changed(**larger)) > need


def test_a_training_ended_by_a_full_control_group_is_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(control_groups, "oom_kills", lambda: 3)
    assert "training; it ran out of memory" in exit_reason.describe_exit(-signal.SIGKILL, 2)
    assert "training; it probably ran out of memory" in exit_reason.describe_exit(-signal.SIGKILL, 3)
    assert "crashed (SIGSEGV)" in exit_reason.describe_exit(-signal.SIGSEGV, 2)
    assert "its log may say more" in exit_reason.describe_exit(1, 2)


def test_leftovers_of_dead_trainings_are_swept_and_those_of_living_ones_stay(runs: Path) -> None:
    dead, living = (create_run(SAMPLE, runs / name) for name in ("dead", "living"))
    for run in (dead, living):
        (run.path / ".status.json.x.tmp").touch()
        (run.path / ".model.x.tmp").mkdir()
        (run.path / ".model.aside").mkdir()
    claimed = file_lock.take(living.lock_path)
    assert claimed is not None
    jobs.clean_up_runs()
    assert {path.name for path in dead.path.iterdir()} == {"config.json", "status.json", "model", ".training"}
    assert len(list(living.path.glob(".*.tmp"))) == 2
    os.close(claimed)


def test_what_is_left_of_memory_is_the_least_of_machine_and_container(monkeypatch: pytest.MonkeyPatch) -> None:
    for left, expected in ((50 * 2**20, 50), (2**60, process_memory.available_mib())):
        monkeypatch.setattr(control_groups, "memory_left", lambda left=left: left)
        assert process_memory.available_mib() == pytest.approx(expected, rel=0.2)
