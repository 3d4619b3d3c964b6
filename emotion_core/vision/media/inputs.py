"""Which files the paths of a command line stand for."""

import glob
from collections.abc import Iterable, Iterator
from pathlib import Path

from emotion_core.images import PICTURE_SUFFIXES
from emotion_core.vision.media.video_sampling import VIDEO_SUFFIXES

_STANDARD_INPUT = "-"


def with_lines(paths: Iterable[str], lines: Iterable[str]) -> Iterator[str]:
    """The paths in order; "-" stands for one on each of `lines`."""
    for path in paths:
        yield from (line.rstrip("\n") for line in lines if line.strip()) if path == _STANDARD_INPUT else [path]


def expand(paths: Iterable[Path]) -> Iterator[Path]:
    """Files in order. A folder stands for the pictures and videos under it, by name; a pattern, which some shells leave
    as it is, for what it matches."""
    for path in paths:
        if path.is_dir():
            files = (file for file in sorted(path.rglob("*")) if file.is_file())
            yield from (file for file in files if file.suffix.lower() in PICTURE_SUFFIXES | VIDEO_SUFFIXES)
        elif glob.has_magic(str(path)) and not path.exists():
            matches = sorted(glob.glob(str(path), recursive=True))  # noqa: PTH207, Path.glob knows no absolute ones
            yield from expand(map(Path, matches)) if matches else [path]
        else:
            yield path


def annotated_names(paths: Iterable[Path]) -> dict[Path, str]:
    """Names of files for what is drawn, like the inputs'; where two have one name, with numbers."""
    names, taken = dict[Path, str](), set[str]()
    for path in paths:
        suffix = ".mp4" if path.suffix.lower() in VIDEO_SUFFIXES else ".jpg"
        number, name = 1, f"{path.stem}{suffix}"
        while name.lower() in taken:
            number += 1
            name = f"{path.stem}-{number}{suffix}"
        taken.add(name.lower())
        names[path] = name
    return names
