"""The list of rows that a person wants left out of training: kept beside the data, which are never changed."""

import hashlib
from collections.abc import Iterable
from pathlib import Path

from emotion_core.datasets.dataset import DatasetError
from emotion_core.datasets.storage import EXCLUSIONS_SUFFIX, data_home
from emotion_core.files import reason, write_text


def read_exclusions(source: str) -> set[str]:
    """References of the rows to leave out, as `FaceDataset.references` has them; none where there is no list."""
    for path in _places(source):
        try:
            return set(path.read_text(encoding="utf-8").split("\n")) - {""}
        except (OSError, UnicodeDecodeError):
            continue
    return set()


def write_exclusions(source: str, references: Iterable[str]) -> Path:
    """Keep the list beside the data, or in the data home where that folder cannot be written. Raises `DatasetError`."""
    text = "\n".join(sorted(references)) + "\n"
    problem = OSError("there is no place for it")
    for path in _places(source):
        try:
            write_text(path, text)
        except OSError as error:
            problem = error
            continue
        return path
    raise DatasetError(f"The list cannot be kept: {reason(problem)}.")


def with_marks(exclusions: set[str], shown: Iterable[str], marked: Iterable[str]) -> set[str]:
    """The list after a person went through a part of it: of the rows that were shown those that were marked, and of the
    others those that it has already."""
    return (exclusions - set(shown)) | set(marked)


def _places(source: str) -> list[Path]:
    path = Path(source).expanduser().resolve()
    if not path.exists():  # "sample", or a name at Kaggle
        return [data_home() / f"{source.replace(':', '-').replace('/', '-')}{EXCLUSIONS_SUFFIX}"]
    # data of the same name in another folder are other data
    place = hashlib.sha256(str(path).encode()).hexdigest()[:12]
    return [path.with_name(path.name + EXCLUSIONS_SUFFIX), data_home() / f"{path.name}-{place}{EXCLUSIONS_SUFFIX}"]
