"""The list of rows that a person wants left out of training: kept beside the data, which are never changed."""

from collections.abc import Iterable
from pathlib import Path

from emotion_core.datasets.dataset import DatasetError
from emotion_core.datasets.home import data_home
from emotion_core.files import write_text

_SUFFIX = ".left-out.txt"


def read_left_out(source: str) -> set[str]:
    """References of the rows to leave out, as `FaceDataset.references` has them; none where there is no list."""
    for path in _places(source):
        try:
            return set(path.read_text(encoding="utf-8").split("\n")) - {""}
        except OSError:
            continue
    return set()


def write_left_out(source: str, references: Iterable[str]) -> Path:
    """Keep the list beside the data, or in the data home where that folder cannot be written. Raises `DatasetError`."""
    text = "\n".join(sorted(references)) + "\n"
    problem: OSError | None = None
    for path in _places(source):
        try:
            write_text(path, text)
        except OSError as error:
            problem = error
            continue
        return path
    raise DatasetError(f"The list cannot be kept: {problem}.")


def _places(source: str) -> list[Path]:
    path = Path(source).expanduser()
    kept = data_home() / f"{path.name.replace(':', '-')}{_SUFFIX}"
    return [path.with_name(path.name + _SUFFIX), kept] if path.exists() else [kept]
