"""The app served for a browser, and how to start one with a fake camera."""

import os
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest
from playwright.sync_api import Browser, Playwright, expect

from tests.browser.install import find_chromium
from tests.support.waiting import wait_until

PROJECT = Path(__file__).resolve().parents[2]
APP = PROJECT / "streamlit_app.py"
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
# As long as clicks wait: the usual 5 s are too short where two tests share two cores.
expect.set_options(timeout=30_000)


@dataclass(frozen=True)
class Server:
    url: str
    process: psutil.Process


def serve(
    runs: Path,
    log: Path,
    options: Sequence[str] = (),
    module: Sequence[str] = ("streamlit",),
    script: Path | str = APP,
    port: int = 0,
    **variables: str,
) -> tuple[Server, subprocess.Popen[bytes]]:
    """Start the app on a free port, with these environment variables, and wait until it answers.

    options: of Streamlit. module: what stands in its place after `python -m`, with what it wants to know first. script:
    another app. port: of a server that is started again; 0 for a free one.
    """
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = port or probe.getsockname()[1]
    command = [sys.executable, "-m", *module, "run", str(script), "--server.headless", "true"]
    usual = ["--server.address", "127.0.0.1", "--server.port", str(port), "--server.fileWatcherType", "none"]
    environment = {**os.environ, "EMOTION_RUNS": str(runs), "EMOTION_DATA": str(runs.parent / "data"), **variables}
    with log.open("wb") as output:
        child = subprocess.Popen(
            [*command, *usual, *options], cwd=PROJECT, env=environment, stdout=output, stderr=output
        )
    url = f"http://127.0.0.1:{port}"
    wait_until(lambda: _answers(f"{url}/_stcore/health"), 60, lambda: log.read_text())
    return Server(url, psutil.Process(child.pid)), child


@contextmanager
def served(folder: Path) -> Iterator[Server]:
    """The app with its runs, data and log in a folder, until the block ends."""
    server, child = serve(folder / "runs", folder / "server.log")
    try:
        yield server
    finally:
        end(child)


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


def skip_without_chromium() -> None:
    """Skip a test that needs a browser where there is none; never where everything must run."""
    if CHROMIUM is None and not os.environ.get("CI"):
        pytest.skip("No Chromium: see `python -m tests.browser.install`.")


def open_browser(playwright: Playwright, clip: Path) -> Browser:
    """A Chromium whose camera shows a clip and needs no permission."""
    return playwright.chromium.launch(
        executable_path=CHROMIUM, args=[*FLAGS, f"--use-file-for-fake-video-capture={clip}"]
    )
