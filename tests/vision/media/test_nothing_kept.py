"""What a visitor brings never lies in any file, not even when the server is killed over it."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from emotion_core.vision.media.example import EXAMPLE_NAME, read_example
from tests.support.clips import example_clip
from tests.support.watched_files import FORBID_WRITING, WatchedFiles, open_files, private_places

PROJECT = Path(__file__).resolve().parents[3]

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="inotify watches the files.")

ANALYZE = """
import sys
from emotion_core.registry.active import active_model
from emotion_core.vision.faces.classifier import Classifier
from emotion_core.vision.faces.analyzer import new_analyzer
from emotion_core.vision.media.uploads import analyze_upload

def told(share):
    print("working", flush=True)

name, size = sys.argv[1:]
detector = "blazeface" if name.endswith(".mp4") else "cascade"
analyzer = new_analyzer(detector, Classifier(active_model()))
analysis = analyze_upload(name, sys.stdin.buffer.read(int(size)), analyzer, told)
print("analyzed", analysis.error, analysis.face_count, len(analysis.annotated), flush=True)
"""


def start(name: str, content: bytes, places: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-c", FORBID_WRITING + ANALYZE, name, str(len(content))]
    environment = os.environ | private_places(places)
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
    child = subprocess.Popen(command, cwd=PROJECT, env=environment, **pipes)  # type: ignore[call-overload]
    child.stdin.write(content)
    child.stdin.flush()
    return child


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory, example: np.ndarray) -> bytes:
    return example_clip(tmp_path_factory.mktemp("clip") / "clip.mp4", example, seconds=2).read_bytes()


@pytest.fixture
def places(tmp_path: Path) -> Path:
    private_places(tmp_path / "places")
    return tmp_path / "places"


@pytest.mark.parametrize("name", [EXAMPLE_NAME, "clip.mp4"])
def test_analyzing_writes_no_file(name: str, places: Path, clip: bytes) -> None:
    with WatchedFiles(places) as watched:
        child = start(name, clip if name == "clip.mp4" else read_example(), places)
        lines = child.communicate(timeout=60)[0].decode().splitlines()
    assert child.returncode == 0, "It wrote to a file."
    _, error, faces, size = lines[-1].split()
    assert error == "None" and int(faces) > 0 and int(size) > 1_000
    assert watched.seen() == []


def test_a_server_killed_over_a_video_leaves_nothing_of_it(places: Path, clip: bytes) -> None:
    with WatchedFiles(places) as watched:
        child = start("clip.mp4", clip, places)
        assert child.stdout is not None and child.stdout.readline() == b"working\n"
        assert open_files(child.pid) == []
        child.send_signal(signal.SIGKILL)
        assert child.wait(10) == -signal.SIGKILL
    assert watched.seen() == []
    assert [path for path in places.rglob("*") if path.is_file()] == []


def test_the_watch_sees_what_lives_for_a_moment(places: Path) -> None:
    work = (
        "import os, tempfile, pathlib\nwith tempfile.TemporaryDirectory() as d: pathlib.Path(d, 'x').write_bytes(b'1')"
    )
    with WatchedFiles(places) as watched:
        subprocess.run([sys.executable, "-c", work], env=os.environ | private_places(places), check=True)
    assert any(line.startswith(f"created {places}/tmpdir/") for line in watched.seen())


def test_a_byte_in_any_file_ends_the_process(tmp_path: Path) -> None:
    work = f"{FORBID_WRITING}\nopen({str(tmp_path / 'x')!r}, 'w').write('1')"
    assert subprocess.run([sys.executable, "-c", work]).returncode == -signal.SIGXFSZ
