"""The tables of a run: one row an epoch, and one a validation face."""

import csv
import io
import math
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as parquet
from pyarrow import ArrowException

from emotion_core.emotions import EMOTIONS
from emotion_core.files import read_text
from emotion_core.validation import UnreadableError

# Limits of each column; a loss may be written as no number at all, where the validation faces' is none.
_SHARES = ("accuracy", "val_accuracy")
_LOSSES = ("loss", "val_loss")
_COLUMNS = {
    "epoch": (1, 1_000_000),
    **dict.fromkeys(_SHARES, (0, 1)),
    **dict.fromkeys(_LOSSES, (-1e12, 1e12)),
    "learning_rate": (0, 1e6),
    "seconds": (0, 1e9),
}
_MAX_FACES = 1_000_000
PREDICTION_COLUMNS = ("reference", "truth", "answer", "confidence")


def empty_history() -> pd.DataFrame:
    """That of a run before its first epoch is over."""
    return pd.DataFrame(columns=list(_COLUMNS))


def read_history(path: Path) -> pd.DataFrame:
    """One row an epoch: epoch, accuracy, loss, the same of the validation faces as val_..., learning_rate, seconds.
    Empty where there is no file.

    A csv that was cut off counts as far as it is whole. Raises `UnreadableError` for one that makes no sense.
    """
    if not path.exists():
        return empty_history()
    try:
        lines = list(csv.reader(io.StringIO(read_text(path))))
    except csv.Error as error:
        raise UnreadableError(f"{path.name} cannot be read.") from error
    names = lines[0] if lines else []
    if not set(_COLUMNS) <= set(names) or len(set(names)) < len(names):
        raise UnreadableError(f"{path.name} cannot be read: it lacks columns.")
    rows: list[list[float]] = []
    for line in lines[1:]:
        row = _numbers(dict(zip(names, line, strict=False)))
        if row is None or (rows and row[0] <= rows[-1][0]):
            break
        rows.append(row)
    if not rows and len(lines) > 1:
        raise UnreadableError(f"{path.name} cannot be read: its first row is not what an epoch leaves.")
    return pd.DataFrame(rows, columns=list(_COLUMNS)).astype({"epoch": int})


def _numbers(cells: dict[str, str]) -> list[float] | None:
    """In the order of `_COLUMNS`; None where one is missing, is no number, or none that can be meant."""
    row = []
    for name, (least, most) in _COLUMNS.items():
        try:
            value = float(cells[name] or "nan")
        except (KeyError, ValueError):
            return None
        if not least <= value <= most:
            if name not in _LOSSES:
                return None
            value = math.nan
        row.append(value)
    return row


def read_predictions(path: Path) -> pd.DataFrame:
    """The validation faces: reference, truth, answer, confidence, probabilities; empty where there is no file.

    Raises `UnreadableError`.
    """
    if not path.exists():
        return pd.DataFrame(columns=list(PREDICTION_COLUMNS))
    try:
        with parquet.ParquetFile(path) as file:
            if file.metadata.num_rows > _MAX_FACES:
                raise ValueError("too many rows")
            emotions = [name for name in file.schema_arrow.names if name in EMOTIONS]
            table = file.read(columns=["reference", "truth", *emotions]).to_pandas()
        probabilities = table[emotions].astype(float)
        texts = all(isinstance(value, str) for name in ("reference", "truth") for value in table[name])
        if not (
            emotions and texts and table["truth"].isin(emotions).all() and np.isfinite(probabilities).all(axis=None)
        ):
            raise ValueError("its columns are not what a run writes")
    # what the libraries raise for a file that is none of theirs is not one kind
    except (OSError, ValueError, TypeError, KeyError, NotImplementedError, MemoryError, ArrowException) as error:
        raise UnreadableError(f"{path.name} cannot be read.") from error
    table.insert(2, "answer", probabilities.idxmax(axis=1))
    table.insert(3, "confidence", probabilities.max(axis=1))
    return table
