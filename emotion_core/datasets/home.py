"""Where data that people bring are kept on the server."""

import os
import re
from pathlib import Path

from emotion_core.datasets.dataset import DatasetError
from emotion_core.files import write_bytes

DATA_VARIABLE = "EMOTION_DATA"
UPLOAD_SUFFIXES = (".zip", ".csv", ".parquet")


def data_home() -> Path:
    """The folder named by EMOTION_DATA, else `data/` of the working directory."""
    return Path(os.environ.get(DATA_VARIABLE, "data"))


def keep_upload(name: str, content: bytes) -> Path:
    """Keep an uploaded data set under its own name, made safe. Raises `DatasetError`."""
    path = data_home() / re.sub(r"[^A-Za-z0-9._-]+", "-", Path(name).name)
    if path.suffix.lower() not in UPLOAD_SUFFIXES:
        raise DatasetError(f"{name} is not a .zip, .csv or .parquet.")
    try:
        write_bytes(path, content)
    except OSError as error:
        raise DatasetError(f"{name} cannot be kept on the server: {error}.") from error
    return path


def kept_uploads() -> list[Path]:
    """The data sets brought so far, by name."""
    return sorted(path for path in data_home().glob("*") if path.suffix.lower() in UPLOAD_SUFFIXES)
