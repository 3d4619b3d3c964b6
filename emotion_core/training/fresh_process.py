"""The end of a run with its memory empty again.

What TensorFlow has built for training stays in a process until it ends, and exporting a network takes as much again.
So the process starts its program anew, under the same id and with the lock of its run, and hands on what it knows in a
file without a name.
"""

import os
import pickle
import sys
import tempfile
from pathlib import Path
from typing import IO, Any

from emotion_core.experiments import run_lock
from emotion_core.experiments.config import RunConfig
from emotion_core.experiments.run import Run
from emotion_core.experiments.run_schemas import RunState
from emotion_core.training import memory_saving
from emotion_core.training.failures import report_failures
from emotion_core.training.run_data import RunData

_PROJECT = Path(__file__).resolve().parents[2]


def finish_in_fresh_process(run: Run, config: RunConfig, data: RunData) -> None:
    """`finalize.finish` in this process with its memory empty; does not return. Where that cannot be done, as on
    Windows or a full disk, the same as it is."""
    run.update_status(state=RunState.evaluating, message="Measuring the best epoch.")
    try:
        _start_anew(run, config, data)
    except OSError as error:
        print(f"measuring in the memory that is left ({error})", flush=True)
    from emotion_core.training.finalize import finish  # it imports TensorFlow, for which there must be room first

    finish(run, config, data)


def _start_anew(run: Run, config: RunConfig, data: RunData) -> None:
    if os.name != "posix":  # Windows starts another process instead, and nobody waits for that one
        return
    with tempfile.TemporaryFile(dir=run.path) as file:
        _write((run, config, data), file)
        file.seek(0)
        os.set_inheritable(file.fileno(), True)
        run_lock.prepare_handover(run)
        sys.stdout.flush()
        sys.stderr.flush()
        paths = [str(_PROJECT), *filter(None, [os.environ.get("PYTHONPATH")])]
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(paths)}
        os.execve(sys.executable, [sys.executable, "-m", __name__, str(file.fileno())], environment)


def _go_on(handle: int) -> bool:
    """The program's second beginning; True when the run came to its end."""
    with os.fdopen(handle, "rb") as file:
        run, config, data = _read(file)
    run_lock.inherit_lock(run)
    memory_saving.load_tensorflow()
    from emotion_core.training.finalize import finish

    came_to_end = report_failures(run, lambda: finish(run, config, data))
    print(f"{run.path}: {run.status.message}", flush=True)
    run_lock.release(run)
    return came_to_end


def _write(value: object, file: IO[bytes]) -> None:
    """Pickle a value, its arrays straight from where they lie: a copy of the faces would be the peak of the memory."""
    arrays: list[pickle.PickleBuffer] = []
    rest = pickle.dumps(value, protocol=5, buffer_callback=arrays.append)
    parts = [memoryview(rest), *(array.raw() for array in arrays)]
    pickle.dump([part.nbytes for part in parts], file)
    for part in parts:
        file.write(part)


def _read(file: IO[bytes]) -> Any:
    parts = [bytearray(size) for size in pickle.load(file)]
    for part in parts:
        file.readinto(part)  # type: ignore[attr-defined]
    return pickle.loads(parts[0], buffers=parts[1:])


if __name__ == "__main__":
    sys.exit(0 if _go_on(int(sys.argv[1])) else 1)
