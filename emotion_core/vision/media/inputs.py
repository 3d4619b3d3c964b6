"""Which files the paths of a command line stand for."""

import glob
from collections.abc import Iterable, Iterator
from pathlib import Path

from emotion_core.images import PICTURE_SUFFIXES
from emotion_core.vision.media.video_sampling import VIDEO_SUFFIXES

STANDARD_INPUT = Path("-")


def expand(paths: Iterable[Path], lines: Iterable[str] = ()) -> Iterator[Path]:
    """Files in order. A folder stands for the pictures and videos under it, by name; a pattern, which some shells leave
    as it is, for what it matches; "-" for a path on each of `lines`."""
    for path in paths:
        if path == STANDARD_INPUT:
            yield from expand(Path(line.rstrip("\n")) for line in lines if line.strip())
        elif path.is_dir():
            files = (file for file in sorted(path.rglob("*")) if file.is_file())
            yield from (file for file in files if file.suffix.lower() in PICTURE_SUFFIXES | VIDEO_SUFFIXES)
        elif glob.has_magic(str(path)) and not path.exists():
            matches = sorted(glob.glob(str(path), recursive=True))  # noqa: PTH207, Path.glob knows no absolute ones
            yield from expand(map(Path, matches)) if matches else [path]
        else:
            yield path
