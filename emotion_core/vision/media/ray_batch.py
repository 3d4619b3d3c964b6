"""Many inputs read by many computers, through Ray, into one Parquet data set of many parts.

An actor a core holds the detector and the networks; a task is one video, or some pictures. Its rows become one part,
written whole and named after its inputs, so that a task which runs twice, because its computer was lost after the
writing, writes the same part again. An input that is in a part is done. Those that could not be read are in a file of
their own, which each call writes anew.
"""

import hashlib
import importlib.util
import json
import tempfile
import uuid
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from pyarrow import fs
from pydantic import ValidationError

from emotion_core.registry.model_folder import ModelFolder, open_model
from emotion_core.validation import first_problem
from emotion_core.vision.media.input_reader import InputReader, ReadingOptions
from emotion_core.vision.media.names import storable
from emotion_core.vision.media.places import Place
from emotion_core.vision.media.reading_pool import KILLED
from emotion_core.vision.media.records import Record, error_record, to_table
from emotion_core.vision.media.resumable_batch import BatchError, BatchSettings, check_settings
from emotion_core.vision.media.video_sampling import VIDEO_SUFFIXES

_PACKAGE = Path(__file__).resolve().parents[2]
_PICTURES = 32  # of a task
_TRIES = 2  # of a task whose process dies; then its inputs are tried one by one as often, and left out
_LOOK_EVERY = 5.0  # seconds, after which computers that have joined are put to work
LOCAL = "local"  # instead of a cluster's address
_SETTINGS, _FAILED = "_batch.json", "failed.parquet"
_MISSING = "Ray is not installed: python -m pip install -r requirements-scale.txt"

Task = tuple[Place, ...]


@dataclass(frozen=True)
class Outcome:
    """Of one task: how many inputs it has read, and records of those that it could not read."""

    inputs: int
    failed: list[Record]


class RayBatch:
    """A Parquet data set that grows. out: its folder, anywhere. Raises `BatchError` where it was made with other
    settings, or where Ray is not installed; `OSError`."""

    def __init__(self, out: str, model: ModelFolder, options: ReadingOptions) -> None:
        if importlib.util.find_spec("ray") is None:
            raise BatchError(_MISSING)
        self._out, self._model, self._options = Place(out), model, options
        self._system, self._path = self._out.open()
        self._system.create_dir(self._path, recursive=True)
        self._check_settings()
        self._done = self._read_done()

    def left(self, inputs: Sequence[Place]) -> list[Place]:
        """Those that are in no part yet."""
        return [place for place in inputs if storable(place.name) not in self._done]

    def read(self, inputs: Sequence[Place], address: str, workers: int) -> Iterator[Outcome]:
        """Read the inputs that are in no part yet. address: of a cluster, or "local" for so many cores of this
        computer. Raises `BatchError` where no cluster answers, or no part can be written."""
        import ray

        here = {"num_cpus": workers, "include_dashboard": False}
        there = {"address": address, "runtime_env": {"py_modules": [str(_PACKAGE)]}}  # nodes need not have this program
        where: dict[str, Any] = here if address == LOCAL else there
        try:
            ray.init(**where, ignore_reinit_error=True, log_to_driver=False)
        except (ConnectionError, ValueError, RuntimeError) as error:
            raise BatchError(f"Ray does not answer at {address}: {error}") from error
        failed = list[Record]()
        try:
            for outcome in _Team(self._out, self._model, self._options).work(tasks_of(self.left(inputs))):
                failed += outcome.failed
                yield outcome
        finally:
            self._write_failed(failed)
            ray.shutdown()

    def _write_failed(self, failed: list[Record]) -> None:
        if failed:
            _write(self._out.within(_FAILED), to_table(failed, self._model.name))
        elif self._is_there(_FAILED):
            self._system.delete_file(f"{self._path}/{_FAILED}")

    def _check_settings(self) -> None:
        now, path = BatchSettings.of(self._model, self._options), f"{self._path}/{_SETTINGS}"
        if self._is_there(_SETTINGS):
            with self._system.open_input_stream(path) as file:
                content = file.read()
            try:
                before = BatchSettings.model_validate_json(content)
            except ValidationError as error:
                raise BatchError(f"{self._out.name}: {_SETTINGS} cannot be read: {first_problem(error)}.") from error
            check_settings(now, before, self._out.name)
        else:
            with self._system.open_output_stream(path) as file:
                file.write(now.model_dump_json(exclude_none=True).encode())

    def _read_done(self) -> set[str]:
        """The paths in all parts; what a lost process left half written is swept."""
        done = set[str]()
        for info in self._system.get_file_info(fs.FileSelector(self._path)):
            if info.base_name.startswith("_unfinished-"):
                self._system.delete_file(info.path)
            elif info.base_name.startswith("part-"):
                done |= set(pq.read_table(info.path, columns=["path"], filesystem=self._system)["path"].to_pylist())
        return done

    def _is_there(self, name: str) -> bool:
        return bool(self._system.get_file_info(f"{self._path}/{name}").type is fs.FileType.File)


class _Team:
    """Actors on all cores of the cluster, those that come later too, and what each is at."""

    def __init__(self, out: Place, model: ModelFolder, options: ReadingOptions) -> None:
        import ray

        files = {file.name: file.read_bytes() for file in model.path.iterdir() if file.is_file()}
        self._ray: Any = ray
        self._out, self._start = out, (out, model.path.name, ray.put(files), options)
        self._actor: Any = ray.remote(num_cpus=1, max_restarts=0)(Worker)
        self._coming: dict[Any, Any] = {}  # actors by the answer that says they are ready
        self._idle: list[Any] = []
        self._busy: dict[Any, tuple[Any, Task]] = {}  # actor and task by the answer that is awaited
        self._lost: dict[str, int] = {}  # how often each task's process has died

    def work(self, tasks: Iterable[Task]) -> Iterator[Outcome]:
        """Every task's outcome, in no order. Raises `BatchError` where a part cannot be written."""
        queue = deque(tasks)
        while queue or self._busy:
            self._hire(len(queue))
            while self._idle and queue:
                actor, task = self._idle.pop(), queue.popleft()
                self._busy[actor.read.remote(task)] = actor, task
            answers, _ = self._ray.wait([*self._coming, *self._busy], num_returns=1, timeout=_LOOK_EVERY)
            for answer in answers:
                yield from self._take(answer, queue)

    def _hire(self, tasks: int) -> None:
        """One actor for each core there is now, but no more than there are tasks. Some may wait for a core for ever."""
        cores = int(self._ray.cluster_resources().get("CPU", 1))
        while len(self._coming) + len(self._idle) + len(self._busy) < min(cores, tasks + len(self._busy)):
            actor = self._actor.remote(*self._start)
            self._coming[actor.is_ready.remote()] = actor

    def _take(self, answer: Any, queue: deque[Task]) -> Iterator[Outcome]:
        is_new = answer in self._coming
        actor, task = (self._coming.pop(answer), None) if is_new else self._busy.pop(answer)
        try:
            outcome = self._ray.get(answer)
        except self._ray.exceptions.RayTaskError as error:
            raise BatchError(f"{self._out.name} cannot be written: {error.cause}") from error
        except self._ray.exceptions.RayError:
            if task:
                yield from self._after_loss(task, queue)
            return
        self._idle.append(actor)
        if task:
            yield outcome

    def _after_loss(self, task: Task, queue: deque[Task]) -> Iterator[Outcome]:
        """The process that read these inputs, or its computer, is gone: read them again, at last one by one."""
        name = part_name(task)
        self._lost[name] = self._lost.get(name, 0) + 1
        if self._lost[name] < _TRIES:
            queue.append(task)
        elif len(task) > 1:
            queue.extend((place,) for place in task)
        else:
            yield Outcome(1, [error_record(task[0].name, KILLED)])


class Worker:
    """An actor: one process with a detector and the networks."""

    def __init__(self, out: Place, model_name: str, files: Mapping[str, bytes], options: ReadingOptions) -> None:
        with tempfile.TemporaryDirectory(prefix="emotion-model-", ignore_cleanup_errors=True) as parent:
            folder = Path(parent, model_name)
            folder.mkdir()
            for name, content in files.items():
                (folder / name).write_bytes(content)
            self._out, self._model = out, open_model(folder)
            self._reader = InputReader(self._model, options)  # it has read the files

    def is_ready(self) -> bool:
        return True

    def read(self, task: Task) -> Outcome:
        """Read some inputs and write their part."""
        records, failed = list[Record](), list[Record]()
        for place in task:
            found = self._records(place)
            (failed if any(record["error"] is not None for record in found) else records).extend(found)
        if records:
            _write(self._out.within(part_name(task)), to_table(records, self._model.name))
        return Outcome(len(task), failed)

    def _records(self, place: Place) -> list[Record]:
        try:
            return list(self._reader.records(Path(place.name) if place.is_local else place))
        except Exception as error:  # one file must not end a night's work
            return [error_record(place.name, f"It could not be read ({type(error).__name__}).")]


def tasks_of(inputs: Iterable[Place]) -> Iterator[Task]:
    """Each video by itself, pictures some together."""
    pictures = list[Place]()
    for place in inputs:
        if place.suffix in VIDEO_SUFFIXES:
            yield (place,)
            continue
        pictures.append(place)
        if len(pictures) == _PICTURES:
            yield tuple(pictures)
            pictures = []
    if pictures:
        yield tuple(pictures)


def part_name(task: Task) -> str:
    """The same for the same inputs."""
    return f"part-{hashlib.sha256(json.dumps([place.name for place in task]).encode()).hexdigest()[:32]}.parquet"


def _write(place: Place, table: pd.DataFrame) -> None:
    """A file that is there whole or not at all."""
    system, path = place.open()
    unfinished = f"{Path(path).parent.as_posix()}/_unfinished-{uuid.uuid4().hex}"  # data sets pass over such names
    with system.open_output_stream(unfinished) as file:
        pq.write_table(pa.Table.from_pandas(table, preserve_index=False), file)
    system.move(unfinished, path)
