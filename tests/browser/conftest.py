"""A served app and a Chromium with a fake camera."""

import os
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest
from playwright.sync_api import Browser, Page, Playwright, sync_playwright

from tests.browser.camera import one_face, two_faces, write_clip
from tests.browser.install import find_chromium
from tests.waiting import wait_until

PROJECT = Path(__file__).resolve().parents[2]
CHROMIUM = find_chromium()
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
]


@dataclass(frozen=True)
class Server:
    url: str
    process: psutil.Process


def serve(runs: Path, log: Path) -> tuple[Server, subprocess.Popen[bytes]]:
    """Start the app on a free port and wait until it answers."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", "streamlit_app.py", "--server.headless", "true"]
    options = ["--server.address", "127.0.0.1", "--server.port", str(port), "--server.fileWatcherType", "none"]
    environment = {**os.environ, "EMOTION_RUNS": str(runs), "EMOTION_DATA": str(runs.parent / "data")}
    with log.open("wb") as output:
        child = subprocess.Popen(command + options, cwd=PROJECT, env=environment, stdout=output, stderr=output)
    url = f"http://127.0.0.1:{port}"
    wait_until(lambda: _answers(f"{url}/_stcore/health"), 60, lambda: log.read_text())
    return Server(url, psutil.Process(child.pid)), child


def end(child: subprocess.Popen[bytes]) -> None:
    """Terminate and, as a server with a connected browser may hang, kill."""
    child.terminate()
    try:
        child.wait(10)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("served")
    served, child = serve(folder / "runs", folder / "server.log")
    yield served
    end(child)


@pytest.fixture
def fresh_server(tmp_path: Path) -> Iterator[Server]:
    """A server that nobody has visited yet."""
    served, child = serve(tmp_path / "runs", tmp_path / "server.log")
    yield served
    end(child)


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="session")
def one_face_clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_clip(one_face(), tmp_path_factory.mktemp("camera") / "one.mjpeg")


@pytest.fixture(scope="session")
def two_faces_clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_clip(two_faces(), tmp_path_factory.mktemp("camera") / "two.mjpeg")


@pytest.fixture
def launch(playwright: Playwright) -> Iterator[Callable[[Path], Browser]]:
    """A function that starts a Chromium whose camera shows a clip; all are closed after the test."""
    browsers = []
    if CHROMIUM is None and not os.environ.get("CI"):
        pytest.skip("No Chromium: see `python -m tests.browser.install`.")

    def start(clip: Path) -> Browser:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=[*FLAGS, f"--use-file-for-fake-video-capture={clip}"]
        )
        browsers.append(browser)
        return browser

    yield start
    for browser in browsers:
        browser.close()


@pytest.fixture
def page(launch: Callable[[Path], Browser], one_face_clip: Path) -> Page:
    return launch(one_face_clip).new_page(viewport={"width": 1280, "height": 900})
