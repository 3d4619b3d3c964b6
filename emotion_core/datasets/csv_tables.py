"""Reader for the original `fer2013.csv`, row by row, with the FER+ votes where they were brought together with it.

FER+ comes as `fer2013new.csv`: a row for each row of `fer2013.csv`, as published.
"""

import csv
import io
from collections.abc import Iterator, Sequence
from functools import partial
from itertools import islice

import numpy as np

from emotion_core.datasets.dataset import DatasetError, FaceDataset
from emotion_core.datasets.ferplus import COLUMNS, arrange
from emotion_core.datasets.rows import RowCollector
from emotion_core.datasets.tables import Table, add_row, check_any, split_of
from emotion_core.images import FACE_SIZE, ImageError
from emotion_core.limits import OWNER, Limits

VOTED_FILE = "fer2013.csv"
MAX_ROW_LENGTH = 2**18  # characters; 2,304 pixels take 9,215 at most

_DIGITS = str.maketrans("", "", "0123456789 ")


def read_csv(table: Table, votes: Table | None = None, limits: Limits = OWNER) -> FaceDataset:
    """Columns emotion (Kaggle's number), pixels (2,304 values) and Usage, else all is Training. Raises `DatasetError`.

    votes: FER+, which belongs to a table called `fer2013.csv`.
    """
    rows = RowCollector(table.name, limits)
    splits: list[str] = []
    lines = _rows(table)
    emotion, pixels, usage = _columns(next(lines), "emotion", "pixels", "usage")
    if emotion is None or pixels is None:
        raise DatasetError(f"{table.name} needs the columns emotion, pixels and Usage.")
    for row, cells in enumerate(lines):
        splits.append("train" if usage is None else split_of(_cell(cells, usage)))
        read = partial(_parse_pixels, _cell(cells, pixels))
        add_row(rows, table.name, row, _cell(cells, emotion), splits[-1], read)
    check_any(rows, table.name)
    if votes is None or table.name.lower() != VOTED_FILE:
        return rows.finished()
    kept = [int(reference) for reference in rows.references]
    return rows.finished(_read_votes(votes, splits)[kept])


def _read_votes(table: Table, splits: Sequence[str]) -> np.ndarray:
    """Votes for rows of these splits, uint8 [N, 8]; FER+ may go on after them, as where PrivateTest is missing."""
    lines = _rows(table)
    header = next(lines)
    usage, *counts = _columns(header, "usage", *(name.lower() for name in COLUMNS))
    if usage is None or None in counts:
        raise DatasetError(f"{table.name} cannot be read as FER+ votes: it needs Usage and its ten counts.")
    voted: list[str] = []
    votes: list[list[float]] = []
    try:
        for cells in islice(lines, len(splits)):
            voted.append(split_of(_cell(cells, usage)))
            votes.append([float(_cell(cells, count)) for count in counts if count is not None])
    except DatasetError:
        raise
    except ValueError as error:
        raise DatasetError(f"{table.name} cannot be read as FER+ votes ({error}).") from error
    if voted != list(splits):
        raise DatasetError(f"{table.name} does not belong to the {VOTED_FILE} beside it: their usages differ.")
    return arrange(votes)


def _rows(table: Table) -> Iterator[list[str]]:
    """The header, then each row that is not empty. Raises `DatasetError`."""
    try:
        with table.open() as binary, io.TextIOWrapper(binary, encoding="utf-8-sig") as text:
            lines = _Lines(text, table.name)
            is_empty = True
            for cells in csv.reader(lines):
                lines.length = 0
                if cells:
                    is_empty = False
                    yield cells
    except DatasetError:
        raise
    except (OSError, ValueError, csv.Error) as error:
        raise DatasetError(f"{table.name} cannot be read as csv ({error}).") from error
    if is_empty:
        raise DatasetError(f"{table.name} cannot be read as csv: it is empty.")


class _Lines:
    """The lines of a text, as long as a row of them is not endless: a quoted cell may go on over many."""

    def __init__(self, text: io.TextIOWrapper, name: str) -> None:
        self.length = 0
        self._text = text
        self._name = name

    def __iter__(self) -> Iterator[str]:
        while line := self._text.readline(MAX_ROW_LENGTH + 1):
            self.length += len(line)
            if self.length > MAX_ROW_LENGTH:
                raise DatasetError(
                    f"{self._name} has a row of more than {MAX_ROW_LENGTH:,} characters; the 2,304 pixels of a face "
                    "take 9,215."
                )
            yield line


def _columns(header: Sequence[str], *names: str) -> list[int | None]:
    """Where each column stands, None for one that is missing."""
    found = [cell.strip().lower() for cell in header]
    return [found.index(name) if name in found else None for name in names]


def _cell(cells: Sequence[str], column: int) -> str:
    return cells[column] if column < len(cells) else ""


def _parse_pixels(text: str) -> np.ndarray:
    if text.translate(_DIGITS):
        raise ImageError("its pixels are not numbers from 0 to 255")
    values = np.fromstring(text, np.int64, sep=" ") if text.strip() else np.empty(0, np.int64)
    if values.size != FACE_SIZE * FACE_SIZE:
        raise ImageError(f"it has {values.size} pixels instead of {FACE_SIZE * FACE_SIZE}")
    if values.max() > 255:  # numbers beyond int64 become its largest
        raise ImageError("its pixels are not numbers from 0 to 255")
    return values.astype(np.uint8).reshape(FACE_SIZE, FACE_SIZE)
