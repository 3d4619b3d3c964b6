"""Many pictures and videos into one table, by several processes; what was read stays read.

Beside `results.parquet` lies the folder `results.parquet.parts`: `batch.json` says what decides the answers,
`read.jsonl` has a line for each input that is done, with its records, and `annotated.json` the names of what is drawn.
A process that is killed loses what it was at.
"""

import io
import json
import os
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, NamedTuple

from emotion_core import file_lock
from emotion_core.files import write_json
from emotion_core.folder_replacement import sync_file
from emotion_core.registry.model_folder import ModelFolder
from emotion_core.validation import Seconds, Stored, Text, UnreadableError, read_stored, to_json
from emotion_core.vision.media.batch_progress import BatchDesk, Progress
from emotion_core.vision.media.input_reader import ReadingOptions
from emotion_core.vision.media.inputs import annotated_names, keep_names
from emotion_core.vision.media.reading_pool import Answer, read_all, stamp_of
from emotion_core.vision.media.records import Record
from emotion_core.vision.media.table_files import WRITERS

_ROWS = 20_000  # of the table that are in memory at a time, about
_TELL_EVERY = 0.5  # seconds


class BatchError(ValueError):
    """Parts that belong to another batch, or that another process writes; the message is one sentence."""


class BatchSettings(Stored):
    """What decides the answers."""

    model: Text
    fingerprint: Text
    detector: Text
    sample_rate: Seconds
    max_seconds: Seconds | None = None
    profile: Text

    @classmethod
    def of(cls, model: ModelFolder, options: ReadingOptions) -> "BatchSettings":
        return cls(
            model=model.name,
            fingerprint=model.fingerprint,
            detector=options.detector,
            sample_rate=options.sample_rate,
            max_seconds=options.max_seconds if options.max_seconds < 1e9 else None,
            profile=options.profile_digest,
        )


_WORDS = {
    "fingerprint": "model",
    "detector": "detector",
    "sample_rate": "sample rate",
    "max_seconds": "limit of seconds",
    "profile": "profile",
}


class _Place(NamedTuple):
    """Of an input's line in `read.jsonl`. stamp: the file's size and time before it was read."""

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
        self.desk = BatchDesk(self._parts)
        self._log_path = self._parts / "read.jsonl"
        self._check_settings()
        self._places, _ = self._read_log()

    def is_done(self, path: Path) -> bool:
        """Whether this input was read before, without an error, and has not changed since."""
        place = self._places.get(str(path))
        return place is not None and not place.failed and place.stamp == list(stamp_of(path))

    def left(self, paths: Sequence[Path], annotated: Path | None = None) -> list[Path]:
        """Those that are not done, or not drawn yet. annotated: folder for what is drawn."""
        return self._left(paths, self._drawn(paths, annotated))

    def read(self, paths: Sequence[Path], workers: int, annotated: Path | None = None) -> Iterator[Done]:
        """Read those inputs that are left, and note each as soon as it is, in no order, until the desk says stop.

        annotated: folder for what is drawn. Raises `BatchError` while another process reads this batch.
        """
        lock = file_lock.take(self.desk.lock_path, seconds=0)
        if lock is None:
            raise BatchError(f"{self.out} is being made by another process.")
        try:
            self._begin()
            drawn = self._drawn(paths, annotated)
            keep_names({path: file.name for path, file in drawn.items()}, self._parts)
            yield from self._read(self._left(paths, drawn), len(paths), workers, drawn)
        finally:
            self.desk.clear()
            os.close(lock)

    def _begin(self) -> None:
        """With the lock: nobody else writes the log now, so that half a line can be cut off."""
        self._places, end = self._read_log()
        if self._log_path.exists():
            os.truncate(self._log_path, end)

    def _drawn(self, paths: Sequence[Path], annotated: Path | None) -> dict[Path, Path]:
        """Files in a folder for what is drawn; none without a folder."""
        if annotated is None:
            return {}
        return {path: annotated / name for path, name in annotated_names(paths, self._parts).items()}

    def _left(self, paths: Sequence[Path], drawn: Mapping[Path, Path]) -> list[Path]:
        missing = {path for path, file in drawn.items() if not file.exists()}
        return [path for path in paths if path in missing or not self.is_done(path)]

    def _read(self, new: Sequence[Path], total: int, workers: int, annotated: Mapping[Path, Path]) -> Iterator[Done]:
        began, told = time.monotonic(), 0.0
        begun = total - len(new)
        now = Progress(total=total, done=begun, begun=begun, failed=0, seconds=0.0)
        self.desk.tell(now)
        try:
            with self._log_path.open("ab") as log:
                for path, answer in read_all(new, self._model, self._options, workers, annotated, self.desk):
                    failed = any(record["error"] is not None for record in answer.records)
                    self._note(log, path, answer, failed)
                    counts = {"done": now.done + answer.is_whole, "failed": now.failed + failed}
                    now = now.model_copy(update={**counts, "seconds": time.monotonic() - began})
                    if time.monotonic() - told > _TELL_EVERY:
                        told = time.monotonic()
                        self.desk.tell(now)
                    yield Done(path, failed, answer.note)
        finally:
            self.desk.tell(now.model_copy(update={"stopped": self.desk.is_stopped}))
        sync_file(self._log_path)

    def _note(self, log: BinaryIO, path: Path, answer: Answer, failed: bool) -> None:
        stamp, is_open = list(answer.stamp), failed or not answer.is_whole
        line = {"path": str(path), "stamp": stamp, "failed": is_open, "records": answer.records}
        offset = log.tell()
        log.write(json.dumps(line).encode() + b"\n")
        log.flush()
        self._places[str(path)] = _Place(offset, is_open, stamp)

    def records(self, path: Path) -> list[Record]:
        """What was read of an input; nothing of one that was not."""
        place = self._places.get(str(path))
        if place is None:
            return []
        with self._log_path.open("rb") as log:
            log.seek(place.offset)
            records: list[Record] = json.loads(log.readline())["records"]
            return records

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
        path, now = self._parts / "batch.json", BatchSettings.of(self._model, self._options)
        try:
            before = read_stored(path, BatchSettings)
        except UnreadableError as error:
            raise BatchError(f"{self._parts}: {error}") from error
        if before is None:
            write_json(path, to_json(now))
        else:
            check_settings(now, before, str(self._parts))

    def _read_log(self) -> tuple[dict[str, _Place], int]:
        """The places of all whole lines, and where they end: a process that was killed may leave a half one."""
        places, offset = dict[str, _Place](), 0
        if not self._log_path.exists():
            return places, offset
        with self._log_path.open("rb") as log:
            for line in log:
                if not line.endswith(b"\n"):
                    break  # whole by chance: the next line would be written behind it
                try:
                    content = json.loads(line)
                    places[content["path"]] = _Place(offset, content["failed"], content["stamp"])
                except (ValueError, KeyError, TypeError):
                    break
                offset += len(line)
        return places, offset


def check_settings(now: BatchSettings, before: BatchSettings, folder: str) -> None:
    """Raise `BatchError` where what lies in a folder was made with other settings."""
    for name, word in _WORDS.items():
        if getattr(now, name) != getattr(before, name):
            raise BatchError(
                f"{folder} was made with another {word}. Choose another name for the table, or delete that folder to "
                "read everything again."
            )
