"""Many pictures and videos into one table, by several processes; what was read stays read.

Beside `results.parquet` lies the folder `results.parquet.parts`: `batch.json` says what decides the answers, and
`read.jsonl` has a line for each input that is done, with its records. A process that is killed loses what it was at.
"""

import io
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from emotion_core.files import write_json
from emotion_core.folder_replacement import sync_file
from emotion_core.registry.model_folder import ModelFolder
from emotion_core.validation import Seconds, Stored, Text, UnreadableError, read_stored, to_json
from emotion_core.vision.media.input_reader import ReadingOptions
from emotion_core.vision.media.reading_pool import read_all
from emotion_core.vision.media.records import Record
from emotion_core.vision.media.table_files import WRITERS

_ROWS = 20_000  # of the table that are in memory at a time, about


class BatchError(ValueError):
    """Parts that belong to another batch; the message is one sentence."""


class _Settings(Stored):
    """What decides the answers."""

    model: Text
    fingerprint: Text
    detector: Text
    sample_rate: Seconds
    max_seconds: Seconds | None = None
    profile: Text


_WORDS = {
    "fingerprint": "model",
    "detector": "detector",
    "sample_rate": "sample rate",
    "max_seconds": "limit of seconds",
    "profile": "profile",
}


class _Place(NamedTuple):
    """Of an input's line in `read.jsonl`. stamp: the file's size and time when it was read."""

    offset: int
    failed: bool
    stamp: list[int]


@dataclass(frozen=True)
class Done:
    """One input that was read just now. failed: whether it could not be; note: how it was read, or nothing."""

    path: Path
    failed: bool
    note: str


class Batch:
    """A table and its parts. Raises `BatchError` where the parts were made with other settings, `OSError`."""

    def __init__(self, out: Path, model: ModelFolder, options: ReadingOptions) -> None:
        self.out, self._model, self._options = out, model, options
        self._parts = out.with_name(f"{out.name}.parts")
        self._parts.mkdir(parents=True, exist_ok=True)
        self._log_path = self._parts / "read.jsonl"
        self._check_settings()
        self._places = dict(self._read_log())

    def is_done(self, path: Path) -> bool:
        """Whether this input was read before, without an error, and has not changed since."""
        place = self._places.get(str(path))
        return place is not None and not place.failed and place.stamp == _stamp(path)

    def read(self, paths: Sequence[Path], workers: int, annotated: Mapping[Path, Path] | None = None) -> Iterator[Done]:
        """Read inputs and note each as soon as it is done, in no order. annotated: files for what is drawn."""
        with self._log_path.open("ab") as log:
            for path, records, note in read_all(paths, self._model, self._options, workers, annotated or {}):
                failed = any(record["error"] is not None for record in records)
                stamp = _stamp(path)
                line = {"path": str(path), "stamp": stamp, "failed": failed, "records": records}
                offset = log.tell()
                log.write(json.dumps(line).encode() + b"\n")
                log.flush()
                self._places[str(path)] = _Place(offset, failed, stamp)
                yield Done(path, failed, note)
        sync_file(self._log_path)

    def write(self, paths: Sequence[Path]) -> None:
        """The table of those inputs that are done, in this order; the whole file at once or none."""
        known = [str(path) for path in paths if str(path) in self._places]
        temporary = self._parts / f"unfinished{self.out.suffix}"
        with self._log_path.open("rb") as log:
            WRITERS[self.out.suffix](temporary, self._chunks(log, known), self._model.name)
        sync_file(temporary)
        temporary.replace(self.out)

    def _chunks(self, log: io.BufferedReader, paths: Sequence[str]) -> Iterator[list[Record]]:
        """Records, about so many at a time as make `_ROWS` rows."""
        chunk, rows = list[Record](), 0
        for path in paths:
            log.seek(self._places[path].offset)
            for record in json.loads(log.readline())["records"]:
                chunk.append(record)
                rows += max(1, len(record["faces"]))
                if rows >= _ROWS:
                    yield chunk
                    chunk, rows = [], 0
        yield chunk

    def _check_settings(self) -> None:
        options, path = self._options, self._parts / "batch.json"
        now = _Settings(
            model=self._model.name,
            fingerprint=self._model.fingerprint,
            detector=options.detector,
            sample_rate=options.sample_rate,
            max_seconds=options.max_seconds if options.max_seconds < 1e9 else None,
            profile=options.profile_digest,
        )
        try:
            before = read_stored(path, _Settings)
        except UnreadableError as error:
            raise BatchError(f"{self._parts}: {error}") from error
        if before is None:
            write_json(path, to_json(now))
            return
        for name, word in _WORDS.items():
            if getattr(now, name) != getattr(before, name):
                raise BatchError(
                    f"{self._parts} was made with another {word}. Choose another name for the table, or delete that "
                    "folder to read everything again."
                )

    def _read_log(self) -> Iterator[tuple[str, _Place]]:
        """The places of all whole lines; a half one, of a process that was killed, is cut off."""
        offset = 0
        if not self._log_path.exists():
            return
        with self._log_path.open("rb+") as log:
            for line in log:
                if not line.endswith(b"\n"):
                    break  # whole by chance: the next line would be written behind it
                try:
                    content = json.loads(line)
                    place = _Place(offset, content["failed"], content["stamp"])
                    yield content["path"], place
                except (ValueError, KeyError, TypeError):
                    break
                offset += len(line)
            log.truncate(offset)


def _stamp(path: Path) -> list[int]:
    with suppress(OSError):
        status = path.stat()
        return [status.st_size, status.st_mtime_ns]
    return []
