"""One door for every form of data set."""

from collections.abc import Sequence
from dataclasses import replace
from functools import cache, partial
from pathlib import Path

from emotion_core.datasets import folders, kaggle
from emotion_core.datasets.csv_tables import VOTED_FILE, read_csv
from emotion_core.datasets.dataset import DatasetError, FaceDataset
from emotion_core.datasets.storage import data_home
from emotion_core.datasets.synthetic import generate_sample
from emotion_core.datasets.tables import FERPLUS_FILE, TABLE_SUFFIXES, Table, table_on_disk
from emotion_core.datasets.zip_files import PackedFile, open_zip, unpacked
from emotion_core.emotions import parse_emotion
from emotion_core.experiments.source import DataSource, SourceKind
from emotion_core.limits import OWNER, Limits

_sample = cache(generate_sample)  # drawing takes most of a second, keeping 2.4 MB


def load(source: str | Path, limits: Limits = OWNER) -> FaceDataset:
    """Read a data set.

    source: "sample" (drawn faces), "kaggle:OWNER/NAME", or the path of a folder, .zip, .csv or .parquet.
    Raises `DatasetError` with one sentence.
    """
    if is_sample(source):
        return _sample()
    path, name = locate(source)
    dataset = load_path(path, limits)
    return replace(dataset, name=name) if name else dataset


def is_sample(source: str | Path) -> bool:
    """Whether the drawn faces are meant. A `Path` never means them."""
    return isinstance(source, str) and DataSource.parse(source).kind is SourceKind.sample


def locate(source: str | Path) -> tuple[Path, str | None]:
    """Where the data lie, downloaded where Kaggle has them, and their name where the path does not tell it.

    Raises `DatasetError`, also where nothing lies there.
    """
    if not source:
        raise DatasetError("No data were named.")
    named = DataSource.parse(str(source))
    if named.kind is SourceKind.kaggle and isinstance(source, str):
        handle = named.place or kaggle.DEFAULT_HANDLE
        return Path(kaggle.download(handle)), handle
    try:
        path = Path(source).expanduser()
        if not path.exists():
            raise DatasetError(f"{path} does not exist.")
    except (OSError, RuntimeError) as error:  # no permission, a name too long, a home that is nobody's
        raise DatasetError(f"{source} cannot be read: {error}.") from error
    return path, None


def load_path(path: Path, limits: Limits = OWNER) -> FaceDataset:
    """Read a folder, .zip, .csv or .parquet. Raises `DatasetError`."""
    try:
        return _load_path(path, limits)
    except (OSError, RuntimeError) as error:
        raise DatasetError(f"{path} cannot be read: {error}.") from error


def _load_path(path: Path, limits: Limits) -> FaceDataset:
    if path.is_dir():
        return _load_folder(path, limits)
    suffix = path.suffix.lower()
    if not path.is_file() or suffix not in {".zip", *TABLE_SUFFIXES}:
        raise DatasetError(f"{path.name} is not a folder, .zip, .csv or .parquet.")
    if suffix == ".zip":
        return _load_zip(path, limits)
    return _read_table(table_on_disk(path), path.parent, limits)


def _load_folder(path: Path, limits: Limits) -> FaceDataset:
    tables = [table_on_disk(file) for file in path.iterdir() if _is_table(file.name) and file.is_file()]
    if not tables or folders.has_faces(path):
        return folders.read_folder(path, limits)
    return _read_table(_only(tables, path.name), path, limits)


def _load_zip(path: Path, limits: Limits) -> FaceDataset:
    with open_zip(path) as files:
        tables = [_packed_table(file) for file in files if _is_table(file.path.name)]
        if not tables or any(parse_emotion(file.path.parent.name) for file in files):
            return folders.read_packed_folder(path.name, files, limits)
        names = [file.path.name for file in files if file.path.suffix.lower() in TABLE_SUFFIXES]
        if len(set(names)) < len(names):
            raise DatasetError(f"{path.name} holds several tables of one name ({', '.join(sorted(set(names)))}).")
        votes = [_packed_table(file) for file in files if file.path.name == FERPLUS_FILE]
        return replace(_parse_table(_only(tables, path.name), next(iter(votes), None), limits), name=path.name)


def _parse_table(table: Table, votes: Table | None, limits: Limits) -> FaceDataset:
    if table.suffix == ".csv":
        return read_csv(table, votes, limits)
    from emotion_core.datasets.parquet_tables import read_parquet  # imported here: it costs 40 MiB

    return read_parquet(table, limits)


def _is_table(name: str) -> bool:
    """Whether faces may be in it, not only votes."""
    return Path(name).suffix.lower() in TABLE_SUFFIXES and name != FERPLUS_FILE


def _only(tables: Sequence[Table], holder: str) -> Table:
    if len(tables) > 1:
        names = ", ".join(sorted(table.name for table in tables))
        raise DatasetError(f"{holder} holds several tables ({names}); name the one to read.")
    return tables[0]


def _read_table(table: Table, folder: Path, limits: Limits) -> FaceDataset:
    """A table on disk, with the votes beside it where a person put both there.

    Among the kept uploads lie files that came from different people: there nothing belongs to another.
    """
    votes = folder / FERPLUS_FILE
    is_voted = table.name.lower() == VOTED_FILE and votes.is_file()
    if not is_voted or folder.resolve() != data_home():
        return _parse_table(table, table_on_disk(votes) if is_voted else None, limits)
    dataset = _parse_table(table, None, limits)
    problem = f"{FERPLUS_FILE} is another upload and not taken for votes: bring it in one .zip with {table.name}."
    return replace(dataset, problems=(*dataset.problems, problem))


def _packed_table(file: PackedFile) -> Table:
    """Parquet is read here and there, which takes a file."""
    return Table(file.path.name, file.open if file.path.suffix.lower() == ".csv" else partial(unpacked, file))
