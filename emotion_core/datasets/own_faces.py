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
    path = own_faces_path() / emotion / file_name(face)
    try:
        write_bytes(path, buffer.getvalue())
        for other in _files_of(face):
            if other != path:
                other.unlink()
    except OSError as error:
        raise DatasetError(f"The face cannot be kept: {error}.") from error
    return path


def kept_as(face: np.ndarray) -> str | None:
    """The emotion under which a crop is kept, or None."""
    return next((file.parent.name for file in _files_of(face)), None)


def own_faces(path: Path | None = None) -> FaceDataset | None:
    """All of them, or None where there are none. path: another folder of the same form.

    Raises `DatasetError` when none of the files is a picture.
    """
    folder = path or own_faces_path()
    return read_folder(folder) if any(folder.glob("*/*.png")) else None


def forget_face(face: np.ndarray) -> None:
    """Delete one crop, whatever it is kept as. Raises `DatasetError`."""
    try:
        for file in _files_of(face):
            file.unlink()
    except OSError as error:
        raise DatasetError(f"The face cannot be deleted: {error}.") from error


def forget_own_faces() -> None:
    """Delete all of them. Raises `DatasetError`."""
    try:
        if own_faces_path().exists():
            shutil.rmtree(own_faces_path())
    except OSError as error:
        raise DatasetError(f"They cannot be deleted: {error}.") from error


def file_name(face: np.ndarray) -> str:
    """Under which a crop, uint8 [48, 48], is kept: another one for other pixels."""
    return f"{hashlib.sha256(face.tobytes()).hexdigest()[:16]}.png"


def _files_of(face: np.ndarray) -> list[Path]:
    return list(own_faces_path().glob(f"*/{file_name(face)}"))
