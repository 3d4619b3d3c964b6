"""A model folder's network on LiteRT: faces in, probabilities out."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from emotion_core.emotions import EMOTIONS
from emotion_core.registry.model_folder import ModelError, ModelFolder, open_model
from emotion_core.vision.faces.alignment import to_network_input
from emotion_core.vision.faces.calibrated_confidence import calibrated
from emotion_core.vision.tflite import Network

PROBABILITIES, FEATURES = "probabilities", "features"  # names of the outputs in the network's signature
_BATCH = 64  # bounds the memory of one call; more gains no speed


class Classifier:
    """The network of one model folder. Safe to share between threads.

    labels: the emotions in the order of the output's columns, as the model's card states it.
    uncertain_below: the confidence under which an answer is uncertain, from the card too.
    """

    def __init__(self, model: ModelFolder) -> None:
        self.model = model
        self.labels = model.labels
        self.uncertain_below = model.card.calibration.uncertain_below
        self._channels = model.card.input.channels
        self._calibration = model.card.calibration
        try:
            self._network = Network(model.tflite_path)
        except ValueError as error:
            raise ModelError(f"{model.tflite_path.name} of {model.name} cannot be loaded ({error}).") from error
        self._probabilities = self._network.place(PROBABILITIES) or 0
        self._features = self._network.place(FEATURES)
        width = self._network.width(self._probabilities)
        if width != len(self.labels):
            raise ModelError(f"{model.name} has {width} outputs but {len(self.labels)} labels on its card.")

    @classmethod
    def load(cls, path: Path) -> "Classifier":
        """The classifier of a model folder. Raises `ModelError`."""
        return cls(open_model(path))

    def predict(self, faces: np.ndarray) -> np.ndarray:
        """Calibrated probabilities float32 [N, len(labels)] for gray faces uint8 [N, 48, 48]; all faces of a frame in
        one call."""
        return self.read(faces)[0]

    def read(self, faces: np.ndarray) -> tuple[np.ndarray, np.ndarray | None]:
        """The same, and the features float32 [N, F] behind them: square roots of what the last layer reads, None for a
        network that was exported without."""
        if faces.ndim != 3 or faces.dtype != np.uint8:
            raise ValueError(f"Faces must be uint8 [N, 48, 48], not {faces.dtype} {list(faces.shape)}.")
        if not len(faces):
            nothing = np.empty((0, len(self.labels)), np.float32)
            return nothing, None if self._features is None else nothing[:, :0]
        parts = [
            self._network.run(to_network_input(faces[start : start + _BATCH], self._channels))
            for start in range(0, len(faces), _BATCH)
        ]
        raw = np.concatenate([part[self._probabilities] for part in parts])
        probabilities = calibrated(raw, self._calibration.temperature, self._calibration.smoothing)
        if self._features is None:
            return probabilities, None
        return probabilities, np.sqrt(np.maximum(np.concatenate([part[self._features] for part in parts]), 0))


def positions(labels: Sequence[str]) -> np.ndarray:
    """int64 [K]: where each of a model's labels stands in `EMOTIONS`; data sets number their labels so."""
    return np.array([EMOTIONS.index(label) for label in labels])
