"""Faces that a person corrected and agreed to keep: a local data set of its own."""

import hashlib
import io
import shutil
from pathlib import Path

import numpy as np
from PIL import Image

from emotion_core.datasets.dataset import DatasetError, FaceDataset
from emotion_core.datasets.folders import read_folder
from emotion_core.datasets.home import data_home
from emotion_core.emotions import EMOTIONS
from emotion_core.files import write_bytes


def own_faces_path() -> Path:
    """Where they lie: `own-faces/<emotion>/` in the data home."""
    return data_home() / "own-faces"


def keep_face(face: np.ndarray, emotion: str) -> Path:
    """Keep a crop, uint8 [48, 48], under the emotion a person gave it. Raises `DatasetError`.

    The same crop is kept once: a second correction replaces the first.
    """
    if emotion not in EMOTIONS:
        raise DatasetError(f"{emotion} is not one of the seven emotions.")
    buffer = io.BytesIO()
    Image.fromarray(face).save(buffer, "PNG")
    name = f"{hashlib.sha256(face.tobytes()).hexdigest()[:16]}.png"
    try:
        for other in own_faces_path().glob(f"*/{name}"):
            other.unlink()
        write_bytes(own_faces_path() / emotion / name, buffer.getvalue())
    except OSError as error:
        raise DatasetError(f"The face cannot be kept: {error}.") from error
    return own_faces_path() / emotion / name


def own_faces() -> FaceDataset | None:
    """All of them, or None where there are none."""
    if not any(own_faces_path().glob("*/*.png")):
        return None
    return read_folder(own_faces_path())


def forget_own_faces() -> None:
    """Delete all of them. Raises `DatasetError`."""
    try:
        if own_faces_path().exists():
            shutil.rmtree(own_faces_path())
    except OSError as error:
        raise DatasetError(f"They cannot be deleted: {error}.") from error
