"""Faces as a reader finds them, one after the other, and where it has to stop."""

import time

import numpy as np

from emotion_core.datasets.dataset import SPLITS, DatasetError, FaceDataset
from emotion_core.images import FACE_SIZE
from emotion_core.limits import Limits

# A data set with more broken inputs is not worth reading to its end: each costs time, and a sentence that is kept.
MAX_PROBLEMS = 10_000
MAX_PROBLEM_LENGTH = 300  # characters; a broken cell is quoted in its sentence and may be as long as it likes
MAX_REFERENCE_LENGTH = 255  # characters, as file names have at most; the array of them is as wide as its longest entry


class RowCollector:
    """Rows kept as bytes, not as objects: 2.3 KB each. Raises `DatasetError` where a data set exceeds its limits.

    The clock runs from the beginning: `Limits.dataset_work_seconds` are for the whole data set.
    """

    def __init__(self, name: str, limits: Limits) -> None:
        self.references: list[str] = []
        self.problems: list[str] = []
        self._name = name
        self._limits = limits
        self._ends = time.monotonic() + limits.dataset_work_seconds
        self._images, self._labels, self._splits = bytearray(), bytearray(), bytearray()

    def __len__(self) -> int:
        return len(self.references)

    def add(self, image: np.ndarray, label: int, split: str, reference: str) -> None:
        """A face, uint8 [48, 48], with its position in `EMOTIONS` and one of `SPLITS`."""
        self._check()
        if len(reference) > MAX_REFERENCE_LENGTH:
            self.leave_out(f"{reference[:40]} …: its name has {len(reference):,} characters.")
            return
        self._images += image.tobytes()
        self._labels.append(label)
        self._splits.append(SPLITS.index(split))
        # names that are not UTF-8 on disk would be refused by whatever writes them later
        self.references.append(reference.encode("utf-8", "backslashreplace").decode())

    def leave_out(self, sentence: str) -> None:
        """Why an input has no row, in one line."""
        self._check()
        sentence = " ".join(sentence.split())
        if len(sentence) > MAX_PROBLEM_LENGTH:
            sentence = f"{sentence[: MAX_PROBLEM_LENGTH - 2]} …"
        self.problems.append(sentence.encode("utf-8", "backslashreplace").decode())
        if len(self.problems) > MAX_PROBLEMS:
            raise DatasetError(
                f"{self._name} holds more than {MAX_PROBLEMS:,} inputs that cannot be read. {self.problems[0]}"
            )

    def finished(self, votes: np.ndarray | None = None) -> FaceDataset:
        """The data set; there must be a row. votes: of its rows, as `FaceDataset` has them."""
        return FaceDataset(
            name=self._name,
            images=np.frombuffer(self._images, np.uint8).reshape(-1, FACE_SIZE, FACE_SIZE),
            labels=np.frombuffer(self._labels, np.uint8).astype(np.int64),
            splits=np.array(SPLITS)[np.frombuffer(self._splits, np.uint8)],
            references=np.array(self.references),
            problems=tuple(self.problems),
            votes=votes,
        )

    def _check(self) -> None:
        if len(self) + len(self.problems) >= self._limits.dataset_faces:
            raise too_many_rows(self._name, self._limits)
        if time.monotonic() > self._ends:
            raise too_slow(self._name, self._limits)


def too_many_rows(name: str, limits: Limits) -> DatasetError:
    """For a data set with more rows than may be read."""
    return DatasetError(f"{name} has more than the {limits.dataset_faces:,} faces that can be read; bring fewer.")


def too_slow(name: str, limits: Limits) -> DatasetError:
    """For a data set that takes more time than it may."""
    return DatasetError(
        f"{name} takes longer to read than the {limits.dataset_work_seconds:g} seconds allowed; bring a smaller one."
    )


def too_large(name: str, limits: Limits) -> DatasetError:
    """For a data set that takes more memory than it may."""
    return DatasetError(
        f"{name} takes more memory to read than the {limits.dataset_memory_mib:,} MiB allowed; bring a smaller one."
    )
