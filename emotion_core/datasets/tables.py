"""What the tables have in common: the original `fer2013.csv`, and Parquet as Hugging Face writes it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np

from emotion_core.datasets.dataset import SPLITS, DatasetError
from emotion_core.datasets.rows import RowCollector
from emotion_core.emotions import EMOTIONS, FER2013_NUMBERS
from emotion_core.images import ImageError

FERPLUS_FILE = "fer2013new.csv"
TABLE_SUFFIXES = {".csv", ".parquet"}

_USAGE = {"training": "train", "publictest": "public_test", "privatetest": "private_test"}
QUOTED = 40  # characters of a broken cell


@dataclass(frozen=True)
class Table:
    """A table that lies on disk or in a .zip. open: its bytes from the beginning."""

    name: str
    open: Callable[[], BinaryIO]

    @property
    def suffix(self) -> str:
        return Path(self.name).suffix.lower()


def table_on_disk(path: Path) -> Table:
    return Table(path.name, lambda: path.open("rb"))


def split_of(usage: object) -> str:
    """The split that a usage stands for, or the beginning of the usage where it is not a known one."""
    name = str(usage).strip().lower()
    return _USAGE.get(name, name[:QUOTED])


def add_row(
    rows: RowCollector,
    name: str,
    row: int,
    number: object,
    split: str,
    read: Callable[[], np.ndarray],
    emotions: Sequence[str] = FER2013_NUMBERS,
) -> None:
    """One row of the table called `name`: the number of its emotion, and what reads its face, uint8 [48, 48].

    emotions: what the numbers stand for. A row that cannot be read is left out. Raises `DatasetError` for an unknown
    split.
    """
    try:
        label = EMOTIONS.index(emotions[_checked(number, len(emotions))])
        image = read()
    except ImageError as error:
        rows.leave_out(f"Row {row} was left out: {str(error).rstrip('.')}.")
        return
    if split not in SPLITS:
        raise DatasetError(f"{name} has the unknown usage {split!r}; expected Training, PublicTest or PrivateTest.")
    rows.add(image, label, split, str(row))


def check_any(rows: RowCollector, name: str) -> None:
    """Raise `DatasetError` for a table without a row that could be read."""
    if not len(rows):
        raise DatasetError(f"{name} holds no readable faces. {' '.join(rows.problems[:1])}".rstrip())


def _checked(number: object, count: int) -> int:
    try:
        value = int(float(number) if isinstance(number, str) else number)  # type: ignore[call-overload]
    except (TypeError, ValueError, OverflowError) as error:
        raise ImageError(f"its label {str(number)[:QUOTED]!r} is not a number") from error
    if not 0 <= value < count:
        raise ImageError(f"its label {str(value)[:QUOTED]} is not one of 0 to {count - 1}")
    return int(value)
