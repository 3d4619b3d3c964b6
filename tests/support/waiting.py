"""Waiting for a condition instead of for a time."""

import time
from collections.abc import Callable


def wait_until(condition: Callable[[], bool], seconds: float, explain: Callable[[], str] = lambda: "") -> None:
    """Return as soon as the condition holds; fail with the explanation when it does not within the time."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, f"Not within {seconds} s. {explain()}"
        time.sleep(0.1)
