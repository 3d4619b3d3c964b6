"""What a network's features are like on the faces it learnt from: `features.npz` of a model folder."""

from dataclasses import dataclass
from pathlib import Path
from zipfile import BadZipFile

import numpy as np

FEATURES_FILE = "features.npz"


@dataclass(frozen=True)
class FeatureStatistics:
    """Of `Classifier.read`'s features, on training faces.

    differences: float32 [K, F], each emotion's mean, less that of the neutral faces; rows as the model's labels.
    whitening: float32 [F, F]; features times this have about the same variance in each direction within an emotion.
    """

    differences: np.ndarray
    whitening: np.ndarray


def write_statistics(path: Path, statistics: FeatureStatistics) -> None:
    """Half precision is enough for a mean and a direction, and half the size."""
    np.savez_compressed(
        path, differences=statistics.differences.astype(np.float16), whitening=statistics.whitening.astype(np.float16)
    )


def read_statistics(path: Path, labels: int) -> FeatureStatistics | None:
    """None where there is no such file. Raises `ValueError` where it is none of these."""
    try:
        with np.load(path, allow_pickle=False) as file:
            differences, whitening = (np.asarray(file[name]) for name in ("differences", "whitening"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, EOFError, BadZipFile, MemoryError) as error:
        raise ValueError(f"{path.name} cannot be read") from error
    features = whitening.shape[-1] if whitening.ndim == 2 else 0
    if whitening.shape != (features, features) or differences.shape != (labels, features):
        raise ValueError(f"{path.name} has other shapes than the network")
    values = [array.astype(np.float32) for array in (differences, whitening)]
    if not all(np.isfinite(array).all() for array in values):
        raise ValueError(f"{path.name} holds values that are no numbers")
    return FeatureStatistics(*values)
