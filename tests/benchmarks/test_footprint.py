"""The footprint benchmark on a served app."""

import pytest

from benchmarks._memory import HighWater, memory_of
from benchmarks.footprint import measure, one_page, together, uploads
from tests.browser.serving import Server


def test_the_memory_of_a_page_is_more_than_that_of_none() -> None:
    before, after, highest = measure(one_page("about"))
    assert 50 < before.rss < after.rss <= highest.rss < 2000
    assert 0 < after.pss <= after.rss


def test_a_file_that_was_not_analyzed_is_no_measurement(app: Server) -> None:
    with HighWater(app.process) as water, pytest.raises(RuntimeError, match=r"words\.png"):
        together([uploads({"words.png": b"words"}), one_page("about")])(app)
    assert water.highest.rss == pytest.approx(memory_of(app.process).rss, rel=0.3)
