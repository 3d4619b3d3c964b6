"""A data set comes whole through a pipe, and from a process that was taken over comes nothing else."""

import io
import json
import os
import pickle
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from emotion_core.datasets import DatasetError, FaceDataset
from emotion_core.datasets.transfer import TransferError, receive_dataset, send_dataset, send_error
from emotion_core.limits import OWNER

HONEST = {"name": "faces", "faces": 1, "reference_length": 1, "has_votes": False, "problem_bytes": 0}


class Touch:
    """Makes a file when it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Callable[[str], int], tuple[str]]:
        return os.system, (f"touch {self.path}",)


def sent(dataset: FaceDataset) -> bytes:
    pipe = io.BytesIO()
    send_dataset(pipe, dataset)
    return pipe.getvalue()


def answer(header: dict[str, Any] | list[Any], body: bytes = b"") -> bytes:
    return json.dumps(header).encode() + b"\n" + body


def one_face(label: int = 0, split: int = 0, character: int = 65) -> bytes:
    return bytes(48 * 48) + bytes([label, split]) + character.to_bytes(4, "little")


@pytest.mark.parametrize("has_votes", [True, False])
def test_a_data_set_arrives_as_it_was(sample: FaceDataset, has_votes: bool) -> None:
    faces = replace(
        sample.take(np.arange(0, len(sample), 7)), name="лица", problems=("one: ä", "two"), votes=None, is_sample=False
    )
    faces = replace(faces, references=np.array([f"{row} 表情" for row in range(len(faces))]))
    if has_votes:
        faces = replace(faces, votes=np.arange(8 * len(faces)).reshape(-1, 8).astype(np.uint8))
    arrived = receive_dataset(io.BytesIO(sent(faces)), OWNER)
    assert (arrived.name, arrived.problems, arrived.digest) == (faces.name, faces.problems, faces.digest)
    assert arrived.votes_digest == faces.votes_digest
    assert arrived.references.tolist() == faces.references.tolist() and arrived.labels.dtype == np.int64


def test_an_error_arrives_as_its_sentence() -> None:
    for kind, error in (("data", DatasetError), ("memory", MemoryError), ("defect", TransferError)):
        pipe = io.BytesIO()
        send_error(pipe, kind, "It is broken.")
        pipe.seek(0)
        with pytest.raises(error, match="It is broken" if kind != "memory" else "^$"):
            receive_dataset(pipe, OWNER)


def test_one_face_by_hand_is_read() -> None:
    assert receive_dataset(io.BytesIO(answer(HONEST, one_face())), OWNER).references.tolist() == ["A"]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no JSON\n",
        b"[" * 10_000 + b"\n",
        b"x" * 100_000,
        answer([1, 2]),
        answer({}),
        answer(HONEST | {"faces": "many"}),
        answer(HONEST | {"faces": OWNER.dataset_faces + 1}),
        answer(HONEST | {"faces": -1}),
        answer(HONEST | {"reference_length": 10**9}),
        answer(HONEST | {"problem_bytes": 10**12}),
        answer(HONEST, one_face()[:-1]),
        answer(HONEST, one_face(label=7)),
        answer(HONEST, one_face(split=5)),
        answer(HONEST, one_face(character=0x110000)),
        answer(HONEST, one_face(character=0xD800)),
    ],
)
def test_what_is_no_data_set_is_refused(content: bytes) -> None:
    with pytest.raises(TransferError):
        receive_dataset(io.BytesIO(content), OWNER)


def test_nothing_that_arrives_is_unpickled(tmp_path: Path) -> None:
    trap = Touch(tmp_path / "ran")
    packed = io.BytesIO()
    np.savez(packed, images=np.array([trap], object))
    body = pickle.dumps(trap)
    for content in (body, packed.getvalue(), answer(HONEST, body)):
        with pytest.raises(TransferError):
            receive_dataset(io.BytesIO(content), OWNER)
    pixels = body.ljust(48 * 48, b"\0") + one_face()[48 * 48 :]
    assert receive_dataset(io.BytesIO(answer(HONEST, pixels)), OWNER).images.tobytes().startswith(body)
    assert not (tmp_path / "ran").exists()
    subprocess.run([sys.executable, "-c", "import pickle, sys; pickle.load(sys.stdin.buffer)"], input=body, check=True)
    assert (tmp_path / "ran").exists(), "the trap works"
