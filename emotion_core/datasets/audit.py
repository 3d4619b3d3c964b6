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

    The others hold positions of rows. repeats: by split, those whose pixels stand in an earlier row of it. shared: by
    pair of splits, those of the second that stand in the first, pixel for pixel. conflicting: those that share their
    pixels with a row of another emotion. blank: those that show nothing. problems: a sentence for each input left out.
    """

    counts: pd.DataFrame
    repeats: dict[str, np.ndarray]
    shared: dict[tuple[str, str], np.ndarray]
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
            f"Rows of {later} that stand in {first} too, pixel for pixel: {len(rows):,}."
            + (" Training leaves its copies of them out." if first == "train" else "")
            for (first, later), rows in self.shared.items()
        ]
        found += [f"Rows of {split} that repeat an earlier one: {len(rows):,}." for split, rows in self.repeats.items()]
        if len(self.conflicting):
            found.append(f"Rows that share their picture with a row of another emotion: {len(self.conflicting):,}.")
        if len(self.blank):
            found.append(f"Blank pictures: {len(self.blank):,}.")
        if self.problems:
            found.append(f"Inputs that could not be read and are left out: {len(self.problems):,}.")
        return found

    @property
    def suspects(self) -> dict[str, np.ndarray]:
        """Positions of the rows to look at, by what is wrong with them."""
        groups = {
            "copies of another row": [*self.repeats.values(), *self.shared.values()],
            "same picture, another emotion": [self.conflicting],
            "blank": [self.blank],
        }
        found = {name: np.unique(np.concatenate(rows)) for name, rows in groups.items() if rows}
        return {name: rows for name, rows in found.items() if len(rows)}


def audit(dataset: FaceDataset) -> Audit:
    """Look a data set over; half a second for FER2013."""
    present = [split for split in SPLITS if split in dataset.splits]
    counts = pd.DataFrame({split: dataset.select(split).counts() for split in present})
    ids = dataset.picture_ids
    in_split = {split: np.flatnonzero(dataset.splits == split) for split in present}
    repeats = {split: np.delete(rows, np.unique(ids[rows], return_index=True)[1]) for split, rows in in_split.items()}
    shared = {
        (first, later): in_split[later][np.isin(ids[in_split[later]], ids[in_split[first]])]
        for first, later in combinations(present, 2)
    }
    span = np.ptp(dataset.images.reshape(len(dataset), -1), axis=1)
    return Audit(
        counts=counts,
        repeats={split: rows for split, rows in repeats.items() if len(rows)},
        shared={pair: rows for pair, rows in shared.items() if len(rows)},
        conflicting=_conflicting(ids, dataset.labels),
        blank=np.flatnonzero(span < BLANK_RANGE),
        problems=dataset.problems,
    )


def _conflicting(ids: np.ndarray, labels: np.ndarray) -> np.ndarray:
    lowest, highest = np.full(ids.max() + 1, len(EMOTIONS)), np.full(ids.max() + 1, -1)
    np.minimum.at(lowest, ids, labels)
    np.maximum.at(highest, ids, labels)
    return np.flatnonzero((lowest != highest)[ids])
