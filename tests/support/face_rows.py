"""Data sets written down row by row."""

from collections.abc import Sequence

import numpy as np

from emotion_core.datasets import FaceDataset
from emotion_core.emotions import EMOTIONS


def face_rows(
    images: Sequence[np.ndarray],
    emotions: Sequence[str],
    splits: Sequence[str],
    problems: Sequence[str] = (),
    votes: np.ndarray | None = None,
) -> FaceDataset:
    """One entry a row in each; images: uint8 [48, 48]."""
    return FaceDataset(
        name="rows",
        images=np.stack(images),
        labels=np.array([EMOTIONS.index(emotion) for emotion in emotions]),
        splits=np.array(splits),
        references=np.array([str(row) for row in range(len(images))]),
        problems=tuple(problems),
        votes=votes,
    )
