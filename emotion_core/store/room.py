"""Whether there is room for one more run: in memory, on the disk, and among the runs that are kept."""

from dataclasses import dataclass
from pathlib import Path

from emotion_core import memory
from emotion_core.files import free_disk_mib
from emotion_core.limits import OWNER, Limits
from emotion_core.store.claims import JobError
from emotion_core.store.run_config import RunConfig
from emotion_core.store.runs import list_runs, runs_root
from emotion_core.wording import counted


@dataclass(frozen=True)
class Need:
    """MiB of memory that a training takes at its peak: the process itself, and each face of a batch."""

    process: float
    face: float


# `python -m benchmarks.training_memory`, rounded up; docs/measurements.md has the tables.
NEEDS = {"seed": Need(500, 0.3), "small": Need(500, 3.0), "strong": Need(700, 5.0)}
_DATA_SHARE = 4.0  # of a data set's file, in memory while it is read and split


def check_room(config: RunConfig, limits: Limits = OWNER) -> None:
    """Raises `JobError` when there is no room for a new run: among those that are kept, on the disk, or in memory."""
    if len(list_runs()) >= limits.runs:
        kept = counted(limits.runs, "run")
        raise JobError(f"There is room for {kept} only: delete some on the page Runs before another one starts.")
    check_room_to_go_on(config, limits)


def check_room_to_go_on(config: RunConfig, limits: Limits = OWNER) -> None:
    """The same for a run that is there already."""
    left = free_disk_mib(runs_root())
    if left < limits.free_disk_mib:
        raise JobError(f"The disk has {left:,} MiB left: delete runs or data sets before a training starts.")
    need, left = memory_need_mib(config), memory.available_mib()
    if left < need:
        raise JobError(
            f"Training {config.architecture} like this takes about {need:,} MiB of memory, and {left:,} MiB are left: "
            "close other programs and streams, or choose a smaller network, batch or data set."
        )


def memory_need_mib(config: RunConfig) -> int:
    """What a training takes at its peak, from what was measured."""
    need = NEEDS[config.architecture]
    return round(need.process + need.face * config.batch_size + _DATA_SHARE * _file_mib(config.data))


def _file_mib(data: str) -> float:
    """The size of a data set's files; 0 for the sample, which is drawn, and for what cannot be read, which ends the
    training with its own sentence."""
    path = Path(data).expanduser()
    try:
        files = path.rglob("*") if path.is_dir() else [path]
        return sum(file.stat().st_size for file in files if file.is_file()) / 2**20
    except (OSError, RuntimeError, ValueError):
        return 0.0
