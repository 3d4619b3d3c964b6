"""The gate between a training run and the live page: is the new model better than the active one, on the same faces?"""

from dataclasses import dataclass

import numpy as np
from scipy.stats import binomtest

from emotion_core.datasets import DatasetError, FaceDataset
from emotion_core.datasets.split import split_for_training
from emotion_core.store.models import ModelFolder
from emotion_core.vision.classifier import Classifier, positions


@dataclass(frozen=True)
class Comparison:
    """Two models on the same validation faces, which neither learnt from.

    candidate, active: names; count: number of faces; both accuracies from 0 to 1.
    only_candidate, only_active: how many faces only this one gets right.
    """

    candidate: str
    active: str
    count: int
    candidate_accuracy: float
    active_accuracy: float
    only_candidate: int
    only_active: int

    @property
    def p_value(self) -> float:
        """Of the exact McNemar test (McNemar 1947, https://doi.org/10.1007/BF02295996): how likely at least such a
        difference is between two models that are equally good. 1 where they never differ."""
        differing = self.only_candidate + self.only_active
        return float(binomtest(self.only_candidate, differing).pvalue) if differing else 1.0

    @property
    def in_words(self) -> str:
        """One sentence with both figures and the test's answer."""
        sure = "more than chance explains" if self.p_value < 0.05 else "no more than chance explains"
        return (
            f"{self.candidate} is right on {self.candidate_accuracy:.1%} of {self.count:,} validation faces, "
            f"{self.active} on {self.active_accuracy:.1%}: {sure} (McNemar's test, p = {self.p_value:.3f})."
        )


def compare(candidate: ModelFolder, active: ModelFolder, dataset: FaceDataset) -> Comparison:
    """Measure both on the validation rows of the candidate's run.

    dataset: the data that the candidate learnt from. Where the active model learnt from it too, its training rows are
    left out of the comparison. Raises `DatasetError` when the data are others by now, or no common row is left.
    """
    rows = validation_rows(dataset, candidate)
    if active.card["data"].get("train_digest") == candidate.card["data"]["train_digest"]:
        learnt = _split(dataset, active)[0]
        rows = rows.take(~np.isin(rows.references, learnt.references))
    if not len(rows):
        raise DatasetError(f"{active.name} has learnt from every validation face of {candidate.name}.")
    new, old = (_right(model, rows) for model in (candidate, active))
    return Comparison(
        candidate=candidate.name,
        active=active.name,
        count=len(rows),
        candidate_accuracy=float(new.mean()),
        active_accuracy=float(old.mean()),
        only_candidate=int((new & ~old).sum()),
        only_active=int((old & ~new).sum()),
    )


def objections(candidate: ModelFolder, comparison: Comparison) -> list[str]:
    """Reasons not to promote, a sentence each; promoting all the same is the person's explicit decision."""
    reasons = []
    if candidate.card["data"]["is_sample"]:
        reasons.append(f"{candidate.name} learnt from drawn faces, which says nothing about people.")
    if comparison.candidate_accuracy < comparison.active_accuracy:
        reasons.append(f"{candidate.name} is worse than {comparison.active} on the same faces.")
    return reasons


def validation_rows(dataset: FaceDataset, model: ModelFolder) -> FaceDataset:
    """The rows that the model's own training kept back. Raises `DatasetError` for data it did not learn from."""
    if dataset.select("train").digest != model.card["data"]["train_digest"]:
        raise DatasetError(f"{dataset.name} does not hold the rows that {model.name} was trained on.")
    return _split(dataset, model)[1]


def _split(dataset: FaceDataset, model: ModelFolder) -> tuple[FaceDataset, FaceDataset]:
    recipe = model.card["recipe"]
    left_out = model.card["data"].get("left_out", [])
    return split_for_training(dataset, recipe["validation_split"], recipe["seed"], left_out)


def _right(model: ModelFolder, rows: FaceDataset) -> np.ndarray:
    """bool [N]."""
    classifier = Classifier(model)
    answers = classifier.predict(rows.images).argmax(axis=1)
    return np.asarray(positions(classifier.labels)[answers] == rows.labels)
