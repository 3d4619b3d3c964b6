"""Training in little memory."""

import subprocess
import sys

import pytest

from emotion_core.training import memory_saving

_SMAPS = """\
55d000000000-55d000001000 r-xp 00000000 fe:00 11 /lib/text.so
Rss:                   4 kB
Anonymous:             0 kB
55d000001000-55d000002000 r--p 00001000 fe:00 11 /lib/text.so
Anonymous:             4 kB
55d000002000-55d000003000 rw-p 00002000 fe:00 11 /lib/text.so
Anonymous:             0 kB
7ffd00000000-7ffd00001000 rw-p 00000000 00:00 0 [stack]
Anonymous:             0 kB
7ffd00001000-7ffd00002000 r--p 00000000 00:00 0
Anonymous:             0 kB
"""

# Prints the MiB that are resident before and after, and whether everything still works.
_CHILD = """
import psutil

from emotion_core.training import memory_saving

memory_saving.load_tensorflow()
import keras, sys

assert "sklearn" not in sys.modules
model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
model.compile("sgd", "mse")
print(psutil.Process().memory_info().rss)
memory_saving.give_library_pages_back()
print(psutil.Process().memory_info().rss)
model.train_on_batch(keras.ops.ones((1, 2)), keras.ops.ones((1, 1)))
import sklearn
"""


def test_only_unchanged_parts_of_files_that_cannot_be_written_are_given_back() -> None:
    assert list(memory_saving._clean_mappings(_SMAPS)) == [(0x55D000000000, 0x55D000001000)]


@pytest.mark.skipif(sys.platform != "linux", reason="Only Linux takes pages of libraries back.")
def test_pages_of_libraries_are_given_back_and_come_again_when_they_are_needed() -> None:
    done = subprocess.run([sys.executable, "-c", _CHILD], capture_output=True, text=True, check=True, timeout=120)
    before, after = map(int, done.stdout.split())
    assert after < before - 20 * 2**20
