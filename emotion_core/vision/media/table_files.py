"""Records written as one table, which is in memory in parts only."""

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from emotion_core.exports import to_csv
from emotion_core.vision.media.records import Record, to_table

Chunks = Iterator[list[Record]]  # at least one


def _write_parquet(path: Path, chunks: Chunks, model: str) -> None:
    writer = None
    for chunk in chunks:
        table = pa.Table.from_pandas(to_table(chunk, model), preserve_index=False)
        writer = writer or pq.ParquetWriter(path, table.schema)
        writer.write_table(table)
    assert writer is not None, "there is always a chunk"
    writer.close()


def _write_csv(path: Path, chunks: Chunks, model: str) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        for number, chunk in enumerate(chunks):
            text = to_csv(to_table(chunk, model))
            file.write(text if number == 0 else text.split("\n", 1)[1])


def _write_jsonl(path: Path, chunks: Chunks, model: str) -> None:
    with path.open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(record) + "\n" for chunk in chunks for record in chunk)


WRITERS: Mapping[str, Callable[[Path, Chunks, str], None]] = {
    ".parquet": _write_parquet,
    ".csv": _write_csv,
    ".jsonl": _write_jsonl,
}
