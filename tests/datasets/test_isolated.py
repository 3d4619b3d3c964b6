"""Data that nobody trusts are read by another process, which cannot hurt this one."""

import subprocess
import sys
import threading
import types
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import psutil
import pytest

from emotion_core.datasets import DatasetError, FaceDataset, isolated, load
from emotion_core.datasets.isolated import load_isolated
from emotion_core.limits import OWNER, VISITOR
from tests.datasets.test_loading import as_csv, as_parquet, as_zip_with_a_table
from tests.support import hostile_data as hostile
from tests.support.memory import peak_growth
from tests.support.waiting import wait_until

FEW_SECONDS = replace(OWNER, dataset_work_seconds=0.5)


@pytest.fixture
def faces(sample: FaceDataset) -> FaceDataset:
    return sample.take(np.arange(0, len(sample), 15))


def instead(monkeypatch: pytest.MonkeyPatch, program: str) -> None:
    """Run a program of its own in the place of the reader."""
    monkeypatch.setattr(isolated, "_command", lambda *_: [sys.executable, "-c", program])


BEFORE: set[psutil.Process] = set()


@pytest.fixture(autouse=True)
def before() -> None:
    """Processes of other tests, such as the browser's."""
    BEFORE.update(psutil.Process().children())


def children() -> list[psutil.Process]:
    """Those that came since and live."""
    found = set(psutil.Process().children()) - BEFORE
    return [child for child in found if child.status() != psutil.STATUS_ZOMBIE]


@pytest.mark.parametrize("write", [as_zip_with_a_table, as_csv, as_parquet])
def test_another_process_reads_what_this_one_would(write, faces: FaceDataset, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    path = write(faces, tmp_path)
    here, there = load(path), load_isolated(str(path))
    assert (there.name, there.digest, there.problems) == (here.name, here.digest, here.problems)
    assert there.references.tolist() == here.references.tolist() and there.splits.tolist() == here.splits.tolist()
    assert not children()


@pytest.mark.parametrize("name", ["gone", "faces.zip", "faces.txt", "x" * 300])
def test_its_sentences_are_the_same(name: str, tmp_path: Path) -> None:
    if name.startswith("faces"):
        (tmp_path / name).write_bytes(b"nothing")
    with pytest.raises(DatasetError) as here:
        load(tmp_path / name)
    with pytest.raises(DatasetError) as there:
        load_isolated(tmp_path / name)
    assert str(there.value) == str(here.value)


def test_too_much_memory_is_refused_by_the_system(tmp_path: Path) -> None:
    path = hostile.parquet_with_a_huge_picture(tmp_path / "faces.parquet", 150 * hostile.MIB)
    with (
        peak_growth() as growth,
        pytest.raises(DatasetError, match=r"faces\.parquet takes more memory to read than the 200 MiB allowed"),
    ):
        load_isolated(path, replace(OWNER, dataset_memory_mib=200))
    assert growth.mib < 32


def test_too_much_memory_is_seen_where_the_system_does_not_refuse_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    instead(monkeypatch, "import sys; kept = bytearray(b'x' * (300 << 20)); sys.stdin.read()")
    with pytest.raises(DatasetError, match="takes more memory to read than the 150 MiB allowed"):
        load_isolated(tmp_path, replace(OWNER, dataset_memory_mib=150, dataset_work_seconds=30))
    assert not children()


def test_too_much_time_ends_the_reader(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    instead(monkeypatch, "import sys; sys.stdin.read()")
    with pytest.raises(DatasetError, match=r"takes longer to read than the 0\.5 seconds allowed"):
        load_isolated(tmp_path, FEW_SECONDS)
    assert not children()


@pytest.mark.parametrize(
    ("program", "sentence"),
    [
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", "memory is short"),
        (
            "import os, signal; os.kill(os.getpid(), signal.SIGSEGV)",
            "it is damaged, or takes more memory than the 3,072",
        ),
        ("raise SystemExit(3)", "makes its reader break down"),
        ("print('no data set')", "makes its reader break down"),
    ],
    ids=["killed", "crashed", "ended", "chattering"],
)
def test_a_reader_that_dies_is_one_sentence(
    program: str, sentence: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    instead(monkeypatch, program)
    with pytest.raises(DatasetError, match=sentence):
        load_isolated(tmp_path)


def test_the_reader_is_bound_before_it_reads(faces: FaceDataset, tmp_path: Path) -> None:
    # nobody takes its answer, which is longer than a pipe holds: so it stays
    with isolated._reading_process(as_csv(faces, tmp_path), OWNER) as process:
        bounds = Path(f"/proc/{process.pid}")
        if not bounds.exists():
            pytest.skip("This system has no /proc.")
        wait_until(lambda: (bounds / "oom_score_adj").read_text().strip() == "1000", 30)
        memory = str(OWNER.dataset_memory_mib * 2**20)
        wait_until(lambda: f"Max data size             {memory}" in (bounds / "limits").read_text(), 30)
        wait_until(lambda: "Max core file size        0 " in (bounds / "limits").read_text(), 30)
        modules = {Path(file.path).name for file in psutil.Process(process.pid).memory_maps()}
        assert not [name for name in modules if "tensorflow" in name]
    assert process.poll() is not None


def test_the_reader_does_not_outlive_who_asked(faces: FaceDataset, tmp_path: Path) -> None:
    with isolated._reading_process(as_csv(faces, tmp_path), OWNER) as process:
        assert process.stdin is not None
        process.stdin.close()  # as where the server is killed
        process.wait(30)


def test_the_reader_ends_when_its_asker_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def leave(*_: object) -> FaceDataset:
        raise KeyboardInterrupt

    instead(monkeypatch, "import sys; sys.stdin.read()")
    monkeypatch.setattr(isolated, "receive_dataset", leave)
    with pytest.raises(KeyboardInterrupt):
        load_isolated(tmp_path)
    assert not children() and not isolated._one_at_a_time.locked()


def test_secrets_stay_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPERATOR_PASSWORD", "a long password")
    told = "import json, os; print(json.dumps({'kind': 'data', 'error': str(sorted(os.environ))}))"
    instead(monkeypatch, told)
    with pytest.raises(DatasetError) as environment:
        load_isolated(tmp_path)
    assert "PATH" in str(environment.value) and "OPERATOR" not in str(environment.value)


def test_one_data_set_is_read_at_a_time(faces: FaceDataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = as_csv(faces, tmp_path)
    with isolated._one_at_a_time, monkeypatch.context() as patched:
        patched.setattr(isolated, "WAIT_SECONDS", 0.01)
        with pytest.raises(DatasetError, match="Another data set is being read"):
            load_isolated(path)
    read: list[FaceDataset] = []
    with isolated._one_at_a_time:
        waiting = threading.Thread(target=lambda: read.append(load_isolated(path)))
        waiting.start()
        assert not read
    waiting.join(60)
    assert len(read) == 1


def test_visitors_drawn_faces_and_missing_files_start_no_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise AssertionError("A process was started.")

    monkeypatch.setattr(isolated, "_reading_process", fail)
    assert load_isolated("sample", VISITOR).is_sample
    with pytest.raises(DatasetError, match="not read for visitors"):
        load_isolated(tmp_path, VISITOR)
    with pytest.raises(DatasetError, match="gone does not exist"):
        load_isolated(tmp_path / "gone")


def test_kaggle_is_asked_here_and_its_data_read_there(
    faces: FaceDataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    as_csv(faces, tmp_path)
    kagglehub = types.SimpleNamespace(dataset_download=lambda _: str(tmp_path))
    monkeypatch.setitem(sys.modules, "kagglehub", kagglehub)
    read = load_isolated("kaggle:some/faces")
    assert read.name == "some/faces" and len(read) == len(faces)


def test_a_bomb_of_pictures_ends_with_its_time(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "faces.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(2_000):
            archive.writestr(f"happy/{number}.png", hostile.black_picture(2_000))
    with pytest.raises(DatasetError, match="longer to read than the 2 seconds allowed"):
        load_isolated(tmp_path / "faces.zip", replace(OWNER, dataset_work_seconds=2))


def test_the_module_can_be_started_from_anywhere(tmp_path: Path) -> None:
    (tmp_path / "faces.txt").touch()
    (tmp_path / "emotion_core.py").write_text("raise SystemExit('a stranger s module')")
    program = (
        "from emotion_core.datasets import DatasetError\n"
        "from emotion_core.datasets.isolated import load_isolated\n"
        "try: load_isolated('faces.txt')\n"
        "except DatasetError as error: print(error)"
    )
    project = Path(isolated.__file__).parents[2]
    ran = subprocess.run(
        [sys.executable, "-P", "-c", program],
        cwd=tmp_path,
        env={"PYTHONPATH": str(project)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert ran.stdout == "faces.txt is not a folder, .zip, .csv or .parquet.\n"
