"""Readers for faces in tables: the original `fer2013.csv`, and Parquet as Hugging Face writes it.

Both take the FER+ votes along where they are: beside the csv as `fer2013new.csv` (a row for each of its rows, as
published), in Parquet as the column `ferplus_votes`.
"""

from pathlib import Path

import numpy as np
import pandas as pd

from emotion_core.datasets.dataset import DatasetError, FaceDataset
from emotion_core.datasets.votes import COLUMNS, arrange
from emotion_core.emotions import EMOTIONS, FER2013_NUMBERS
from emotion_core.images import FACE_SIZE, ImageError, read_rgb, resize_face, to_gray

FERPLUS_FILE = "fer2013new.csv"
_USAGE = {"training": "train", "publictest": "public_test", "privatetest": "private_test"}


def read_csv(path: Path) -> FaceDataset:
    """`fer2013.csv`: columns emotion (Kaggle's number), pixels (2,304 values), Usage. Raises `DatasetError`."""
    try:
        table = pd.read_csv(path)
    except (OSError, ValueError) as error:
        raise DatasetError(f"{path.name} cannot be read as csv ({error}).") from error
    table.columns = table.columns.str.strip().str.lower()
    if not {"emotion", "pixels"} <= set(table.columns):
        raise DatasetError(f"{path.name} needs the columns emotion, pixels and Usage.")
    usage = table["usage"] if "usage" in table else pd.Series("Training", index=table.index)
    votes = _read_ferplus(path.with_name(FERPLUS_FILE), usage) if path.name.lower() == "fer2013.csv" else None
    return _from_rows(path.name, table["pixels"], _parse_pixels, table["emotion"], usage, votes)


def read_parquet(path: Path) -> FaceDataset:
    """Parquet with columns image {bytes, path}, label (Kaggle's number) and optionally usage. Raises `DatasetError`."""
    try:
        table = pd.read_parquet(path)
    except (OSError, ValueError) as error:
        raise DatasetError(f"{path.name} cannot be read as Parquet ({error}).") from error
    if not {"image", "label"} <= set(table.columns):
        raise DatasetError(f"{path.name} needs the columns image and label.")
    usage = table["usage"] if "usage" in table else pd.Series("Training", index=table.index)
    votes = None
    if "ferplus_votes" in table:
        try:
            votes = arrange(table["ferplus_votes"])
        except (TypeError, ValueError) as error:
            raise DatasetError(f"{path.name} has ferplus_votes that are not ten numbers ({error}).") from error
    return _from_rows(path.name, table["image"], _parse_picture, table["label"], usage, votes)


def _read_ferplus(path: Path, usage: pd.Series) -> np.ndarray | None:
    """Votes for the rows with these usages; the csv may end before FER+ does, as where PrivateTest is missing."""
    if not path.exists():
        return None
    try:
        table = pd.read_csv(path, usecols=["Usage", *COLUMNS])
        votes = arrange(table[list(COLUMNS)].to_numpy())
    except (OSError, ValueError) as error:
        raise DatasetError(f"{path.name} cannot be read as FER+ votes ({error}).") from error
    if table["Usage"].str.lower().tolist()[: len(usage)] != usage.str.strip().str.lower().tolist():
        raise DatasetError(f"{path.name} does not belong to the fer2013.csv beside it: their usages differ.")
    return votes[: len(usage)]


def _parse_pixels(pixels: object) -> np.ndarray:
    try:
        values = np.array(str(pixels).split(), dtype=np.uint8)
    except (ValueError, OverflowError) as error:
        raise ImageError(f"its pixels are not numbers from 0 to 255 ({error})") from error
    if values.size != FACE_SIZE * FACE_SIZE:
        raise ImageError(f"it has {values.size} pixels instead of {FACE_SIZE * FACE_SIZE}")
    return values.reshape(FACE_SIZE, FACE_SIZE)


def _parse_picture(cell: object) -> np.ndarray:
    content = cell.get("bytes") if isinstance(cell, dict) else cell
    if not isinstance(content, bytes):
        raise ImageError("it holds no picture")
    return resize_face(to_gray(read_rgb(content)))


def _from_rows(name, cells, parse, numbers, usages, votes) -> FaceDataset:  # type: ignore[no-untyped-def]
    images, labels, splits, references, problems = [], [], [], [], []
    for row, (cell, number, usage) in enumerate(zip(cells, numbers, usages, strict=True)):
        try:
            label = EMOTIONS.index(FER2013_NUMBERS[_checked(number)])
            images.append(parse(cell))
        except ImageError as error:
            problems.append(f"Row {row} was left out: {error}.")
            continue
        labels.append(label)
        splits.append(_USAGE.get(str(usage).strip().lower(), str(usage).strip().lower()))
        references.append(str(row))
    if not images:
        raise DatasetError(f"{name} holds no readable faces. {' '.join(problems[:1])}".rstrip())
    unknown = sorted(set(splits) - {"train", "validation", "test", *_USAGE.values()})
    if unknown:
        raise DatasetError(
            f"{name} has the unknown usage {unknown[0]!r}; expected Training, PublicTest or PrivateTest."
        )
    kept_votes = None if votes is None else votes[[int(reference) for reference in references]]
    return FaceDataset.from_rows(name, images, labels, splits, references, problems, kept_votes)


def _checked(number: object) -> int:
    try:
        value = int(number)  # type: ignore[call-overload]
    except (TypeError, ValueError, OverflowError) as error:
        raise ImageError(f"its label {number!r} is not a number") from error
    if not 0 <= value < len(FER2013_NUMBERS):
        raise ImageError(f"its label {value} is not one of 0 to 6")
    return int(value)
