"""How much memory a piece of code takes at its height."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

_STATUS, _CLEAR = Path("/proc/self/status"), Path("/proc/self/clear_refs")


@dataclass
class Growth:
    """mib: above what the process had before, once the block is over."""

    mib: float = 0.0


@contextmanager
def peak_growth() -> Iterator[Growth]:
    """Measure the resident memory of this process at its height; skips the test where the system cannot tell."""
    growth = Growth()
    try:
        _CLEAR.write_text("5")  # forgets the height so far: proc(5)
    except OSError:
        pytest.skip("This system does not measure the height of a process's memory.")
    before = _kib("VmRSS")
    yield growth
    growth.mib = (_kib("VmHWM") - before) / 1024


def _kib(name: str) -> int:
    line = next(line for line in _STATUS.read_text().splitlines() if line.startswith(f"{name}:"))
    return int(line.split()[1])
