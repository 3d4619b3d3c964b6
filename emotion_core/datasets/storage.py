"""Where data that people bring are kept on the server."""

import hashlib
import os
import re
import shutil
from pathlib import Path

from emotion_core.datasets.dataset import DatasetError
from emotion_core.files import reason, write_bytes
from emotion_core.limits import OWNER, Limits

DATA_VARIABLE = "EMOTION_DATA"
EXCLUSIONS_SUFFIX = ".exclusions.txt"
UPLOAD_SUFFIXES = (".zip", ".csv", ".parquet")


def data_home() -> Path:
    """The folder named by EMOTION_DATA, else `data/` of the working directory."""
    return Path(os.environ.get(DATA_VARIABLE, "data")).resolve()


def keep_upload(name: str, content: bytes, limits: Limits = OWNER) -> Path:
    """Keep an uploaded data set under its name, made safe; another one of that name stays. Raises `DatasetError`, also
    where the disk would have less left than `Limits.free_disk_mib`."""
    path = data_home() / re.sub(r"[^\w.-]+", "-", Path(name).name).lstrip(".")
    if path.suffix.lower() not in UPLOAD_SUFFIXES:
        raise DatasetError(f"{name} is not a .zip, .csv or .parquet.")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if shutil.disk_usage(path.parent).free - len(content) < limits.free_disk_mib * 2**20:
            raise DatasetError(f"{name} cannot be kept: the disk of this server is nearly full.")
        if path.exists() and not _holds(path, content):
            path = path.with_stem(f"{path.stem}-{hashlib.sha256(content).hexdigest()[:8]}")
        write_bytes(path, content)
    except OSError as error:
        raise DatasetError(f"{name} cannot be kept on the server: {reason(error)}.") from error
    return path


def _holds(path: Path, content: bytes) -> bool:
    if path.stat().st_size != len(content):
        return False
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").digest() == hashlib.sha256(content).digest()


def delete_upload(path: Path) -> None:
    """Delete an upload and the list of rows to leave out beside it. Raises `DatasetError`."""
    try:
        for file in (path, path.with_name(path.name + EXCLUSIONS_SUFFIX)):
            file.unlink(missing_ok=True)
    except OSError as error:
        raise DatasetError(f"{path.name} cannot be deleted: {reason(error)}.") from error


def kept_uploads() -> list[Path]:
    """The data sets brought so far, by name."""
    return sorted(path for path in data_home().glob("*") if path.suffix.lower() in UPLOAD_SUFFIXES)
