"""The gate between a training run and the live page: is the new model better than the active one, on the same faces?"""

from dataclasses import dataclass

import numpy as np

from emotion_core.datasets import DatasetError, FaceDataset
from emotion_core.datasets.dataset import TEST_SPLITS
from emotion_core.datasets.split import copied_rows
from emotion_core.registry.model_folder import ModelFolder
from emotion_core.vision.faces.classifier import Classifier, positions
from emotion_core.wording import counted, listed

_SIGNIFICANCE = 0.05  # level of McNemar's test
MIN_FACES = 100  # fewer tell nothing: their accuracy may be five points off


@dataclass(frozen=True)
class Comparison:
    """Two models on the same validation faces, which neither learnt from.

    candidate, active: names; count: number of faces; both accuracies from 0 to 1.
    only_candidate, only_active: how many faces only this one gets right.
    seen_by_active: the candidate's validation faces that are not counted, as the active model learnt from them, or its
    run was told to leave them out.
    """

    candidate: str
    active: str
    count: int
    candidate_accuracy: float
    active_accuracy: float
    only_candidate: int
    only_active: int
    seen_by_active: int = 0

    @property
    def p_value(self) -> float:
        """Of the exact McNemar test (McNemar 1947, https://doi.org/10.1007/BF02295996): how likely at least such a
        difference is between two models that are equally good. 1 where they never differ."""
        from scipy.stats import binomtest  # imported here: the server needs its memory for other things meanwhile

        differing = self.only_candidate + self.only_active
        return float(binomtest(self.only_candidate, differing).pvalue) if differing else 1.0

    @property
    def is_significant(self) -> bool:
        """Whether chance alone seldom makes such a difference."""
        return self.p_value < _SIGNIFICANCE

    @property
    def in_words(self) -> str:
        """One sentence with both figures and the test's answer."""
        sure = "is statistically significant" if self.is_significant else "may be chance"
        p = "p < 0.001" if self.p_value < 0.001 else f"p = {self.p_value:.3f}"
        words = (
            f"{self.candidate} is right on {self.candidate_accuracy:.1%} of {counted(self.count, 'validation face')}, "
            f"{self.active} on {self.active_accuracy:.1%}. The difference {sure} (McNemar's test, {p})."
        )
        if self.seen_by_active:
            words += (
                f" {self.seen_by_active:,} more are not counted: {self.active} was trained on them, or without them."
            )
        return words


def compare(candidate: ModelFolder, active: ModelFolder, dataset: FaceDataset) -> Comparison:
    """Measure both on the validation rows of the candidate's run, but for those the active model has learnt from.

    dataset: the data that the candidate learnt from. Raises `DatasetError` when they are others by now or no face is
    left, `ModelError` for a model that keeps no record of what it learnt.
    """
    if dataset.digest != candidate.card.data.digest:
        raise DatasetError(f"{dataset.name} has changed since {candidate.name} was trained on it.")
    rows = unseen_rows(dataset, candidate, active)
    new, old = (_right(model, rows) for model in (candidate, active))
    return Comparison(
        candidate=candidate.name,
        active=active.name,
        count=len(rows),
        candidate_accuracy=float(new.mean()),
        active_accuracy=float(old.mean()),
        only_candidate=int((new & ~old).sum()),
        only_active=int((old & ~new).sum()),
        seen_by_active=len(unseen_rows(dataset, candidate)) - len(rows),
    )


def objections(candidate: ModelFolder, comparison: Comparison) -> list[str]:
    """Reasons not to promote, a sentence each; promoting all the same is the person's explicit decision."""
    reasons = []
    if candidate.card.data.is_sample:
        reasons.append(f"{candidate.name} learnt from drawn faces, which says nothing about people.")
    if comparison.candidate_accuracy <= comparison.active_accuracy:
        reasons.append(f"{candidate.name} is no better than {comparison.active} on the same faces.")
    elif not comparison.is_significant:
        reasons.append(f"{candidate.name} may be better than {comparison.active} by chance only.")
    if comparison.count < MIN_FACES:
        reasons.append(f"{counted(comparison.count, 'face')} cannot tell which is better.")
    return reasons


def unseen_rows(dataset: FaceDataset, *models: ModelFolder) -> FaceDataset:
    """The rows, test rows and their copies aside, whose pictures none of the models has learnt from and no run was told
    to leave out: the validation rows, for a model and its own data.

    Raises `ModelError` for a model without a record of what it learnt, `DatasetError` when no row is left.
    """
    rows = dataset.take(~np.isin(dataset.splits, TEST_SPLITS) & ~copied_rows(dataset))
    for model in models:
        rows = rows.without_pictures(model.training_hashes)
        if dataset.digest == model.card.data.digest:  # in other data the same names are other rows
            rows = rows.take(~np.isin(rows.references, model.card.data.exclusions))
    if not len(rows):
        raise DatasetError(f"No face of {dataset.name} is left that {listed([m.name for m in models])} never saw.")
    return rows


def _right(model: ModelFolder, rows: FaceDataset) -> np.ndarray:
    """bool [N]."""
    classifier = Classifier(model)
    answers = classifier.predict(rows.images).argmax(axis=1)
    return np.asarray(positions(classifier.labels)[answers] == rows.labels)
