"""What a container may still use of memory: Linux's control groups, both versions; nothing on other systems.

The files are those of https://docs.kernel.org/admin-guide/cgroup-v2.html (memory.max, memory.high, memory.current,
memory.stat, memory.events) and https://docs.kernel.org/admin-guide/cgroup-v1/memory.html.
"""

from collections.abc import Iterator
from pathlib import Path

GROUPS = Path("/sys/fs/cgroup")
OWN_GROUPS = Path("/proc/self/cgroup")


def memory_left() -> int | None:
    """Bytes until the nearest limit of this process's group or one around it, those the system can take back from the
    file cache not counted as used; None where there is no limit."""
    return min((left for folder in _folders() if (left := _left(folder)) is not None), default=None)


def oom_kills() -> int | None:
    """How many processes of this process's group were killed so far because memory ran out; None where unknown."""
    for folder in _folders():
        for name in ("memory.events", "memory.oom_control"):
            kills = _table(folder / name).get("oom_kill")
            if kills is not None:
                return kills
    return None


def _left(folder: Path) -> int | None:
    names = ("memory.max", "memory.high", "memory.limit_in_bytes")
    limits = [limit for name in names if (limit := _number(folder / name)) is not None]
    used = _number(folder / "memory.current")
    if used is None:
        used = _number(folder / "memory.usage_in_bytes")
    if not limits or used is None:
        return None
    statistics = _table(folder / "memory.stat")
    cache = statistics.get("total_inactive_file", statistics.get("inactive_file", 0))
    return min(limits) - max(0, used - cache)


def _folders() -> Iterator[Path]:
    """Of this process's group and those around it, the innermost first.

    Inside a container the system may tell a path that is only known outside; the container's own group is then the
    outermost that can be seen.
    """
    try:
        lines = OWN_GROUPS.read_text().splitlines()
    except OSError:
        return
    for line in lines:
        _, controllers, path = line.split(":", 2)
        if controllers not in ("", "memory"):
            continue
        root = GROUPS / controllers
        folder = root / path.lstrip("/")
        yield from (place for place in (folder, *folder.parents) if place.is_relative_to(root) and place.is_dir())


def _number(path: Path) -> int | None:
    """None for a file that is not there, and for the word "max"."""
    try:
        return int(path.read_text())
    except (OSError, ValueError):
        return None


def _table(path: Path) -> dict[str, int]:
    try:
        pairs = [line.split() for line in path.read_text().splitlines()]
        return {pair[0]: int(pair[1]) for pair in pairs if len(pair) == 2}
    except (OSError, ValueError):
        return {}
