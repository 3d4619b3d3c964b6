"""A data set through a pipe, from a process that may have been taken over by what it read.

One line of JSON says how much follows, then come the bare bytes of the arrays. The receiver makes the arrays itself,
no larger than its limits: nothing that arrives chooses a type, a shape or code to run.
"""

import json
from typing import IO, Any

import numpy as np

from emotion_core.datasets.dataset import SPLITS, DatasetError, FaceDataset
from emotion_core.datasets.rows import MAX_PROBLEM_LENGTH, MAX_PROBLEMS, MAX_REFERENCE_LENGTH
from emotion_core.emotions import EMOTIONS
from emotion_core.images import FACE_SIZE
from emotion_core.limits import Limits

MAX_HEADER_BYTES = 2**14  # the name, an error and some numbers; a larger JSON could become a hundred times its size
MAX_SENTENCE_LENGTH = 1000  # characters of an error
_MAX_PROBLEM_BYTES = 4 * MAX_PROBLEMS * (MAX_PROBLEM_LENGTH + 1)  # four for any character in UTF-8
_CHARACTER_BYTES = 4  # of numpy's str
_SURROGATES, _LAST_CHARACTER = (0xD800, 0xDFFF), 0x10FFFF


class TransferError(ValueError):
    """What arrived is not a whole data set."""


def send_dataset(pipe: IO[bytes], dataset: FaceDataset) -> None:
    """Write a data set, which is not the sample."""
    references = np.ascontiguousarray(dataset.references)
    problems = "\n".join(dataset.problems).encode()  # none has a line end: `RowCollector`
    parts = [
        np.ascontiguousarray(dataset.images),
        dataset.labels.astype(np.uint8),
        np.array([SPLITS.index(split) for split in dataset.splits.tolist()], np.uint8),
        references.view("<u4"),
        *([] if dataset.votes is None else [np.ascontiguousarray(dataset.votes)]),
        np.frombuffer(problems, np.uint8),
    ]
    header = {
        "name": dataset.name[:MAX_REFERENCE_LENGTH],
        "faces": len(dataset),
        "reference_length": references.dtype.itemsize // _CHARACTER_BYTES,
        "has_votes": dataset.votes is not None,
        "problem_bytes": len(problems),
    }
    _send_header(pipe, header)
    for part in parts:
        pipe.write(part.data)
    pipe.flush()


def send_error(pipe: IO[bytes], kind: str, sentence: str) -> None:
    """Write why there is no data set. kind: "data" for the reader of the sentence, anything else for the log."""
    _send_header(pipe, {"kind": kind, "error": sentence[:MAX_SENTENCE_LENGTH]})
    pipe.flush()


def receive_dataset(pipe: IO[bytes], limits: Limits) -> FaceDataset:
    """Read what `send_dataset` wrote. Raises `DatasetError` with what `send_error` wrote, `TransferError` for
    anything else, `MemoryError` where the sender had too little."""
    header = _receive_header(pipe)
    if "error" in header:
        raise _sent_error(header)
    try:
        faces, length, problem_bytes = (int(header[key]) for key in ("faces", "reference_length", "problem_bytes"))
        name, has_votes = str(header["name"]), bool(header["has_votes"])
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise TransferError("The header lacks something.") from error
    is_bounded = (
        faces <= limits.dataset_faces and length <= MAX_REFERENCE_LENGTH and problem_bytes <= _MAX_PROBLEM_BYTES
    )
    if not (is_bounded and min(faces, length) > 0 and problem_bytes >= 0):
        raise TransferError("More is announced than may come.")
    images = _receive(pipe, (faces, FACE_SIZE, FACE_SIZE))
    labels, splits = _receive(pipe, (faces,)), _receive(pipe, (faces,))
    references = _receive(pipe, (faces, length), "<u4")
    votes = _receive(pipe, (faces, len(EMOTIONS) + 1)) if has_votes else None
    problems = _receive(pipe, (problem_bytes,)).tobytes().decode("utf-8", "replace")
    if labels.max() >= len(EMOTIONS) or splits.max() >= len(SPLITS) or not _is_text(references):
        raise TransferError("There are labels, splits or names that do not exist.")
    return FaceDataset(
        name=name,
        images=images,
        labels=labels.astype(np.int64),
        splits=np.array(SPLITS)[splits],
        references=references.view(f"<U{length}").reshape(faces),
        problems=tuple(problems.split("\n", MAX_PROBLEMS)) if problems else (),
        votes=votes,
    )


def _send_header(pipe: IO[bytes], header: dict[str, Any]) -> None:
    pipe.write(json.dumps(header, ensure_ascii=False).encode("utf-8", "backslashreplace") + b"\n")


def _receive_header(pipe: IO[bytes]) -> dict[str, Any]:
    line = pipe.readline(MAX_HEADER_BYTES)
    if not line.endswith(b"\n"):
        raise TransferError("The header is not whole.")
    try:
        header = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise TransferError("The header is not JSON.") from error
    if not isinstance(header, dict):
        raise TransferError("The header is not an object.")
    return header


def _sent_error(header: dict[str, Any]) -> Exception:
    sentence = str(header["error"])[:MAX_SENTENCE_LENGTH]
    if header.get("kind") == "data":
        return DatasetError(sentence)
    return MemoryError() if header.get("kind") == "memory" else TransferError(repr(sentence))


def _receive(pipe: IO[bytes], shape: tuple[int, ...], kind: str = "u1") -> np.ndarray:
    array = np.empty(shape, kind)
    missing = array.reshape(-1).view("u1").data
    while len(missing):
        count = pipe.readinto(missing)  # type: ignore[attr-defined]
        if not count:
            raise TransferError("It ends too early.")
        missing = missing[count:]
    return array


def _is_text(characters: np.ndarray) -> bool:
    first, last = _SURROGATES
    return bool(characters.max() <= _LAST_CHARACTER and not ((characters >= first) & (characters <= last)).any())
