"""Locks that live as long as who holds them."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from emotion_core import file_lock
from emotion_core.file_lock import holding, is_held, take
from emotion_core.files import read_text, write_text

_HOLDER = """
import sys, time
from pathlib import Path
from emotion_core.file_lock import take

print(take(Path(sys.argv[1])), flush=True)
time.sleep(600)
"""


def start_holder(path: Path) -> "subprocess.Popen[str]":
    holder = subprocess.Popen([sys.executable, "-c", _HOLDER, str(path)], stdout=subprocess.PIPE, text=True)
    assert holder.stdout is not None and holder.stdout.readline().strip().isdigit()
    return holder


def test_a_lock_ends_with_its_holder_however_that_ends(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    assert not is_held(path)
    holder = start_holder(path)
    try:
        assert is_held(path) and take(path, seconds=0) is None
    finally:
        holder.kill()
        holder.wait()
    assert not is_held(path)
    handle = take(path, seconds=0)
    assert handle is not None and is_held(path), "a process sees its own lock too"
    os.close(handle)


def test_looking_at_a_lock_does_not_keep_anybody_from_looking_or_taking_it(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    path.touch()
    with path.open() as looked_at:
        assert file_lock._lock(looked_at.fileno(), shared=True)
        assert not is_held(path)
        assert take(path, seconds=0.05) is None, "for as long as a look takes"
    handle = take(path)
    assert handle is not None
    os.close(handle)


@pytest.mark.skipif(not file_lock.CAN_HAND_OVER, reason="This system hands no locks over.")
def test_a_lock_is_handed_to_a_child_and_stays_with_it(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    handle = take(path)
    assert handle is not None
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"], pass_fds=(handle,))
    os.close(handle)
    try:
        assert is_held(path)
    finally:
        child.kill()
        child.wait()
    assert not is_held(path)


def test_on_a_file_system_without_locks_files_are_written_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unknown(*_: object, **__: object) -> bool:
        raise OSError(9, "Bad file descriptor")

    monkeypatch.setattr(file_lock, "_lock", unknown)
    write_text(tmp_path / "note.txt", "kept")
    with holding(tmp_path):
        assert read_text(tmp_path / "note.txt") == "kept" and not is_held(tmp_path)
