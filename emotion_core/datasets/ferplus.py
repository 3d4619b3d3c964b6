"""FER+ votes: what ten annotators saw in each face of FER2013 (Barsoum et al. 2016, https://arxiv.org/abs/1608.01041)."""

from collections.abc import Iterable

import numpy as np

from emotion_core.emotions import EMOTIONS

COLUMNS = ("neutral", "happiness", "surprise", "sadness", "anger", "disgust", "fear", "contempt", "unknown", "NF")
_FOR_EMOTION = [
    COLUMNS.index(name) for name in ("anger", "disgust", "fear", "happiness", "neutral", "sadness", "surprise")
]


def arrange(counts: Iterable[Iterable[float] | None]) -> np.ndarray:
    """Votes in FER+'s order of `COLUMNS` as uint8 [N, 8]: the seven `EMOTIONS`, then contempt, unknown and no face
    together. None, where a row has no votes, becomes zeros. Raises `ValueError` for a row that is not ten numbers."""
    rows = np.array([np.zeros(len(COLUMNS)) if row is None else np.array(row, float) for row in counts])
    if rows.shape != (len(rows), len(COLUMNS)):
        raise ValueError(f"not {len(COLUMNS)} votes a face")
    seven = rows[:, _FOR_EMOTION]
    other = rows.sum(axis=1, keepdims=True) - seven.sum(axis=1, keepdims=True)
    return np.hstack([seven, other]).astype(np.uint8)


def majority(votes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The emotion that over half of the annotators saw, int64 [N], and whether there is one, bool [N].

    votes: uint8 [N, 8]. A majority for contempt, unknown or no face is none.
    """
    seven = votes[:, : len(EMOTIONS)]
    return seven.argmax(axis=1), seven.max(axis=1) > votes.sum(axis=1) / 2


def soft_labels(labels: np.ndarray, votes: np.ndarray | None, ferplus_weight: float) -> np.ndarray:
    """What to teach: float32 [N, 7], rows that add up to 1.

    Each row's label, blended with the share of votes each emotion got (`ferplus_weight`, 0 to 1). Rows without votes
    keep their label.
    """
    target = np.eye(len(EMOTIONS), dtype=np.float32)[labels]
    if votes is not None:
        seven = votes[:, : len(EMOTIONS)].astype(float)
        known = seven.sum(axis=1) > 0
        shares = seven[known] / seven[known].sum(axis=1, keepdims=True)
        target[known] = (1 - ferplus_weight) * target[known] + ferplus_weight * shares
    return target
