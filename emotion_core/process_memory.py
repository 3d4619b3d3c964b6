"""Memory: kept small in the serving process while many threads handle pictures, and how much of it is left."""

import contextlib
import ctypes
import gc
import sys
from pathlib import Path

import psutil

from emotion_core import control_groups

# Numbers of mallopt's parameters in glibc's <malloc.h>.
_M_MMAP_THRESHOLD, _M_ARENA_MAX = -3, -8


def return_freed_memory() -> None:
    """Make the C library return every freed picture to the system at once; does nothing but on Linux with glibc.

    By default it keeps them, in up to eight heaps a core, for threads that may be gone: six visitors one after another
    left 384 MiB resident instead of 318.
    """
    if not sys.platform.startswith("linux"):
        return
    try:
        mallopt = ctypes.CDLL("libc.so.6").mallopt
    except (OSError, AttributeError):  # another C library
        return
    mallopt(_M_MMAP_THRESHOLD, 64 * 1024)
    mallopt(_M_ARENA_MAX, 2)


def freeze_imported_modules() -> None:
    """Spare the garbage collector a walk through every imported module.

    Streamlit collects all generations whenever a script ends, and parts of the live page end four times a second for
    each visitor: 100 ms each with the interpreter locked, in which no frame moves. Modules stay anyway.
    """
    gc.collect()
    gc.freeze()


def available_mib() -> int:
    """What a new process may use before the machine, or the container around this process, has no more."""
    machine = psutil.virtual_memory().available + psutil.swap_memory().free
    container = control_groups.memory_left()
    return (machine if container is None else min(machine, container)) // 2**20


def prefer_as_oom_victim() -> None:
    """Let Linux end this process before any other where memory runs out (proc(5), oom_score_adj)."""
    with contextlib.suppress(OSError):  # another system
        Path("/proc/self/oom_score_adj").write_text("1000")
