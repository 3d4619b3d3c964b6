"""A snapshot sent to a real server never lies in a file there."""

import sys
from pathlib import Path

import pytest

from emotion_core.vision.media.example import read_example
from tests.browser.serving import end, serve
from tests.support.visitor import Visitor
from tests.support.watched_files import WatchedFiles, private_places


@pytest.mark.skipif(sys.platform != "linux", reason="inotify watches the files.")
def test_a_snapshot_is_read_and_written_nowhere(tmp_path: Path) -> None:
    places = private_places(tmp_path / "places")
    server, child = serve(Path(places["EMOTION_RUNS"]), tmp_path / "server.log", **places)
    try:
        with Visitor(server.url) as tab:
            tab.open().set("Camera", string_array_value=["Snapshot"])
            with WatchedFiles(tmp_path / "places") as watched:
                (answer,) = tab.upload("Take a picture", {"camera-input.jpg": read_example()}, "image/jpeg")
                tab.wait_until(lambda: tab.page.has("Take another", "button"), 60)
            assert answer.status < 300 and not tab.page.errors and not tab.page.exceptions
            assert watched.seen() == []
    finally:
        end(child)
