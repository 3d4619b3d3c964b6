"""Tables inside a .zip, as Kaggle hands out the original csv."""

import lzma
import shutil
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from emotion_core.datasets.dataset import DatasetError
from emotion_core.emotions import parse_emotion

TABLE_SUFFIXES = {".csv", ".parquet"}
MAX_TABLE_BYTES = 2**30  # FER2013's csv has 288 MB; this stops a zip bomb before it is unpacked


@contextmanager
def open_zip(path: Path) -> Iterator[zipfile.ZipFile]:
    """A .zip to read from. Raises `DatasetError`, also for what turns out to be damaged while it is open."""
    try:
        with zipfile.ZipFile(path) as archive:
            yield archive
    except (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError) as error:
        raise DatasetError(f"{path.name} is not a readable .zip file.") from error


def holds_tables(path: Path) -> bool:
    """Whether a .zip holds tables and no folder named like an emotion. Raises `DatasetError`."""
    with open_zip(path) as archive:
        names = [PurePosixPath(info.filename) for info in archive.infolist() if not info.is_dir()]
        return bool(_tables(archive)) and not any(parse_emotion(name.parent.name) for name in names)


@contextmanager
def unpacked_tables(path: Path) -> Iterator[Path]:
    """A folder named like the .zip with its tables, gone afterwards. Raises `DatasetError`."""
    with tempfile.TemporaryDirectory() as temporary, open_zip(path) as archive:
        folder = Path(temporary) / path.name
        folder.mkdir()
        packed_tables = _tables(archive)
        names = [PurePosixPath(info.filename).name for info in packed_tables]
        if len(set(names)) < len(names):
            raise DatasetError(f"{path.name} holds several tables of one name ({', '.join(sorted(set(names)))}).")
        if sum(info.file_size for info in packed_tables) > MAX_TABLE_BYTES:
            raise DatasetError(f"The tables in {path.name} are larger than {MAX_TABLE_BYTES // 2**20:,} MiB.")
        for info, name in zip(packed_tables, names, strict=True):
            with archive.open(info) as packed, (folder / name).open("wb") as file:
                shutil.copyfileobj(packed, file)
        yield folder


def _tables(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    files = [info for info in archive.infolist() if not info.is_dir() and "__MACOSX" not in info.filename]
    return [info for info in files if PurePosixPath(info.filename).suffix.lower() in TABLE_SUFFIXES]
