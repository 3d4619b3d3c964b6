"""Where data that people bring are kept on the server."""

import hashlib
import os
import re
from pathlib import Path

from emotion_core.datasets.dataset import DatasetError
from emotion_core.files import write_bytes

DATA_VARIABLE = "EMOTION_DATA"
LEFT_OUT_SUFFIX = ".left-out.txt"
UPLOAD_SUFFIXES = (".zip", ".csv", ".parquet")


def data_home() -> Path:
    """The folder named by EMOTION_DATA, else `data/` of the working directory."""
    return Path(os.environ.get(DATA_VARIABLE, "data")).resolve()


def keep_upload(name: str, content: bytes) -> Path:
    """Keep an uploaded data set under its name, made safe; another one of that name stays. Raises `DatasetError`."""
    path = data_home() / re.sub(r"[^\w.-]+", "-", Path(name).name).lstrip(".")
    if path.suffix.lower() not in UPLOAD_SUFFIXES:
        raise DatasetError(f"{name} is not a .zip, .csv or .parquet.")
    try:
        if path.exists() and path.read_bytes() != content:
            path = path.with_stem(f"{path.stem}-{hashlib.sha256(content).hexdigest()[:8]}")
        write_bytes(path, content)
    except OSError as error:
        raise DatasetError(f"{name} cannot be kept on the server: {error}.") from error
    return path


def forget_upload(path: Path) -> None:
    """Delete an upload and the list of rows to leave out beside it. Raises `DatasetError`."""
    try:
        for file in (path, path.with_name(path.name + LEFT_OUT_SUFFIX)):
            file.unlink(missing_ok=True)
    except OSError as error:
        raise DatasetError(f"{path.name} cannot be deleted: {error}.") from error


def kept_uploads() -> list[Path]:
    """The data sets brought so far, by name."""
    return sorted(path for path in data_home().glob("*") if path.suffix.lower() in UPLOAD_SUFFIXES)
