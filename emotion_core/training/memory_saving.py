"""Training in little memory: TensorFlow loaded without what it does not need, and unused parts of libraries given back.

`benchmarks/training_memory.py` measures what each step saves. Everything here is for Linux; elsewhere it does nothing.
"""

import contextlib
import ctypes
import gc
import importlib.util
import re
import sys
from collections.abc import Iterator
from pathlib import Path

_LIBRARIES = ("libtensorflow_framework.so.2", "libtensorflow_cc.so.2")
_UNNEEDED = "sklearn"  # Keras loads it, where it is installed, for wrappers that are not used here
_MADV_DONTNEED = 4  # of Linux's <sys/mman.h>
_MAPPING = re.compile(r"^([0-9a-f]+)-([0-9a-f]+) (\S{4}) \S+ \S+ (\d+)")


def load_tensorflow() -> None:
    """Import TensorFlow and Keras with a smaller peak of memory than `import keras` alone has.

    The libraries come first by themselves: their start-up code touches 300 MiB of the file once, which are given back
    before the Python part needs as much.
    """
    found = importlib.util.find_spec("tensorflow")
    if sys.platform.startswith("linux") and found and found.origin:
        for library in _LIBRARIES:
            give_library_pages_back()
            with contextlib.suppress(OSError):  # another build of TensorFlow
                ctypes.CDLL(str(Path(found.origin).with_name(library)))
        give_library_pages_back()
    with _without(_UNNEEDED):
        import keras  # noqa: F401
    give_library_pages_back()


def give_freed_memory_back() -> None:
    """Return what was freed to the system: readers of data sets leave it scattered, and their libraries keep some."""
    gc.collect()
    if arrow := sys.modules.get("pyarrow"):
        arrow.default_memory_pool().release_unused()
    with contextlib.suppress(OSError, AttributeError):  # another C library
        ctypes.CDLL(None).malloc_trim(0)


def give_library_pages_back() -> None:
    """Forget which parts of library files are in memory; those needed again come back from the system's file cache,
    which it can shrink whenever memory is short.

    Only mappings that cannot be written and of which no page differs from its file, so that nothing can be lost.
    """
    if not sys.platform.startswith("linux"):
        return
    try:
        advise = ctypes.CDLL(None, use_errno=True).madvise
        mappings = list(_clean_mappings(Path("/proc/self/smaps").read_text()))
    except (OSError, AttributeError):  # another C library, or a system that shows no mappings
        return
    advise.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int]
    for start, end in mappings:
        advise(start, end - start, _MADV_DONTNEED)


def _clean_mappings(smaps: str) -> Iterator[tuple[int, int]]:
    """Addresses of mapped files' parts, read-only and unchanged. smaps: as proc(5) describes."""
    start = end = 0
    for line in smaps.splitlines():
        if head := _MAPPING.match(line):
            is_file = "w" not in head[3] and head[4] != "0"
            start, end = (int(head[1], 16), int(head[2], 16)) if is_file else (0, 0)
        elif end and line.startswith("Anonymous:") and line.split()[1] == "0":
            yield start, end


@contextlib.contextmanager
def _without(package: str) -> Iterator[None]:
    """Nothing inside finds the package, unless it is loaded already."""
    if package in sys.modules:
        yield
        return
    sys.modules[package] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        del sys.modules[package]
