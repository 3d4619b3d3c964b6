"""Which files the paths of a command line stand for, and what is drawn of each."""

import glob
import json
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path

from emotion_core.files import write_json
from emotion_core.images import PICTURE_SUFFIXES
from emotion_core.vision.media.names import storable, unique_name
from emotion_core.vision.media.video_sampling import VIDEO_SUFFIXES

_STANDARD_INPUT = "-"
_NAMES = "annotated.json"


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


def outside(paths: Iterable[Path], folder: Path) -> list[Path]:
    """Those that do not lie under a folder."""
    root = folder.resolve()
    is_under = cache(lambda parent: parent.resolve().is_relative_to(root))
    return [path for path in paths if not is_under(path.parent)]


def annotated_names(paths: Iterable[Path], parts: Path) -> dict[Path, str]:
    """Names of files for what is drawn, like the inputs'; where two have one name, with numbers.

    parts: of a batch: an input keeps the name that `keep_names` has noted there, whatever else is read later.
    """
    kept = _kept_names(parts)
    names, taken = dict[Path, str](), {name.lower() for name in kept.values()}
    for path in paths:
        suffix = ".mp4" if path.suffix.lower() in VIDEO_SUFFIXES else ".jpg"
        names[path] = kept.get(storable(path)) or unique_name(storable(path.stem), suffix, taken)
    return names


def keep_names(names: Mapping[Path, str], parts: Path) -> None:
    """Note in a batch's parts which names are given. One process at a time; raises `OSError`."""
    kept = _kept_names(parts)
    now = kept | {storable(path): name for path, name in names.items()}
    if now != kept:
        write_json(parts / _NAMES, now)


def _kept_names(parts: Path) -> dict[str, str]:
    try:
        names = json.loads((parts / _NAMES).read_bytes())
    except (OSError, ValueError):
        return {}
    return names if isinstance(names, dict) else {}
