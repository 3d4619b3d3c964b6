"""Tables that unpack to more than they are, or are something else: csv, Parquet, and files under their names."""

import io
import json
import pickle
import struct
from collections.abc import Callable
from functools import cache
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from tests.support.hostile_archives import small_png
from tests.support.hostile_pictures import webp

_HEAD = b"emotion,pixels,Usage\n"
_ROW = b"3," + b"128 " * 2303 + b"128,Training\n"


def parquet(table: pa.Table, compression: str = "zstd", **options: object) -> bytes:
    buffer = io.BytesIO()
    pq.write_table(table, buffer, compression=compression, **options)
    return buffer.getvalue()


def faces(count: int = 8) -> dict[str, pa.Array]:
    """The columns of an honest table."""
    picture = {"bytes": small_png(), "path": "a.png"}
    return {"image": pa.array([picture] * count), "label": pa.array([row % 7 for row in range(count)])}


@cache
def unused_column(mebibytes: int = 40, rows: int = 25) -> bytes:
    """A few kilobytes, most of it a column that nobody asked for and that unpacks to a gigabyte: one long cell in the
    column's dictionary, named by every row."""
    cell = pa.array([bytes(mebibytes * 2**20)], pa.large_binary())
    more = pa.DictionaryArray.from_arrays(pa.array([0] * rows, pa.int32()), cell)
    table = pa.table({**faces(rows), "more": more})
    # without the schema of Arrow the column reads as plain cells
    return parquet(table, dictionary_pagesize_limit=2**30, write_statistics=False, store_schema=False)


@cache
def many_rows(count: int = 20_000_000) -> bytes:
    """20 million rows of nothing."""
    labels = pa.DictionaryArray.from_arrays(pa.array(np.zeros(count, np.int32)), pa.array([3]))
    kind = pa.struct([("bytes", pa.binary()), ("path", pa.string())])
    return parquet(pa.table({"image": pa.nulls(count, kind), "label": labels}))


def large_pictures(count: int = 20, side: int = 7_000) -> bytes:
    """Pictures of 49 megapixels, 28 bytes each."""
    picture = {"bytes": webp(side, side), "path": "a.webp"}
    return parquet(pa.table({"image": pa.array([picture] * count), "label": pa.array([3] * count)}))


def nested_types(depth: int = 200) -> bytes:
    """Lists in lists in lists."""
    kind: pa.DataType = pa.int8()
    for _ in range(depth):
        kind = pa.list_(kind)
    return parquet(pa.table({**faces(2), "deep": pa.nulls(2, kind)}), store_schema=False)


def many_columns(count: int = 20_000) -> bytes:
    return parquet(pa.table({**faces(1), **{f"c{number}": pa.array([0], pa.int8()) for number in range(count)}}))


def odd_votes() -> bytes:
    return parquet(pa.table({**faces(2), "ferplus_votes": pa.array([[1, 2], None])}))


def odd_metadata() -> bytes:
    """pandas' own notes in the file, of the wrong types."""
    notes = {b"pandas": json.dumps({"columns": 7, "index_columns": {"a": [[]]}, "pandas_version": None}).encode()}
    return parquet(pa.table(faces(2)).replace_schema_metadata(notes))


def cut_short() -> bytes:
    return parquet(pa.table(faces()))[:-40]


def long_footer() -> bytes:
    """The footer is said to have four gigabytes."""
    return parquet(pa.table(faces()))[:-8] + struct.pack("<I", 2**32 - 1) + b"PAR1"


def short_rows(count: int = 28_000_000) -> bytes:
    """84 MB of rows of two characters."""
    return _HEAD + b"3,\n" * count


def wide_rows(count: int = 20, cells: int = 1_000_000) -> bytes:
    """40 MB of a million columns."""
    return (
        b",".join([b"emotion", b"pixels", b"Usage", b"x" * 1])
        + b",a" * cells
        + b"\n"
        + (b"1," * cells + b"1\n") * count
    )


def many_named_columns(count: int = 100_000) -> bytes:
    head = b"emotion,pixels,Usage," + b",".join(b"c%d" % number for number in range(count))
    return head + b"\n" + b"0," * (count + 2) + b"0\n"


def open_quote(mebibytes: int = 20) -> bytes:
    """A quotation mark that nobody closes, and 20 MB after it."""
    return _HEAD + b'3,"' + b"a,b\n" * (mebibytes * 2**18)


def zero_characters() -> bytes:
    return _HEAD + b"3,\0\0\0,Training\n" + b"\0" * 5_000


def two_byte_characters() -> bytes:
    return (_HEAD + _ROW).decode().encode("utf-16")


def odd_numbers() -> bytes:
    labels = (b"nan", b"inf", b"-1", b"7", b"1e400", b"", b"0x3", b"=1+1", b"3.7", b"9" * 400)
    return _HEAD + b"".join(label + _ROW[1:] for label in labels)


def odd_pixels() -> bytes:
    rows = (b"256 " * 2304, b"-1 " * 2304, b"9" * 5_000, b"nan " * 2304, b"1 2 3", b"")
    return _HEAD + b"".join(b"3," + row + b",Training\n" for row in rows)


def long_usage() -> bytes:
    return _HEAD + _ROW[: -len(b"Training\n")] + b"a" * 2**20 + b"\n"


class _Touch:
    """Writes a file where its pickle is loaded."""

    def __init__(self, path: Path) -> None:
        self.path = str(path)

    def __reduce__(self) -> tuple[Callable[..., object], tuple[object, ...]]:
        return open, (self.path, "w")


def pickled(canary: Path) -> bytes:
    return pickle.dumps(_Touch(canary))


def numpy_archive(canary: Path) -> bytes:
    """An .npz of objects, which numpy would unpickle where it is let."""
    buffer = io.BytesIO()
    np.savez(buffer, emotion=np.array([_Touch(canary)], object))
    return buffer.getvalue()


def parquet_of_markup() -> bytes:
    """Usages and paths that would be markup on a page."""
    markup = "<img src=x onerror=alert(1)>"
    picture = {"bytes": b"no picture", "path": markup}
    return parquet(pa.table({"image": pa.array([picture]), "label": pa.array([3]), "usage": pa.array([markup])}))
