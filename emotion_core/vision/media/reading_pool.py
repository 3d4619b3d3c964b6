"""Inputs read by several processes, any of which may die."""

import multiprocessing
import signal
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing, suppress
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from emotion_core.registry.model_folder import ModelFolder
from emotion_core.vision.media.batch_progress import BatchDesk, Reporter
from emotion_core.vision.media.input_reader import InputReader, ReadingOptions
from emotion_core.vision.media.records import Record, error_record

_AHEAD = 4  # inputs that wait for each worker
KILLED = "The process that read it was ended by the system; it may have been out of memory."

_reader: tuple[InputReader, Reporter] | None = None  # of a worker process


class Answer(NamedTuple):
    """Of one input: its records, a sentence about how it was read, whether it was read to its end, and the file's
    stamp before that."""

    records: list[Record]
    note: str = ""
    is_whole: bool = True
    stamp: tuple[int, ...] = ()


def stamp_of(path: Path) -> tuple[int, ...]:
    """A file's size and time, which tell whether it has changed; nothing where there is none."""
    with suppress(OSError):
        status = path.stat()
        return status.st_size, status.st_mtime_ns
    return ()


def _start_worker(model: ModelFolder, options: ReadingOptions, desk: BatchDesk) -> None:
    global _reader
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the process that writes the table
    _reader = InputReader(model, options), Reporter(desk)


def _read_one(path: Path, annotated: Path | None) -> Answer:
    assert _reader is not None
    reader, reporter = _reader
    records, is_whole, stamp = list[Record](), True, stamp_of(path)
    try:
        with closing(reader.records(path, annotated)) as found:
            for record in found:
                records.append(record)
                seconds = record.get("time")
                if seconds is not None and reporter.is_stopped_at(path, seconds, reader.length):
                    is_whole = False
                    break
    except Exception as error:  # one file must not end a night's work
        return Answer([error_record(str(path), f"It could not be read ({type(error).__name__}).")], stamp=stamp)
    finally:
        reporter.leave()
    stopped = "" if is_whole else f"Stopped after {records[-1]['time']:.0f} seconds; the next call reads it anew."
    return Answer(records, " ".join(filter(None, (reader.note, stopped))), is_whole, stamp)


def read_all(
    paths: Sequence[Path],
    model: ModelFolder,
    options: ReadingOptions,
    workers: int,
    annotated: Mapping[Path, Path],
    desk: BatchDesk,
) -> Iterator[tuple[Path, Answer]]:
    """Every input with what was read of it, until the desk says stop. What ends its process is tried again by itself,
    and then left out."""
    start = (model, options, desk)
    suspects = list[Path]()
    for path, answer in _pooled(paths, start, workers, annotated):
        if answer is None:
            suspects.append(path)
        else:
            yield path, answer
    for path in suspects:
        for _, answer in _pooled([path], start, 1, annotated):
            yield path, answer or Answer([error_record(str(path), KILLED)])


def _pooled(
    paths: Sequence[Path],
    start: tuple[ModelFolder, ReadingOptions, BatchDesk],
    workers: int,
    annotated: Mapping[Path, Path],
) -> Iterator[tuple[Path, Answer | None]]:
    """Every input with what was read; None for those that were being read, or waited, when a process died."""
    left, desk = iter(paths), start[-1]
    while True:
        waiting: dict[Future[Answer], Path] = {}
        context = multiprocessing.get_context("spawn")  # threads of OpenCV and TensorFlow Lite do not survive a fork
        others = set(multiprocessing.active_children())
        pool = ProcessPoolExecutor(workers, context, _start_worker, start)
        try:
            is_whole = True
            while is_whole:
                if desk.is_stopped:
                    left = iter(())
                    waiting = {future: path for future, path in waiting.items() if not future.cancel()}
                for path in islice(left, _AHEAD * workers - len(waiting)):
                    try:
                        waiting[pool.submit(_read_one, path, annotated.get(path))] = path
                    except BrokenProcessPool:
                        is_whole = False
                        yield path, None
                if not waiting and is_whole:
                    return
                for future in wait(waiting, return_when=FIRST_COMPLETED).done:
                    path = waiting.pop(future)
                    if isinstance(future.exception(), BrokenProcessPool):
                        is_whole = False
                        yield path, None
                    else:
                        yield path, future.result()
            for path in waiting.values():
                yield path, None
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
            for child in set(multiprocessing.active_children()) - others:
                child.terminate()  # it may be at a long video that nobody waits for any more
