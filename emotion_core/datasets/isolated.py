"""Data sets that nobody trusts, read in a process of their own whose memory and time are limited and come back."""

import contextlib
import json
import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, replace
from pathlib import Path

import psutil

from emotion_core.datasets.dataset import DatasetError, FaceDataset
from emotion_core.datasets.loading import is_sample, load, locate
from emotion_core.datasets.rows import too_large, too_slow
from emotion_core.datasets.storage import DATA_VARIABLE
from emotion_core.datasets.transfer import TransferError, receive_dataset
from emotion_core.limits import OWNER, Limits

WAIT_SECONDS = 60.0  # for another data set to be read; FER2013 takes 5
_LOOK_SECONDS = 0.05  # between two looks at the process: at 1 GiB/s it gets 50 MiB further
_ENDING_SECONDS = 5.0  # for a process whose answer is over to end by itself
_MODULE = "emotion_core.datasets.reading_process"
_PROJECT = Path(__file__).resolve().parents[2]
# All that a Python needs; secrets stay here.
_PASSED_ON = ("PATH", "HOME", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "SYSTEMROOT", "TMPDIR", "TEMP", "TMP", DATA_VARIABLE)
_ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}  # each thread's stack counts as memory

_log = logging.getLogger(__name__)
_one_at_a_time = threading.Lock()


def load_isolated(source: str | Path, limits: Limits = OWNER) -> FaceDataset:
    """What `load` gives, read by another process. Raises `DatasetError`, also where that process met a limit.

    The memory of this process grows by the arrays of the result. One data set is read at a time; others wait.
    """
    if is_sample(source):
        return load(source)
    if not limits.dataset_faces:
        raise DatasetError("Data sets are not read for visitors of this server.")
    path, name = locate(source)
    if not _one_at_a_time.acquire(timeout=WAIT_SECONDS):
        raise DatasetError("Another data set is being read on this server; try again in a minute.")
    try:
        dataset = _read(path, limits)
    finally:
        _one_at_a_time.release()
    return replace(dataset, name=name) if name else dataset


def _read(path: Path, limits: Limits) -> FaceDataset:
    with _reading_process(path, limits) as process, _Watch(process, limits) as watch:
        assert process.stdout is not None
        try:
            return receive_dataset(process.stdout, limits)
        except MemoryError as error:
            raise too_large(path.name, limits) from error
        except TransferError as error:
            if watch.exceeded:
                raise watch.exceeded(path.name, limits) from error
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(_ENDING_SECONDS)
            _log.warning("The process that read %r ended with %s: %s", str(path), process.returncode, error)
            raise _broke_down(path.name, process.returncode, limits) from error


def _broke_down(name: str, code: int | None, limits: Limits) -> DatasetError:
    if code == -getattr(signal, "SIGKILL", 9):
        return DatasetError(f"{name} could not be read: the system ended the process that read it; memory is short.")
    return DatasetError(  # libraries in C++ end the process where memory is refused to them
        f"{name} makes its reader break down: it is damaged, or takes more memory than the "
        f"{limits.dataset_memory_mib:,} MiB allowed."
    )


@contextlib.contextmanager
def _reading_process(path: Path, limits: Limits) -> Iterator[subprocess.Popen[bytes]]:
    """A process that reads, and is gone afterwards, whatever happens here."""
    paths = os.pathsep.join([str(_PROJECT), *filter(None, [os.environ.get("PYTHONPATH")])])
    passed_on = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    process = subprocess.Popen(
        _command(path, limits),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**passed_on, **_ONE_THREAD, "PYTHONUTF8": "1", "PYTHONPATH": paths},
    )
    with process:  # closes the pipes
        try:
            yield process
        finally:
            process.kill()


def _command(path: Path, limits: Limits) -> list[str]:
    return [sys.executable, "-P", "-m", _MODULE, str(path), json.dumps(asdict(limits))]


class _Watch:
    """Ends a process that takes more memory or time than it may.

    exceeded: what makes the sentence about it, None while all is well.
    """

    exceeded: Callable[[str, Limits], DatasetError] | None = None

    def __init__(self, process: subprocess.Popen[bytes], limits: Limits) -> None:
        self._process = process
        self._limits = limits
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._look, name="watch", daemon=True)

    def __enter__(self) -> "_Watch":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._is_over.set()
        self._thread.join()

    def _look(self) -> None:
        ends = time.monotonic() + self._limits.dataset_work_seconds
        while not self._is_over.wait(_LOOK_SECONDS) and self._process.poll() is None:
            if time.monotonic() > ends:
                self.exceeded = too_slow
            elif _resident_mib(self._process.pid) > self._limits.dataset_memory_mib:
                self.exceeded = too_large
            if self.exceeded:
                self._process.kill()
                return


def _resident_mib(pid: int) -> float:
    try:
        return psutil.Process(pid).memory_info().rss / 2**20
    except psutil.Error:  # it is over
        return 0.0
