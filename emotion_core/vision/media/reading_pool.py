"""Inputs read by several processes, any of which may die."""

import multiprocessing
import signal
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from itertools import islice
from pathlib import Path

from emotion_core.registry.model_folder import ModelFolder
from emotion_core.vision.media.input_reader import InputReader, ReadingOptions
from emotion_core.vision.media.records import Record, error_record

_AHEAD = 4  # inputs that wait for each worker
_KILLED = "The process that read it was ended by the system; it may have been out of memory."

_Answer = tuple[list[Record], str]
_reader: InputReader | None = None  # of a worker process


def _start_worker(model: ModelFolder, options: ReadingOptions) -> None:
    global _reader
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the process that writes the table
    _reader = InputReader(model, options)


def _read_one(path: Path, annotated: Path | None) -> _Answer:
    assert _reader is not None
    try:
        return list(_reader.records(path, annotated)), _reader.note
    except Exception as error:  # one file must not end a night's work
        return [error_record(str(path), f"It could not be read ({type(error).__name__}).")], ""


def read_all(
    paths: Sequence[Path], model: ModelFolder, options: ReadingOptions, workers: int, annotated: Mapping[Path, Path]
) -> Iterator[tuple[Path, list[Record], str]]:
    """Every input with its records and a note. What ends its process is tried again by itself, and then left out."""
    suspects = list[Path]()
    for path, answer in _pooled(paths, model, options, workers, annotated):
        if answer is None:
            suspects.append(path)
        else:
            yield path, *answer
    for path in suspects:
        ((_, answer),) = _pooled([path], model, options, 1, annotated)
        yield path, *(answer or ([error_record(str(path), _KILLED)], ""))


def _pooled(
    paths: Sequence[Path], model: ModelFolder, options: ReadingOptions, workers: int, annotated: Mapping[Path, Path]
) -> Iterator[tuple[Path, _Answer | None]]:
    """Every input with what was read; None for those that were being read, or waited, when a process died."""
    left = iter(paths)
    while True:
        waiting: dict[Future[_Answer], Path] = {}
        context = multiprocessing.get_context("spawn")  # threads of OpenCV and TensorFlow Lite do not survive a fork
        pool = ProcessPoolExecutor(workers, context, _start_worker, (model, options))
        try:
            is_whole = True
            while is_whole:
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
            for child in multiprocessing.active_children():
                child.terminate()  # it may be at a long video that nobody waits for any more
