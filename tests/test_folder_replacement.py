"""Folders replaced whole, whatever is cut off or fails meanwhile."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from emotion_core import folder_replacement
from emotion_core.file_lock import holding
from emotion_core.files import whole_folder
from emotion_core.folder_replacement import delete_unfinished

# Replaces the folder "model" in a folder, in one process for each step: the n-th of them is ended by SIGKILL, or gets
# an error from the system, at the n-th call that opens, makes, renames or deletes something there. Ends with the first
# process that has fewer steps, and prints what each left: its exit status (3 for that last one), what is in "model" and
# what is beside it after a delete_unfinished.
_STEP_BY_STEP = """
import os, signal, sys
from pathlib import Path
from emotion_core import folder_replacement
from emotion_core.folder_replacement import delete_unfinished
from emotion_core.files import whole_folder

root, how, can_exchange = Path(sys.argv[1]), sys.argv[2], sys.argv[3] == "True"
if not can_exchange:
    folder_replacement._exchanged = lambda first, second: False


def replace(step):
    left = [step]

    def watch(event, arguments):
        if event in ("open", "os.mkdir", "os.rename", "os.remove", "os.rmdir", "os.chmod", "ctypes.dlsym"):
            if event != "ctypes.dlsym" and str(root) not in str(arguments[0]):
                return
            left[0] -= 1
            if left[0] == 0 and how == "kill":
                os.kill(os.getpid(), signal.SIGKILL)
            if left[0] == 0:
                raise OSError(5, "Input/output error")

    sys.addaudithook(watch)
    with whole_folder(root / "model") as folder:
        for name in ("a", "b"):
            (folder / name).write_text("new")
    return left[0] <= 0


for step in range(1, 200):
    pid = os.fork()
    if not pid:
        try:
            os._exit(0 if replace(step) else 3)
        except OSError:
            os._exit(1)
    status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    delete_unfinished(root)
    left = sorted((path.name, path.read_text()) for path in (root / "model").iterdir())
    print(status, left, sorted(path.name for path in root.iterdir()), sep=";", flush=True)
    for name in ("a", "b"):
        (root / "model" / name).write_text("old")
    if status == 3:
        break
"""
_OLD, _NEW = ([(name, content) for name in ("a", "b")] for content in ("old", "new"))


@pytest.mark.skipif(not hasattr(os, "fork"), reason="A process is needed for each step.")
@pytest.mark.parametrize("how", ["kill", "fail"])
@pytest.mark.parametrize("can_exchange", [True, False])
def test_a_folder_is_old_or_new_and_whole_when_its_replacement_is_cut_off_at_any_step(
    how: str, can_exchange: bool, tmp_path: Path
) -> None:
    (tmp_path / "model").mkdir()
    for name in ("a", "b"):
        (tmp_path / "model" / name).write_text("old")
    command = [sys.executable, "-c", _STEP_BY_STEP, str(tmp_path), how, str(can_exchange)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    lines = [line.split(";") for line in done.stdout.splitlines()]
    assert len(lines) > 10 and lines[-1][0] == "3"
    for status, left, names in lines:
        assert left in (str(_OLD), str(_NEW)), done.stdout
        assert names == "['model']", "nothing else is left after the next start"
        assert status in (("-9", "3") if how == "kill" else ("1", "0", "3")), "an error may also be put up with"
    assert {left for _, left, _ in lines} == {str(_OLD), str(_NEW)}


@pytest.mark.parametrize("can_exchange", [True, False])
def test_a_folder_is_replaced_whole_or_not_at_all(
    can_exchange: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not can_exchange:
        monkeypatch.setattr(folder_replacement, "_exchanged", lambda first, second: False)
    path = tmp_path / "model"
    with whole_folder(path) as folder:
        (folder / "first").touch()
    with pytest.raises(OSError, match="full"), whole_folder(path) as folder:
        (folder / "second").touch()
        raise OSError("full")
    assert [file.name for file in tmp_path.rglob("*")] == ["model", "first"]
    with whole_folder(path) as folder:
        (folder / "third").touch()
    assert [file.name for file in tmp_path.rglob("*")] == ["model", "third"]


@pytest.mark.skipif(sys.platform != "linux", reason="Only Linux exchanges two names.")
def test_linux_never_lacks_a_folder_while_it_is_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "model"
    with whole_folder(path) as folder:
        (folder / "old").touch()
    monkeypatch.setattr(Path, "rename", None)
    with whole_folder(path) as folder:
        (folder / "new").touch()
    assert [file.name for file in path.iterdir()] == ["new"]


def test_the_new_folder_is_on_the_disk_before_the_old_one_goes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    steps: list[str] = []
    sync, exchanged = folder_replacement.sync_file, folder_replacement._exchanged
    monkeypatch.setattr(
        folder_replacement, "sync_file", lambda path: (steps.append(f"sync {path.name}"), sync(path))[1]
    )
    monkeypatch.setattr(
        folder_replacement, "_exchanged", lambda *names: (steps.append("exchange"), exchanged(*names))[1]
    )
    (tmp_path / "model").mkdir()
    with whole_folder(tmp_path / "model") as folder:
        (folder / "card.json").touch()
    temporary = folder.name
    assert steps == ["sync card.json", f"sync {temporary}", "exchange", f"sync {tmp_path.name}"]


def test_only_what_nobody_writes_any_more_is_swept(tmp_path: Path) -> None:
    for name in (".a.1.tmp", ".b.1.tmp", ".b.aside", ".lock", "kept.tmp"):
        (tmp_path / name).mkdir()
    with holding(tmp_path / ".b.1.tmp"):
        delete_unfinished(tmp_path)
        assert {path.name for path in tmp_path.iterdir()} == {".b.1.tmp", ".b.aside", ".lock", "kept.tmp"}
    delete_unfinished(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {"b", ".lock", "kept.tmp"}, "what was set aside is back"
    delete_unfinished(tmp_path / "none")
