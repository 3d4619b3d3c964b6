"""Faces that a person corrected and agreed to keep: a local data set of its own."""

import hashlib
import io
import shutil
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np
from PIL import Image

from emotion_core.datasets.dataset import DatasetError, FaceDataset
from emotion_core.datasets.folders import read_folder
from emotion_core.datasets.storage import data_home
from emotion_core.emotions import EMOTIONS
from emotion_core.files import free_disk_mib, reason, write_bytes
from emotion_core.folder_replacement import delete_unfinished
from emotion_core.limits import OWNER, Limits
from emotion_core.wording import counted

_ID = 16  # hexadecimal digits that name a face


@dataclass(frozen=True)
class Correction:
    """id: tells it from every other face; emotion: what a person said it shows; kept: when, in local time."""

    id: str
    emotion: str
    kept: datetime
    path: Path


def corrections_path() -> Path:
    """Where they lie: `corrections/<emotion>/` in the data home."""
    return data_home() / "corrections"


def save_correction(face: np.ndarray, emotion: str, limits: Limits = OWNER) -> Path:
    """Keep a crop, uint8 [48, 48], under the emotion a person gave it. Raises `DatasetError`, also where there is no
    room for one more.

    The same crop is kept once: a second correction replaces the first.
    """
    if emotion not in EMOTIONS:
        raise DatasetError(f"{emotion} is not one of the seven emotions.")
    buffer = io.BytesIO()
    Image.fromarray(face).save(buffer, "PNG")
    path = corrections_path() / emotion / file_name(face)
    try:
        others = [other for other in _files_of(face) if other != path]
        if not others and not path.exists():
            _check_room(limits)
        write_bytes(path, buffer.getvalue())
        for other in others:
            other.unlink()
    except OSError as error:
        raise DatasetError(f"The face cannot be kept: {reason(error)}.") from error
    return path


def corrected_emotion(face: np.ndarray) -> str | None:
    """The emotion under which a crop is kept, or None."""
    return next((file.parent.name for file in _files_of(face)), None)


def list_corrections() -> list[Correction]:
    """All of them, the latest first."""
    found = []
    for path in corrections_path().glob(f"*/{'[0-9a-f]' * _ID}.png"):
        try:
            moment = datetime.fromtimestamp(path.stat().st_mtime)
        except (OSError, OverflowError, ValueError):  # deleted meanwhile, or a date that is none
            moment = datetime.fromtimestamp(0)
        if path.parent.name in EMOTIONS and not path.is_symlink():
            found.append(Correction(path.stem, path.parent.name, moment, path))
    return sorted(found, key=lambda face: (face.kept, face.id), reverse=True)


def load_corrections(path: Path | None = None) -> FaceDataset | None:
    """All of them, or None where there are none. path: another folder of the same form.

    Raises `DatasetError` when none of the files is a picture.
    """
    folder = path or corrections_path()
    return read_folder(folder) if any(folder.glob("*/*.png")) else None


def delete_correction(face_id: str) -> None:
    """Delete the face with this id; nothing where there is none. Raises `DatasetError`."""
    try:
        for file in [face.path for face in list_corrections() if face.id == face_id]:
            file.unlink(missing_ok=True)
    except OSError as error:
        raise DatasetError(f"The face cannot be deleted: {reason(error)}.") from error


def delete_all_corrections() -> None:
    """Delete all of them. Raises `DatasetError`."""
    try:
        if corrections_path().exists():
            shutil.rmtree(corrections_path())
    except OSError as error:
        raise DatasetError(f"They cannot be deleted: {reason(error)}.") from error


def file_name(face: np.ndarray) -> str:
    """Under which a crop, uint8 [48, 48], is kept: another one for other pixels."""
    return f"{hashlib.sha256(face.tobytes()).hexdigest()[:_ID]}.png"


def clean_up_corrections() -> None:
    """Delete what was left half written when a server died; for the start of the next one."""
    for folder in corrections_path().glob("*/"):
        delete_unfinished(folder)


def _check_room(limits: Limits) -> None:
    if len(list_corrections()) >= limits.corrections:
        room = counted(limits.corrections, "kept face")
        raise DatasetError(f"There is room for {room} only: delete some on the page Data before another one is kept.")
    left = free_disk_mib(data_home())
    if left < limits.free_disk_mib:
        raise DatasetError(f"The disk has {left:,} MiB left: delete data sets or runs before another face is kept.")


def _files_of(face: np.ndarray) -> list[Path]:
    return list(corrections_path().glob(f"*/{file_name(face)}"))
