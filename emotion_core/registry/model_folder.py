"""Model folders: what is in them, and whether they are whole."""

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np
import pandas as pd
from pydantic import BaseModel

from emotion_core.files import reason
from emotion_core.registry.feature_statistics import FEATURES_FILE, FeatureStatistics, read_statistics
from emotion_core.registry.measured_schemas import Measured
from emotion_core.registry.model_schemas import Emotion, ModelCard, RunReport
from emotion_core.registry.run_tables import empty_history, read_history
from emotion_core.validation import UnreadableError, read_stored

MODELS_VARIABLE = "EMOTION_MODELS"
TRAINING_HASHES_FILE = "training_hashes.npy"
_SHIPPED = Path(__file__).resolve().parents[2] / "models"


class ModelError(ValueError):
    """A model folder that cannot be used; the message is one sentence."""


@dataclass(frozen=True)
class ModelFolder:
    """A folder with `model.tflite`, `model.keras` and `card.json`."""

    path: Path
    card: ModelCard

    @property
    def name(self) -> str:
        return self.card.name or self.path.name

    @property
    def labels(self) -> tuple[Emotion, ...]:
        return tuple(self.card.labels)

    @property
    def tflite_path(self) -> Path:
        return self.path / "model.tflite"

    @property
    def fingerprint(self) -> str:
        """Tells two models apart, whatever they are called."""
        return self.card.sha256["model.tflite"]

    @property
    def training_hashes(self) -> np.ndarray:
        """uint64, sorted: `FaceDataset.picture_hashes` of everything it learnt from. Raises `ModelError`, also where
        that was not kept."""
        path = self.path / TRAINING_HASHES_FILE
        if not path.exists():
            raise ModelError(f"{self.name} keeps no record of the faces it learnt from.")
        try:
            with path.open("rb") as file:  # `np.load` would also read other kinds of files
                hashes = np.lib.format.read_array(file, allow_pickle=False)
        except (OSError, ValueError, EOFError, MemoryError) as error:
            raise ModelError(f"{self.name}: {TRAINING_HASHES_FILE} cannot be read.") from error
        if not isinstance(hashes, np.ndarray) or hashes.dtype != np.uint64 or hashes.ndim != 1:
            raise ModelError(f"{self.name}: {TRAINING_HASHES_FILE} is not a list of hashes.")
        return hashes

    @property
    def feature_statistics(self) -> FeatureStatistics | None:
        """Of its network's features on the faces it learnt from; None where that was not kept. Raises `ModelError`."""
        try:
            return read_statistics(self.path / FEATURES_FILE, len(self.labels))
        except ValueError as error:
            raise ModelError(f"{self.name}: {error}.") from error

    @property
    def history(self) -> pd.DataFrame:
        """The run that made it, one row an epoch; empty where it was not kept, or cannot be read."""
        try:
            return read_history(self.path / "history.csv")
        except UnreadableError:
            return empty_history()

    @property
    def report(self) -> RunReport | None:
        """What the run measured, by split; None where it was not kept, or cannot be read."""
        return _read_or_nothing(self.path / "report.json", RunReport)

    @property
    def measured(self) -> Measured:
        """What `benchmarks/accuracy` measured afterwards; empty where it was not run, or cannot be read."""
        return _read_or_nothing(self.path / "measured.json", Measured) or Measured()


_Stored = TypeVar("_Stored", bound=BaseModel)


def _read_or_nothing(path: Path, kind: type[_Stored]) -> _Stored | None:
    try:
        return read_stored(path, kind)
    except UnreadableError:
        return None


def models_root() -> Path:
    """Where model folders lie: the folder named by EMOTION_MODELS, else the shipped `models/`."""
    return Path(os.environ.get(MODELS_VARIABLE, _SHIPPED)).resolve()


def open_model(path: Path) -> ModelFolder:
    """Read and check a model folder: card complete, files there and unchanged. Raises `ModelError`; its sentence names
    the folder, not where on this server it lies."""
    try:
        card = read_stored(path / "card.json", ModelCard)
    except UnreadableError as error:
        raise ModelError(f"{path.name} cannot be used: {error}") from error
    if card is None:
        raise ModelError(f"{path.name} is not a model folder: it has no card.json.")
    for file, expected in card.sha256.items():
        try:
            is_whole = sha256(path / file) == expected
        except FileNotFoundError as error:
            raise ModelError(f"{path.name} lacks {file}.") from error
        except OSError as error:
            raise ModelError(f"{file} of {path.name} cannot be read ({reason(error)}).") from error
        if not is_whole:
            raise ModelError(f"{file} of {path.name} is damaged: its checksum is not the one on the card.")
    return ModelFolder(path, card)


def list_models(root: Path | None = None) -> list[ModelFolder]:
    """All usable model folders, by name; damaged ones are left out."""
    found = []
    for card in sorted((root or models_root()).glob("[!.]*/card.json")):
        try:
            found.append(open_model(card.parent))
        except ModelError:
            continue
    return found


def sha256(path: Path) -> str:
    """Hex digest of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
