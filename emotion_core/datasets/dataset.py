"""`FaceDataset`: labelled faces in memory."""

import hashlib
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from emotion_core.emotions import EMOTIONS
from emotion_core.images import FACE_SIZE

SPLITS = ("train", "validation", "test", "public_test", "private_test")
TEST_SPLITS = ("test", "public_test", "private_test")


class DatasetError(ValueError):
    """Data that cannot be used; the message is one sentence for the person who brought it."""


@dataclass(frozen=True, eq=False)
class FaceDataset:
    """Labelled faces.

    images: uint8 [N, 48, 48], gray.
    labels: int64 [N], positions in `EMOTIONS`.
    splits: str [N], each one of `SPLITS`.
    references: str [N], where each row came from (a relative path, or a row number).
    problems: one sentence for each input that had to be left out.
    votes: uint8 [N, 8], how many FER+ annotators saw each of `EMOTIONS` and, last, anything else; None without FER+.
    """

    name: str
    images: np.ndarray
    labels: np.ndarray
    splits: np.ndarray
    references: np.ndarray
    problems: tuple[str, ...] = ()
    is_sample: bool = False
    votes: np.ndarray | None = None

    def __post_init__(self) -> None:
        count = len(self.images)
        if self.images.dtype != np.uint8 or self.images.shape != (count, FACE_SIZE, FACE_SIZE):
            raise DatasetError(f"Faces must be uint8 [N, 48, 48], not {self.images.dtype} {self.images.shape}.")
        if not len(self.labels) == len(self.splits) == len(self.references) == count:
            raise DatasetError("Images, labels, splits and references must have the same length.")
        if self.votes is not None and self.votes.shape != (count, len(EMOTIONS) + 1):
            raise DatasetError(f"Votes must be [N, 8], not {list(self.votes.shape)}.")

    def __len__(self) -> int:
        return len(self.images)

    @cached_property
    def digest(self) -> str:
        """sha256 over pixels, labels and splits: two data sets with the same digest are the same data, votes aside."""
        digest = hashlib.sha256(np.ascontiguousarray(self.images).data)
        digest.update(self.labels.astype("<i8").tobytes())
        digest.update("\n".join(self.splits.tolist()).encode())
        return digest.hexdigest()

    @cached_property
    def votes_digest(self) -> str | None:
        """sha256 over the FER+ votes, None without any."""
        return None if self.votes is None else hashlib.sha256(np.ascontiguousarray(self.votes).data).hexdigest()

    @cached_property
    def picture_hashes(self) -> np.ndarray:
        """uint64 [N]: the first eight bytes of the sha256 of each row's pixels, the same in every data set."""
        rows = np.ascontiguousarray(self.images.reshape(len(self), -1))
        return np.array([int.from_bytes(hashlib.sha256(row.data).digest()[:8]) for row in rows], dtype=np.uint64)

    @cached_property
    def picture_ids(self) -> np.ndarray:
        """int64 [N]: rows with exactly the same pixels share a number."""
        return np.unique(self.picture_hashes, return_inverse=True)[1].astype(np.int64)

    def counts(self) -> dict[str, int]:
        """Rows for each emotion."""
        counted = np.bincount(self.labels, minlength=len(EMOTIONS))
        return dict(zip(EMOTIONS, counted.tolist(), strict=True))

    def take(self, rows: np.ndarray) -> "FaceDataset":
        """The rows given by a boolean mask or by positions."""
        return replace(
            self,
            images=self.images[rows],
            labels=self.labels[rows],
            splits=self.splits[rows],
            references=self.references[rows],
            votes=None if self.votes is None else self.votes[rows],
        )

    def with_rows(self, other: "FaceDataset") -> "FaceDataset":
        """These rows and then another data set's. Rows without votes beside rows with some count none."""
        votes = self.votes
        if votes is not None:
            none = np.zeros((len(other), votes.shape[1]), votes.dtype)
            votes = np.concatenate([votes, none if other.votes is None else other.votes])
        return replace(
            self,
            images=np.concatenate([self.images, other.images]),
            labels=np.concatenate([self.labels, other.labels]),
            splits=np.concatenate([self.splits, other.splits]),
            references=np.concatenate([self.references, other.references]),
            votes=votes,
        )

    def without_pictures(self, hashes: np.ndarray) -> "FaceDataset":
        """The rows whose `picture_hashes` are not among these."""
        return self.take(~np.isin(self.picture_hashes, hashes))

    def select(self, split: str) -> "FaceDataset":
        """One split, or "all", or "test" for every kind of test row. Raises `DatasetError` when there is none."""
        mask = self.mask(split)
        if not mask.any():
            present = ", ".join(sorted(set(self.splits.tolist())))
            raise DatasetError(f"{self.name} has no {split} rows; it has: {present}.")
        return self.take(mask)

    def mask(self, split: str) -> np.ndarray:
        """bool [N]: which rows `select` takes."""
        if split == "all":
            return np.ones(len(self), dtype=bool)
        return np.isin(self.splits, TEST_SPLITS if split == "test" else (split,))
