"""Choosing rows of a data set to look at, page by page."""

from collections.abc import Collection

import numpy as np

from emotion_core.datasets.dataset import FaceDataset
from emotion_core.emotions import EMOTIONS


def matching_rows(
    dataset: FaceDataset, emotions: Collection[str] = (), split: str = "all", copies_of: np.ndarray | None = None
) -> np.ndarray:
    """Positions of the rows of some emotions (all where none is named) and one split, int64 and rising.

    copies_of: positions of rows; then only rows whose pixels are those of one of these, and such that copies stand
    together.
    """
    labels = [EMOTIONS.index(name) for name in emotions or EMOTIONS]
    rows = np.flatnonzero(dataset.mask(split) & np.isin(dataset.labels, labels))
    if copies_of is None:
        return rows
    pictures = dataset.picture_ids
    rows = rows[np.isin(pictures[rows], pictures[copies_of])]
    return rows[np.argsort(pictures[rows], kind="stable")]


def page_count(rows: np.ndarray, size: int) -> int:
    """How many pages of `size` rows there are; one where there is nothing."""
    return max(1, -(-len(rows) // size))


def page_of(rows: np.ndarray, number: int, size: int) -> np.ndarray:
    """The rows of one page, numbered from 1."""
    return rows[(number - 1) * size : number * size]


def examples(dataset: FaceDataset, count: int) -> dict[str, np.ndarray]:
    """Positions of some faces of each emotion that the data set has, drawn at random but the same ones every time."""
    random = np.random.default_rng(0)
    rows = {emotion: np.flatnonzero(dataset.labels == label) for label, emotion in enumerate(EMOTIONS)}
    return {emotion: random.permutation(found)[:count] for emotion, found in rows.items() if len(found)}
