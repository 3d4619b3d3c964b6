"""The rows of a run."""

import shutil
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from emotion_core.datasets import DatasetError, FaceDataset, load
from emotion_core.datasets.corrections import corrections_path, load_corrections
from emotion_core.datasets.dataset import TEST_SPLITS
from emotion_core.datasets.exclusions import read_exclusions
from emotion_core.datasets.split import copied_rows, split_for_training
from emotion_core.experiments.config import RunConfig
from emotion_core.experiments.run import Run
from emotion_core.experiments.run_schemas import FrozenData
from emotion_core.files import whole_folder
from emotion_core.registry.model_folder import ModelFolder, open_model
from emotion_core.registry.model_schemas import DataCard
from emotion_core.validation import UnreadableError


@dataclass(frozen=True)
class RunData:
    """The rows of a run: what it learns from, what chooses the epoch, what only measures at the end.

    exclusions: references of the rows that a person excluded. corrections: the faces that a person corrected, which
    are among the training rows, several times each. start: the model whose weights the run begins with.
    """

    dataset: FaceDataset
    training: FaceDataset
    validation: FaceDataset
    exclusions: list[str]
    corrections: FaceDataset | None
    start: ModelFolder | None

    def describe(self) -> DataCard:
        """The `data` part of a model's card."""
        return DataCard(
            name=self.dataset.name,
            digest=self.dataset.digest,
            train_digest=self.dataset.select("train").digest,
            is_sample=self.dataset.is_sample,
            has_votes=self.dataset.votes is not None,
            excluded_test_copies=int(copied_rows(self.dataset).sum()),
            exclusions=self.exclusions,
            corrections=len(self.corrections) if self.corrections else 0,
            start_from=self.start.name if self.start else None,
            training=len(self.training),
            training_counts=self.training.counts(),
            validation=len(self.validation),
        )

    @property
    def training_hashes(self) -> np.ndarray:
        """uint64, sorted: what the model of this run has learnt from, itself or through the one it began with."""
        earlier = [self.start.training_hashes] if self.start else []
        return np.unique(np.concatenate([self.training.picture_hashes, *earlier]))

    @property
    def without_learnt_tests(self) -> FaceDataset:
        """The data set but for those test faces that the model has learnt from, as the one that it began with did, or
        as a person corrected them."""
        tests = np.isin(self.dataset.splits, TEST_SPLITS)
        return self.dataset.take(~(tests & np.isin(self.dataset.picture_hashes, self.training_hashes)))


def load_run_data(run: Run, config: RunConfig) -> RunData:
    """Read the data and split them. Raises `DatasetError`, `ModelError`.

    What may change while a run is interrupted is kept in its folder at the first start: the list of rows to leave out,
    the corrections, the model it begins with, and the digest of the data, which must still be the same later.
    """
    dataset = load(config.data)
    for problem in dataset.problems:
        print("left out:", problem)
    corrections = _frozen_corrections(run, config)
    exclusions = _frozen_rows(run, config, dataset, len(corrections) if corrections else 0)
    training, validation = split_for_training(dataset, config.validation_split, config.seed, exclusions)
    start = _frozen_model(config.start_from, run.path / "start") if config.start_from else None
    if start:
        validation = validation.without_pictures(start.training_hashes)
    if corrections:
        corrections = corrections.without_pictures(validation.picture_hashes)
        for _ in range(config.correction_repeats):
            training = training.with_rows(corrections)
    if len(np.unique(training.labels)) < 2:
        raise DatasetError(f"{dataset.name} has no faces of two emotions to learn from; training needs at least two.")
    if not len(validation):
        why = f"left out by hand, or learnt by {start.name} before" if start else "left out by hand"
        raise DatasetError(f"{dataset.name} has no face left for validation: all were {why}.")
    if config.ferplus_weight and dataset.votes is None:
        print(f"{dataset.name} has no FER+ votes: its labels are learnt as they are")
    print(
        f"{dataset.name}: {len(training)} rows to train, {len(validation)} to validate; left out: {len(exclusions)} by "
        f"hand, {copied_rows(dataset).sum()} copies of test faces"
    )
    return RunData(dataset, training, validation, exclusions, corrections, start)


def _frozen_rows(run: Run, config: RunConfig, dataset: FaceDataset, corrections: int) -> list[str]:
    """References of the rows to leave out. Raises `DatasetError` where the rows are others than at the first start."""
    try:
        kept = run.read_frozen_data()
    except UnreadableError as error:
        raise DatasetError(f"It is not known what this run has learnt from: {error} Start a new one.") from error
    if kept is None:
        exclusions = sorted(read_exclusions(config.data))
        kept = FrozenData(
            digest=dataset.digest,
            votes_digest=dataset.votes_digest,
            exclusions=exclusions,
            corrections=corrections,
        )
        run.freeze_data(kept)
    if (dataset.digest, dataset.votes_digest) != (kept.digest, kept.votes_digest):
        raise DatasetError(f"{dataset.name} has changed since this run began; start a new one.")
    if corrections != kept.corrections:
        raise DatasetError("Faces that this run learns from were taken back since it began; start a new one.")
    return kept.exclusions


def _frozen_model(source: str, path: Path) -> ModelFolder:
    if not path.exists():
        open_model(Path(source))
        _freeze(Path(source), path)
    return open_model(path)


def _freeze(source: Path, path: Path) -> None:
    with whole_folder(path) as folder:
        shutil.copytree(source, folder, dirs_exist_ok=True)


def _frozen_corrections(run: Run, config: RunConfig) -> FaceDataset | None:
    if not config.correction_repeats:
        return None
    path = run.corrections_path
    if not path.exists() and corrections_path().exists():
        _freeze(corrections_path(), path)
        for file in path.glob("*/*.png"):  # a face may have been taken back meanwhile
            if not (corrections_path() / file.relative_to(path)).exists():
                file.unlink()
    corrections = load_corrections(path)
    if corrections is None:
        raise DatasetError("There are no faces of your own to learn from; correct some answers first.")
    return corrections
