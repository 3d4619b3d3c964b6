"""The capacity benchmark: what it counts, and what it says about it."""

import time
from pathlib import Path

import pytest

from benchmarks._instrumented import StageClock
from benchmarks._stages import ANALYZE, DECODE, ENCODE, TOTAL, WORK, Figures
from benchmarks.capacity import Measured, Share, advice, measure
from tests.browser.camera import one_face
from tests.support.camera_visitor import record
from tests.support.frame_numbers import numbered


def figures(**more: float) -> Figures:
    """Of ten seconds in which each stage took 0.1 cores. more: calls a second, 30 where nothing is given."""
    calls = {stage: round(10 * more.get(stage, 30.0)) for stage in WORK}
    return Figures(10.0, {**dict.fromkeys(WORK, 1.0), TOTAL: 9.0}, calls, 1)


def work(seconds: float) -> None:
    end = time.thread_time() + seconds
    while time.thread_time() < end:
        pass


def test_a_stage_within_another_counts_for_itself_only() -> None:
    class Frame:
        def outer(self) -> None:
            work(0.01)
            self.inner()
            self.inner()
            work(0.01)

        def inner(self) -> None:
            work(0.02)

    clock = StageClock()
    clock.wrap(Frame, "outer", "outer")
    clock.wrap(Frame, "inner", "inner")
    Frame().outer()
    assert clock.calls == {"outer": 1, "inner": 2}
    assert clock.seconds["outer"] == pytest.approx(0.02, abs=0.008)
    assert clock.seconds["inner"] == pytest.approx(0.04, abs=0.008)


def test_waiting_costs_no_stage_anything() -> None:
    class Frame:
        def wait(self) -> None:
            time.sleep(0.05)

    clock = StageClock()
    clock.wrap(Frame, "wait", "wait")
    Frame().wait()
    assert clock.seconds["wait"] < 0.02


def test_figures_between_two_moments_are_rates_and_shares() -> None:
    before = Figures(100.0, {ENCODE: 2.0, TOTAL: 10.0}, {ENCODE: 50}, 1)
    spent = Figures(110.0, {ENCODE: 4.0, TOTAL: 25.0}, {ENCODE: 250}, 2).since(before)
    assert (spent.cores(ENCODE), spent.cores(TOTAL)) == (0.2, 1.5)
    assert (spent.rate(ENCODE), spent.milliseconds(ENCODE), spent.milliseconds(DECODE)) == (20.0, 10.0, 0.0)


@pytest.mark.parametrize(
    ("rates", "expected"),
    [
        ({}, []),
        ({ANALYZE: 10.0, ENCODE: 10.0}, ["67% of the frames that are decoded are never analyzed"]),
        ({ENCODE: 60.0}, ["50% of the frames that are encoded show what the one before showed"]),
    ],
)
def test_frames_that_cost_and_bring_nothing_are_named(rates: dict[str, float], expected: list[str]) -> None:
    lines = advice(Measured([Share(30, 30.0, 30.0, 1.0, [0.1])], figures(**rates), 0.1, 0.0), 8)
    assert [line for line in lines if "of the frames that are" in line] == [
        line for line in lines if any(words in line for words in expected)
    ]
    assert sum("of the frames that are" in line for line in lines) == len(expected)


@pytest.mark.parametrize(("rates", "starved"), [([8.0, 9.0, 10.0], False), ([8.0, 9.0, 2.0], True)])
def test_a_visitor_with_less_than_half_of_what_others_get_is_starved(rates: list[float], starved: bool) -> None:
    measured = Measured([Share(30, rate, rate, 1.0, []) for rate in rates], figures(), 0.1, 0.0)
    assert measured.is_somebody_starved is starved
    assert measured.slowest == min(rates)


def test_a_served_visitor_is_measured(tmp_path: Path) -> None:
    measured = measure(1, 2.0, record(numbered(one_face())), settle=1.0)
    (share,) = measured.shares
    assert 0 < share.rate <= 35 and share.faces > 0.5 and share.delays
    assert all(measured.server.calls[stage] for stage in (DECODE, ANALYZE, ENCODE))
    # a stage counts when it ends: some of what ended in these seconds was done before them
    assert 0 < sum(measured.server.cores(stage) for stage in WORK) <= 1.2 * measured.server.cores(TOTAL)
    assert measured.client > 0
