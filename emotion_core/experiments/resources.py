"""Whether there is room for one more run: in memory, on the disk, and among the runs that are kept."""

from dataclasses import dataclass

from emotion_core import process_memory
from emotion_core.experiments.config import RunConfig
from emotion_core.experiments.run import list_runs, runs_root
from emotion_core.experiments.run_lock import JobError
from emotion_core.experiments.source import DataSource, SourceKind
from emotion_core.files import free_disk_mib
from emotion_core.limits import OWNER, Limits
from emotion_core.wording import counted


@dataclass(frozen=True)
class Need:
    """MiB of memory that a training takes at its peak. fit: while it learns, without a face; face: for each face of a
    batch; end: while the network is exported and measured."""

    fit: float
    face: float
    end: float


# Measured by `python -m benchmarks.training_memory` at batches of 32 and 128; docs/measurements.md has the tables. What
# `residual` takes while it learns is that of a whole run of the preset `best`, which grows with each size of the faces.
NEEDS = {"baseline": Need(435, 1.0, 525), "residual_small": Need(540, 1.5, 565), "residual": Need(950, 3.0, 865)}
_FACE_OF_DATA = 0.006  # MiB for each face of the data set, which is held until the end: FER2013's 32,298 took 158
_MARGIN = 1.1
_FACE_BYTES = {".csv": 8_000}  # of a file for each face, as FER2013 has them
_USUAL_FACE_BYTES = 1_700
_KAGGLE_FACES = 36_000  # of FER2013, where nothing is downloaded yet


def check_resources(config: RunConfig, limits: Limits = OWNER) -> None:
    """Raises `JobError` when there is no room for a new run: among those that are kept, on the disk, or in memory."""
    if len(list_runs()) >= limits.runs:
        kept = counted(limits.runs, "run")
        raise JobError(f"There is room for {kept} only: delete some on the page Runs before another one starts.")
    check_resources_to_resume(config, limits)


def check_resources_to_resume(config: RunConfig, limits: Limits = OWNER) -> None:
    """The same for a run that is there already."""
    left = free_disk_mib(runs_root())
    if left < limits.free_disk_mib:
        raise JobError(f"The disk has {left:,} MiB left: delete runs or data sets before a training starts.")
    need, left = memory_need_mib(config), process_memory.available_mib()
    if left < need:
        raise JobError(
            f"Training {config.architecture} like this takes about {need:,} MiB of memory, and {left:,} MiB are left: "
            "close other programs and streams, or choose a smaller network, batch or data set."
        )


def memory_need_mib(config: RunConfig) -> int:
    """What a training takes at its peak, from what was measured, and a tenth more."""
    need = NEEDS[config.architecture]
    peak = max(need.fit + need.face * config.batch_size, need.end)
    return round((peak + _FACE_OF_DATA * _faces(config.source)) * _MARGIN)


def _faces(source: DataSource) -> float:
    """About how many faces there are in a data set, by the size of its files. 0 for the sample, which is small, and for
    what cannot be read, which ends the training with its own sentence."""
    if source.kind is SourceKind.kaggle:
        return _KAGGLE_FACES
    if source.kind is SourceKind.sample:
        return 0.0
    try:
        path = source.path
        files = path.rglob("*") if path.is_dir() else [path]
        return sum(
            file.stat().st_size / _FACE_BYTES.get(file.suffix.lower(), _USUAL_FACE_BYTES)
            for file in files
            if file.is_file()
        )
    except (OSError, RuntimeError, ValueError):
        return 0.0
