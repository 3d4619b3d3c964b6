"""The rows of a run."""

from dataclasses import dataclass

import numpy as np

from emotion_core.datasets import DatasetError, FaceDataset, load
from emotion_core.datasets.left_out import read_left_out
from emotion_core.datasets.own_faces import own_faces
from emotion_core.datasets.split import copied_rows, split_for_training
from emotion_core.files import read_json, write_json
from emotion_core.store.run_config import RunConfig
from emotion_core.store.runs import Run


@dataclass(frozen=True)
class Material:
    """The rows of a run: what it learns from, what chooses the epoch, what only measures at the end.

    left_out: references of the rows that a person wanted left out. own: the faces a person corrected, which are
    among the training rows, several times each; None where none are asked for.
    """

    dataset: FaceDataset
    training: FaceDataset
    validation: FaceDataset
    left_out: list[str]
    own: FaceDataset | None

    def describe(self) -> dict[str, object]:
        """The `data` part of a model's card."""
        return {
            "name": self.dataset.name,
            "digest": self.dataset.digest,
            "train_digest": self.dataset.select("train").digest,
            "is_sample": self.dataset.is_sample,
            "has_votes": self.dataset.votes is not None,
            "copies_of_test_left_out": int(copied_rows(self.dataset).sum()),
            "left_out": self.left_out,
            "own_faces": len(self.own) if self.own else 0,
            "training": len(self.training),
            "training_counts": self.training.counts(),
            "validation": len(self.validation),
        }


def load_material(run: Run, config: RunConfig) -> Material:
    """Read the data and split them. Raises `DatasetError`.

    The list of rows to leave out is kept in the run at its first start, so that a resumed run has the same rows.
    """
    dataset = load(config.data)
    for problem in dataset.problems:
        print("left out:", problem)
    kept = read_json(run.path / "left_out.json")
    left_out = kept["references"] if kept else sorted(read_left_out(config.data))
    write_json(run.path / "left_out.json", {"references": left_out})
    training, validation = split_for_training(dataset, config.validation_split, config.seed, left_out)
    if len(np.unique(training.labels)) < 2:
        raise DatasetError(f"{dataset.name} has faces of one emotion only; training needs at least two.")
    if config.annotators and dataset.votes is None:
        print(f"{dataset.name} has no FER+ votes: its labels are learnt as they are")
    own = None
    if config.own_faces:
        own = own_faces()
        if own is None:
            raise DatasetError("There are no faces of your own to learn from; correct some answers first.")
        for _ in range(config.own_faces):
            training = training.with_rows(own)
    print(
        f"{dataset.name}: {len(training)} rows to train, {len(validation)} to validate; left out: {len(left_out)} by "
        f"hand, {copied_rows(dataset).sum()} copies of test faces"
    )
    return Material(dataset, training, validation, left_out, own)
