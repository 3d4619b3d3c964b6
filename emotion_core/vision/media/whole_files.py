"""Files that are there whole or not at all, for what writes to a path and takes its time."""

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from emotion_core.folder_replacement import UNFINISHED


def unfinished_path(path: Path) -> Path:
    """Where a file lies while it is written: beside it, always the same, so that the next try writes over it."""
    digest = hashlib.sha256(os.fsencode(path.name)).hexdigest()[:32]  # a name may be as long as names can be
    return path.with_name(f".{digest}{UNFINISHED}")


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """`with whole_file(path) as unfinished:` gives a path to write to, whose file takes the place of `path` at the end.

    After an error `path` is as before.
    """
    unfinished = unfinished_path(path)
    try:
        yield unfinished
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
