"""What is in a data set, before anything learns from it: counts, duplicates, blank faces, classes too small."""

from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd

from emotion_core.datasets.dataset import SPLITS, FaceDataset
from emotion_core.emotions import EMOTIONS

BLANK_RANGE = 8  # a picture whose gray levels span less shows nothing
TINY_CLASS = 50  # training rows; fewer hardly teach a class


@dataclass(frozen=True)
class Audit:
    """counts: a row an emotion, a column a split of the data set.

    repeats: by split, rows whose pixels stand in an earlier row of it. shared: by pair of splits, how many rows of the
    second stand in the first, pixel for pixel. conflicting: positions of rows that share their pixels with a row of
    another emotion. blank: positions of rows that show nothing. problems: a sentence for each input left out.
    """

    counts: pd.DataFrame
    repeats: dict[str, int]
    shared: dict[tuple[str, str], int]
    conflicting: np.ndarray
    blank: np.ndarray
    problems: tuple[str, ...]

    @property
    def findings(self) -> list[str]:
        """What a person should know before training, a sentence each."""
        found = []
        training = self.counts.get("train")
        if training is not None:
            missing = [name for name in EMOTIONS if training[name] == 0]
            if missing:
                found.append(f"No training faces of {', '.join(missing)}: the network cannot learn what it never saw.")
            found += [
                f"Only {training[name]:,} training faces of {name}: expect it to be recognised badly."
                for name in EMOTIONS
                if 0 < training[name] < TINY_CLASS
            ]
        found += [
            f"{count:,} {later} faces stand in the {first} rows too, pixel for pixel."
            + (" Training leaves its copies of them out." if first == "train" else "")
            for (first, later), count in self.shared.items()
        ]
        found += [f"{count:,} {split} rows repeat an earlier one." for split, count in self.repeats.items()]
        if len(self.conflicting):
            found.append(f"{len(self.conflicting):,} rows share their picture with a row of another emotion.")
        if len(self.blank):
            found.append(f"{len(self.blank):,} pictures are blank.")
        if self.problems:
            found.append(f"{len(self.problems):,} inputs could not be read and are left out.")
        return found


def audit(dataset: FaceDataset) -> Audit:
    """Look a data set over; half a second for FER2013."""
    present = [split for split in SPLITS if split in dataset.splits]
    counts = pd.DataFrame({split: dataset.select(split).counts() for split in present})
    ids = dataset.picture_ids
    in_split = {split: ids[dataset.splits == split] for split in present}
    repeats = {split: len(rows) - len(np.unique(rows)) for split, rows in in_split.items()}
    shared = {pair: int(np.isin(in_split[pair[1]], in_split[pair[0]]).sum()) for pair in combinations(present, 2)}
    span = np.ptp(dataset.images.reshape(len(dataset), -1), axis=1)
    return Audit(
        counts=counts,
        repeats={split: count for split, count in repeats.items() if count},
        shared={pair: count for pair, count in shared.items() if count},
        conflicting=_conflicting(ids, dataset.labels),
        blank=np.flatnonzero(span < BLANK_RANGE),
        problems=dataset.problems,
    )


def _conflicting(ids: np.ndarray, labels: np.ndarray) -> np.ndarray:
    lowest, highest = np.full(ids.max() + 1, len(EMOTIONS)), np.full(ids.max() + 1, -1)
    np.minimum.at(lowest, ids, labels)
    np.maximum.at(highest, ids, labels)
    return np.flatnonzero((lowest != highest)[ids])
