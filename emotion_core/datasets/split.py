"""Which rows may be learnt from: the training/validation split (stratified, seeded), and no copies of test faces."""

from collections.abc import Collection

import numpy as np

from emotion_core.datasets.dataset import TEST_SPLITS, DatasetError, FaceDataset


def train_validation_split(dataset: FaceDataset, fraction: float, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Positions of the training and of the validation rows, each int64 and sorted.

    Rows with the same pixels form a group, which goes to one side whole and counts for the class of its first row.
    In each class, shuffled groups go to validation until the class has its share; a group that would overshoot
    the share is passed over, so the sizes are exact but where a class has nothing except large groups.

    fraction: share of the rows for validation, between 0 and 1. Raises `DatasetError` when a side stays empty.
    """
    if not 0 < fraction < 1:
        raise DatasetError(f"The validation share must lie between 0 and 1, not {fraction}.")
    _, first, group_of_row = np.unique(dataset.picture_ids, return_index=True, return_inverse=True)
    sizes = np.bincount(group_of_row)
    group_labels = dataset.labels[first]
    shares = _class_shares(np.bincount(dataset.labels, minlength=7), fraction)
    order = np.random.default_rng(seed).permutation(len(sizes))

    to_validation = np.zeros(len(sizes), dtype=bool)
    for label, share in enumerate(shares):
        for group in order[group_labels[order] == label]:
            if sizes[group] <= share:
                to_validation[group] = True
                share -= sizes[group]
    mask = to_validation[group_of_row]
    if mask.all() or not mask.any():
        raise DatasetError(f"{dataset.name} has too few faces ({len(dataset)}) to keep some back for validation.")
    return np.flatnonzero(~mask), np.flatnonzero(mask)


def split_for_training(
    dataset: FaceDataset, fraction: float, seed: int, exclusions: Collection[str] = ()
) -> tuple[FaceDataset, FaceDataset]:
    """What a run learns from, and what chooses its epoch: without `copied_rows`, and with the data set's own
    validation rows where it has some. No picture is on both sides.

    exclusions: references of rows that neither side gets; the other rows stay on their side. Raises `DatasetError`.
    """
    rows = dataset.take(~copied_rows(dataset))
    candidates = rows.select("train")
    if "validation" in rows.splits:
        validation = rows.select("validation")
        training = candidates.without_pictures(validation.picture_hashes)
    else:
        first, second = train_validation_split(candidates, fraction, seed)
        training, validation = candidates.take(first), candidates.take(second)
    unwanted = list(exclusions)
    return tuple(side.take(~np.isin(side.references, unwanted)) for side in (training, validation))  # type: ignore[return-value]


def copied_rows(dataset: FaceDataset) -> np.ndarray:
    """bool [N]: training and validation rows whose pixels also stand in a test row, so that learning them would be
    learning the answers to the test."""
    is_test = np.isin(dataset.splits, TEST_SPLITS)
    return ~is_test & np.isin(dataset.picture_ids, dataset.picture_ids[is_test])


def _class_shares(counts: np.ndarray, fraction: float) -> np.ndarray:
    """Validation rows per class by largest remainder, so that they add up to floor(total x fraction)."""
    exact = counts * fraction
    shares = np.floor(exact).astype(int)
    missing = int(counts.sum() * fraction) - shares.sum()
    shares[np.argsort(shares - exact, kind="stable")[:missing]] += 1
    return shares
