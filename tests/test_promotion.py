"""The gate before the live page."""

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from emotion_core.datasets import DatasetError, FaceDataset
from emotion_core.promotion import Comparison, compare, objections, validation_rows
from emotion_core.store.models import ModelFolder, open_model


def model(shipped: ModelFolder, path: Path, dataset: FaceDataset, turn: int = 0, **recipe: Any) -> ModelFolder:
    """The shipped network as one that learnt from `dataset`, its labels turned by some places."""
    shutil.copytree(shipped.path, path)
    card = json.loads((path / "card.json").read_text())
    card["name"] = path.name
    card["labels"] = card["labels"][turn:] + card["labels"][:turn]
    card["data"] |= {"train_digest": dataset.select("train").digest, "is_sample": False}
    card["recipe"] |= {"validation_split": 0.2, "seed": 0, **recipe}
    (path / "card.json").write_text(json.dumps(card))
    return open_model(path)


def test_equal_models_differ_nowhere(shipped: ModelFolder, sample: FaceDataset, tmp_path: Path) -> None:
    new, old = model(shipped, tmp_path / "new", sample), model(shipped, tmp_path / "old", sample)
    comparison = compare(new, old, sample)
    assert comparison.count == len(validation_rows(sample, new)) == 168
    assert comparison.candidate_accuracy == comparison.active_accuracy
    assert (comparison.only_candidate, comparison.only_active, comparison.p_value) == (0, 0, 1.0)
    assert objections(new, comparison) == []


def test_counts_agree_with_the_accuracies(shipped: ModelFolder, sample: FaceDataset, tmp_path: Path) -> None:
    new, old = model(shipped, tmp_path / "new", sample, turn=3), model(shipped, tmp_path / "old", sample)
    comparison = compare(new, old, sample)
    gained = (comparison.only_candidate - comparison.only_active) / comparison.count
    assert comparison.candidate_accuracy - comparison.active_accuracy == pytest.approx(gained)
    assert comparison.only_candidate + comparison.only_active > 0


def test_faces_that_the_active_model_learnt_from_do_not_count(
    shipped: ModelFolder, sample: FaceDataset, tmp_path: Path
) -> None:
    new = model(shipped, tmp_path / "new", sample, validation_split=0.4)
    old = model(shipped, tmp_path / "old", sample, validation_split=0.1)
    kept_back_by_both = set(validation_rows(sample, new).references) & set(validation_rows(sample, old).references)
    assert compare(new, old, sample).count == len(kept_back_by_both) > 0
    stranger = model(shipped, tmp_path / "stranger", replace(sample, images=255 - sample.images))
    assert compare(new, stranger, sample).count == len(validation_rows(sample, new))


def test_other_data_are_refused(shipped: ModelFolder, sample: FaceDataset, tmp_path: Path) -> None:
    new = model(shipped, tmp_path / "new", sample)
    changed = replace(sample, labels=np.roll(sample.labels, 1))
    with pytest.raises(DatasetError, match="does not hold the rows"):
        compare(new, new, changed)


@pytest.mark.parametrize(
    ("only_candidate", "only_active", "p_value"), [(0, 0, 1.0), (5, 5, 1.0), (10, 0, 2 / 2**10), (1, 9, 22 / 2**10)]
)
def test_mcnemar_of_cases_counted_by_hand(only_candidate: int, only_active: int, p_value: float) -> None:
    comparison = Comparison("a", "b", 100, 0.5, 0.5, only_candidate, only_active)
    assert comparison.p_value == pytest.approx(p_value)
    assert ("no more than chance" in comparison.in_words) == (p_value >= 0.05)


def test_a_worse_model_and_one_of_drawn_faces_meet_objections(
    shipped: ModelFolder, sample: FaceDataset, tmp_path: Path
) -> None:
    new = model(shipped, tmp_path / "new", sample)
    worse = Comparison("new", "old", 100, 0.5, 0.6, 0, 10)
    assert objections(new, worse) == ["new is worse than old on the same faces."]
    new.card["data"]["is_sample"] = True
    assert "drawn faces" in objections(new, replace(worse, candidate_accuracy=0.7))[0]
