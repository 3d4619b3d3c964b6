"""What a process hands on to itself; `tests/experiments/test_jobs.py` has whole runs that do so."""

import tempfile

import numpy as np

from emotion_core.datasets import FaceDataset
from emotion_core.training import fresh_process


def test_what_is_read_is_what_was_written(sample: FaceDataset) -> None:
    turned = sample.take(np.arange(len(sample))[::-1])
    with tempfile.TemporaryFile() as file:
        fresh_process._write((sample, turned, "rest"), file)
        assert file.tell() > sample.images.nbytes
        file.seek(0)
        first, second, rest = fresh_process._read(file)
    assert rest == "rest"
    for before, after in ((sample, first), (turned, second)):
        assert after.digest == before.digest
        assert (after.references == before.references).all() and after.images.flags.writeable
