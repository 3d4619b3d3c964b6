"""`python -m emotion_core.datasets.reading_process PATH LIMITS`: read a data set that nobody trusts, and hand it on.

Started by `emotion_core.datasets.isolated`. What it reads goes out through standard output, as `transfer` has it; it
ends when its standard input does, so that it never outlives the process that asked.
"""

import contextlib
import json
import os
import sys
import threading
import traceback
from pathlib import Path
from typing import BinaryIO

import cv2

from emotion_core.datasets.dataset import DatasetError
from emotion_core.datasets.loading import load_path
from emotion_core.datasets.transfer import send_dataset, send_error
from emotion_core.limits import Limits

_PATIENCE = 10  # niceness: streams go first


def main() -> None:
    """Read what the command line names."""
    path, limits = Path(sys.argv[1]), Limits(**json.loads(sys.argv[2]))
    threading.Thread(target=_end_with_the_asker, daemon=True).start()
    with _answer() as pipe:
        _bind(limits)
        try:
            send_dataset(pipe, load_path(path, limits))
        except DatasetError as error:
            send_error(pipe, "data", str(error))
        except MemoryError:
            send_error(pipe, "memory", "")
        except Exception:
            send_error(pipe, "defect", traceback.format_exc()[-1000:])


def _answer() -> BinaryIO:
    """Standard output for this module alone: what libraries print about the data goes nowhere."""
    pipe = os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    return pipe


def _end_with_the_asker() -> None:
    os.read(0, 1)  # nothing ever comes, until the end does
    os._exit(1)


def _bind(limits: Limits) -> None:
    """Make this process one that cannot hurt the others."""
    cv2.setNumThreads(1)
    with contextlib.suppress(OSError):  # the first that the kernel ends where memory is short; on Linux
        Path("/proc/self/oom_score_adj").write_text("1000")
    if hasattr(os, "nice"):
        os.nice(_PATIENCE)
    with contextlib.suppress(ImportError, OSError, ValueError):  # elsewhere the asker watches alone
        import resource

        memory = limits.dataset_memory_mib * 2**20
        resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a crash leaves no copy of anybody's data


if __name__ == "__main__":
    main()
