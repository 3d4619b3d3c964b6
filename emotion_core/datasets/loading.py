"""One door for every form of data set."""

from dataclasses import replace
from pathlib import Path

from emotion_core.datasets import folders, kaggle, packed, tables
from emotion_core.datasets.dataset import DatasetError, FaceDataset
from emotion_core.datasets.sample import generate_sample
from emotion_core.datasets.tables import FERPLUS_FILE

SAMPLE = "sample"
_KAGGLE_PREFIX = "kaggle:"


def load(source: str | Path) -> FaceDataset:
    """Read a data set.

    source: "sample" (drawn faces), "kaggle:OWNER/NAME", or the path of a folder, .zip, .csv or .parquet.
    Raises `DatasetError` with one sentence.
    """
    if source == SAMPLE:
        return generate_sample()
    if isinstance(source, str) and source.startswith(_KAGGLE_PREFIX):
        handle = source.removeprefix(_KAGGLE_PREFIX) or kaggle.DEFAULT_HANDLE
        return replace(load(kaggle.download(handle)), name=handle)
    if not source:
        raise DatasetError("No data were named.")
    try:
        return _load_path(Path(source).expanduser())
    except (OSError, RuntimeError) as error:  # no permission, a name too long, a home that is nobody's
        raise DatasetError(f"{source} cannot be read: {error}.") from error


def _load_path(path: Path) -> FaceDataset:
    if not path.exists():
        raise DatasetError(f"{path} does not exist.")
    if path.is_dir():
        tables_inside = sorted(
            table
            for table in path.iterdir()
            if table.suffix.lower() in packed.TABLE_SUFFIXES and table.name != FERPLUS_FILE
        )
        if not tables_inside or folders.has_faces(path):
            return folders.read_folder(path)
        if len(tables_inside) > 1:
            names = ", ".join(table.name for table in tables_inside)
            raise DatasetError(f"{path.name} holds several tables ({names}); name the one to read.")
        return _load_path(tables_inside[0])
    if path.suffix.lower() == ".zip" and packed.holds_tables(path):
        with packed.unpacked_tables(path) as folder:
            return replace(_load_path(folder), name=path.name)
    readers = {".zip": folders.read_zip, ".csv": tables.read_csv, ".parquet": tables.read_parquet}
    reader = readers.get(path.suffix.lower())
    if reader is None:
        raise DatasetError(f"{path.name} is not a folder, .zip, .csv or .parquet.")
    return reader(path)
