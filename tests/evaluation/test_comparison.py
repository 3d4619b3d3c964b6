"""The gate before the live page."""

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from emotion_core.datasets import DatasetError, FaceDataset
from emotion_core.datasets.split import split_for_training
from emotion_core.evaluation.comparison import Comparison, compare, objections, unseen_rows
from emotion_core.registry.model_folder import TRAINING_HASHES_FILE, ModelError, ModelFolder, open_model


def model(tiny_model: ModelFolder, path: Path, dataset: FaceDataset, share: float = 0.2, turn: int = 0) -> ModelFolder:
    """The shipped network as one that learnt from `dataset` but for a share, its labels turned by some places."""
    shutil.copytree(tiny_model.path, path)
    card = json.loads((path / "card.json").read_text())
    card["name"] = path.name
    card["labels"] = card["labels"][turn:] + card["labels"][:turn]
    card["data"] |= {"digest": dataset.digest, "is_sample": False, "exclusions": []}
    (path / "card.json").write_text(json.dumps(card))
    np.save(path / TRAINING_HASHES_FILE, split_for_training(dataset, share, seed=0)[0].picture_hashes)
    return open_model(path)


def with_data(model: ModelFolder, **said: Any) -> ModelFolder:
    """The same model with another card."""
    data = model.card.data.model_copy(update=said)
    return replace(model, card=model.card.model_copy(update={"data": data}))


def test_equal_models_differ_nowhere(tiny_model: ModelFolder, sample: FaceDataset, tmp_path: Path) -> None:
    new, old = model(tiny_model, tmp_path / "new", sample), model(tiny_model, tmp_path / "old", sample)
    comparison = compare(new, old, sample)
    assert comparison.count == len(unseen_rows(sample, new)) == 168
    assert comparison.candidate_accuracy == comparison.active_accuracy
    assert (comparison.only_candidate, comparison.only_active, comparison.p_value) == (0, 0, 1.0)
    assert objections(new, comparison) == ["new is no better than old on the same faces."]


def test_counts_agree_with_the_accuracies(tiny_model: ModelFolder, sample: FaceDataset, tmp_path: Path) -> None:
    new, old = model(tiny_model, tmp_path / "new", sample, turn=3), model(tiny_model, tmp_path / "old", sample)
    comparison = compare(new, old, sample)
    gained = (comparison.only_candidate - comparison.only_active) / comparison.count
    assert comparison.candidate_accuracy - comparison.active_accuracy == pytest.approx(gained)
    assert comparison.only_candidate + comparison.only_active > 0


def test_faces_that_either_model_learnt_from_do_not_count(
    tiny_model: ModelFolder, sample: FaceDataset, tmp_path: Path
) -> None:
    new, old = model(tiny_model, tmp_path / "new", sample, 0.4), model(tiny_model, tmp_path / "old", sample, 0.1)
    kept_back = [set(split_for_training(sample, share, seed=0)[1].references) for share in (0.4, 0.1)]
    assert set(unseen_rows(sample, new).references) == kept_back[0]
    comparison = compare(new, old, sample)
    assert comparison.count == len(kept_back[0] & kept_back[1]) > 0
    assert comparison.seen_by_active == len(kept_back[0] - kept_back[1]) > 0
    assert f"{comparison.seen_by_active} more are not counted" in comparison.in_words
    shuffled = sample.take(np.random.default_rng(0).permutation(len(sample)))
    assert len(unseen_rows(shuffled, new)) == len(kept_back[0]), "also when the same faces come in another order"
    stranger = model(tiny_model, tmp_path / "stranger", replace(sample, images=255 - sample.images))
    assert compare(new, stranger, sample).count == len(kept_back[0])
    stranger = with_data(stranger, exclusions=sorted(kept_back[0]))
    assert compare(new, stranger, sample).count == len(kept_back[0]), "rows left out of its own data, not of these"


def test_faces_left_out_by_hand_and_copies_of_test_faces_do_not_count(
    tiny_model: ModelFolder, sample: FaceDataset, tmp_path: Path
) -> None:
    images = sample.images.copy()
    validation = unseen_rows(sample, model(tiny_model, tmp_path / "new", sample))
    row = sample.references.tolist().index(validation.references[0])
    images[row] = images[np.flatnonzero(sample.splits == "test")[0]]
    changed = replace(sample, images=images)
    new = with_data(model(tiny_model, tmp_path / "newer", changed), exclusions=[validation.references[1]])
    assert not {validation.references[0], validation.references[1]} & set(unseen_rows(changed, new).references)


def test_other_data_and_models_without_a_record_are_refused(
    tiny_model: ModelFolder, sample: FaceDataset, tmp_path: Path
) -> None:
    new = model(tiny_model, tmp_path / "new", sample)
    with pytest.raises(DatasetError, match="has changed since"):
        compare(new, new, replace(sample, labels=np.roll(sample.labels, 1)))
    (new.path / TRAINING_HASHES_FILE).unlink()
    with pytest.raises(ModelError, match="keeps no record"):
        compare(new, new, sample)


@pytest.mark.parametrize(
    ("only_candidate", "only_active", "p_value"), [(0, 0, 1.0), (5, 5, 1.0), (10, 0, 2 / 2**10), (1, 9, 22 / 2**10)]
)
def test_mcnemar_of_cases_counted_by_hand(only_candidate: int, only_active: int, p_value: float) -> None:
    comparison = Comparison("a", "b", 100, 0.5, 0.5, only_candidate, only_active)
    assert comparison.p_value == pytest.approx(p_value)
    assert ("may be chance" in comparison.in_words) == (p_value >= 0.05)
    assert "p < 0.001" in Comparison("a", "b", 100, 0.5, 0.5, 20, 0).in_words


def test_a_worse_model_and_one_of_drawn_faces_meet_objections(
    tiny_model: ModelFolder, sample: FaceDataset, tmp_path: Path
) -> None:
    new = model(tiny_model, tmp_path / "new", sample)
    worse = Comparison("new", "old", 100, 0.5, 0.6, 0, 10)
    assert objections(new, worse) == ["new is no better than old on the same faces."]
    assert "99 faces cannot tell" in objections(new, replace(worse, candidate_accuracy=0.7, count=99))[0]
    drawn = with_data(new, is_sample=True)
    assert "drawn faces" in objections(drawn, replace(worse, candidate_accuracy=0.7))[0]


def test_a_gain_that_chance_explains_is_a_reason_against(tiny_model: ModelFolder) -> None:
    new = with_data(tiny_model, is_sample=False)
    lucky = Comparison(new.name, "old", 200, 0.71, 0.7, only_candidate=6, only_active=4)
    assert [reason for reason in objections(new, lucky) if "by chance" in reason] == objections(new, lucky) != []
    assert objections(new, replace(lucky, candidate_accuracy=0.8, only_candidate=24)) == []
