"""Reader for Parquet as Hugging Face writes it, a few rows at a time and the columns of a face alone.

FER+ votes may stand in the column `ferplus_votes`.
"""

import json
from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from emotion_core.datasets.dataset import DatasetError, FaceDataset
from emotion_core.datasets.ferplus import COLUMNS, arrange
from emotion_core.datasets.pictures import MAX_PICTURE_BYTES, read_face
from emotion_core.datasets.rows import RowCollector, too_many_rows
from emotion_core.datasets.tables import QUOTED, Table, add_row, check_any, split_of
from emotion_core.emotions import FER2013_NUMBERS, parse_emotion
from emotion_core.images import ImageError
from emotion_core.limits import OWNER, Limits

VOTES_COLUMN = "ferplus_votes"
_BATCH = 64  # rows; a hostile file may point each of them at the same large picture
_BUFFER_BYTES = 2**20  # read at a time of a column, instead of all of it that lies in a row group
_MAX_FOOTER_STRING = 16 * 2**20  # bytes; pyarrow allows 100 MB
_MAX_FOOTER_ITEMS = 100_000  # columns, row groups; pyarrow allows a million
# Not words: what reads pictures would take one for the name of a file on the server.
_BYTES = (pa.types.is_binary, pa.types.is_large_binary, pa.types.is_fixed_size_binary, pa.types.is_binary_view)


def read_parquet(table: Table, limits: Limits = OWNER) -> FaceDataset:
    """Columns image {bytes, path}, label (a number), optionally usage and votes. Raises `DatasetError`."""
    rows = RowCollector(table.name, limits)
    votes: list[np.ndarray] = []
    emotions: Sequence[str] = ()
    row = 0
    for batch in _batches(table, limits):
        names, emotions = batch.schema.names, emotions or _emotions(batch.schema, table.name)
        pictures, labels = _pictures(batch.column("image")), batch.column("label").to_pylist()
        usages = batch.column("usage").to_pylist() if "usage" in names else ["Training"] * len(labels)
        if VOTES_COLUMN in names:
            votes.append(_votes(batch.column(VOTES_COLUMN), table.name))
        for picture, label, usage in zip(pictures, labels, usages, strict=True):
            add_row(rows, table.name, row, label, split_of(usage), partial(_read_picture, picture), emotions)
            row += 1
    check_any(rows, table.name)
    kept = [int(reference) for reference in rows.references]
    return rows.finished(np.concatenate(votes)[kept] if votes else None)


def _batches(table: Table, limits: Limits) -> Iterator[pa.RecordBatch]:
    try:
        with (
            table.open() as file,
            pq.ParquetFile(
                file,
                buffer_size=_BUFFER_BYTES,
                pre_buffer=False,
                thrift_string_size_limit=_MAX_FOOTER_STRING,
                thrift_container_size_limit=_MAX_FOOTER_ITEMS,
            ) as parquet,
        ):
            if parquet.metadata.num_rows > limits.dataset_faces:
                raise too_many_rows(table.name, limits)
            columns = _wanted_columns(parquet.schema_arrow, table.name)
            yield from parquet.iter_batches(_BATCH, columns=columns, use_threads=False)
    except (DatasetError, MemoryError):
        raise
    except (OSError, ValueError, pa.ArrowException) as error:
        raise DatasetError(f"{table.name} cannot be read as Parquet ({error}).") from error


def _wanted_columns(schema: pa.Schema, name: str) -> list[str]:
    """What is read, and nothing of another kind. Raises `DatasetError`."""
    names = [column for column in ("image", "label", "usage", VOTES_COLUMN) if column in schema.names]
    fields = {
        column: schema.field(schema.get_field_index(column)).type for column in names if schema.names.count(column) == 1
    }
    if not {"image", "label"} <= fields.keys() or len(fields) < len(names):
        raise DatasetError(f"{name} needs the columns image and label, once each.")
    image = fields["image"]
    if pa.types.is_struct(image):
        position = image.get_field_index("bytes")  # -1 also where there are two
        names[0], image = "image.bytes", image.field(position).type if position >= 0 else pa.null()
    if not any(is_kind(image) for is_kind in _BYTES):
        raise DatasetError(f"{name} needs bytes in its column image, as Hugging Face writes them.")
    if any(pa.types.is_nested(fields[column]) for column in ("label", "usage") if column in fields):
        raise DatasetError(f"{name} has lists where its column label needs a number and usage a word.")
    if VOTES_COLUMN in fields and not _are_numbers(fields[VOTES_COLUMN]):
        raise _unreadable_votes(name, f"they are {fields[VOTES_COLUMN]}")
    return names


def _emotions(schema: pa.Schema, name: str) -> Sequence[str]:
    """What the numbers of the column label stand for: the classes that the file names, else as in FER2013. Raises
    `DatasetError`."""
    classes = _class_names(schema.metadata or {})
    emotions = [emotion for emotion in map(parse_emotion, classes) if emotion]
    if len(emotions) < len(classes):
        unknown = next(word for word in classes if not parse_emotion(word))
        raise DatasetError(f"{name} has the label {unknown[:QUOTED]!r}, which is none of the seven emotions.")
    return emotions or FER2013_NUMBERS


def _class_names(metadata: dict[bytes, bytes]) -> list[str]:
    """As Hugging Face writes them beside the data; nothing where they are missing or mere numbers."""
    try:
        names = json.loads(metadata[b"huggingface"])["info"]["features"]["label"]["names"]
    except (KeyError, TypeError, ValueError, RecursionError):
        return []
    words = [str(word) for word in names] if isinstance(names, list) else []
    return [] if words == [str(number) for number in range(len(words))] else words


def _are_numbers(votes: pa.DataType) -> bool:
    is_list = pa.types.is_list(votes) or pa.types.is_large_list(votes) or pa.types.is_fixed_size_list(votes)
    return pa.types.is_null(votes) or (is_list and pa.types.is_primitive(votes.value_type))


def _pictures(column: pa.Array) -> pa.Array:
    return column.field("bytes") if pa.types.is_struct(column.type) else column


def _read_picture(cell: Any) -> np.ndarray:
    """cell: a scalar, whose bytes are not copied before they are known to be few."""
    if not cell.is_valid:
        raise ImageError("it holds no picture")
    content = cell.as_buffer()
    if content.size > MAX_PICTURE_BYTES:
        raise ImageError(f"its picture is larger than {MAX_PICTURE_BYTES // 2**20} MiB")
    return read_face(content.to_pybytes())


def _votes(column: pa.Array, name: str) -> np.ndarray:
    longest = 0 if pa.types.is_null(column.type) else pc.max(pc.list_value_length(column)).as_py() or 0
    if longest > len(COLUMNS):
        raise _unreadable_votes(name, f"{longest:,} in a row")
    try:
        return arrange(column.to_pylist())
    except (TypeError, ValueError) as error:
        raise _unreadable_votes(name, str(error)) from error


def _unreadable_votes(name: str, reason: str) -> DatasetError:
    return DatasetError(f"{name} has {VOTES_COLUMN} that are not ten numbers ({reason}).")
