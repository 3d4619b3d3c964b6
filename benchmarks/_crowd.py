"""Visitors who stream at the same time, each with a tab that refreshes itself as a browser's does."""

import re
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from tests.browser.camera import one_face
from tests.support.camera_visitor import CameraVisitor, Clip, MediaLoop, record
from tests.support.frame_numbers import numbered
from tests.support.visitor import Visitor

_COUNT = re.compile(r"([\d,]+) frames?, ([\d,]+) with a face")
_TURN = 0.2  # seconds that a tab's thread waits for messages before it looks whether it should end


def example_clip() -> Clip:
    """Four seconds of one real face that moves, encoded; each frame has its number in the picture."""
    return record(numbered(one_face()))


@dataclass(frozen=True)
class Reading:
    """What a visitor has got so far. processed: frames that the server analyzed, as the page says, and faces: those
    of them with a face; back: frames that have come back, repeated ones included; time: monotonic."""

    time: float
    processed: int
    faces: int
    back: int


class Streamer:
    """One visitor: a tab on the live page, and its camera."""

    def __init__(self, url: str, clip: Clip, loop: MediaLoop) -> None:
        self.tab = Visitor(url, seconds=120)
        self.camera = CameraVisitor(self.tab.open(), clip, loop)
        self.failure: Exception | None = None
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._refresh, name="tab", daemon=True)

    def start(self) -> None:
        """START; from the first frame back on, the tab refreshes itself."""
        self.camera.start(120)
        self._thread.start()

    def read(self) -> Reading:
        found = _COUNT.search(self.tab.page.text)
        processed, faces = (int(number.replace(",", "")) for number in found.groups()) if found else (0, 0)
        return Reading(time.monotonic(), processed, faces, self.camera.frames_back)

    def end(self) -> None:
        """STOP, and close the tab."""
        self._is_over.set()
        if self._thread.ident is not None:
            self._thread.join(30)
        if self.failure is None:
            self.camera.stop()
        self.tab.close()

    def _refresh(self) -> None:
        try:
            while not self._is_over.is_set():
                self.tab.stay(_TURN)
        except Exception as error:  # told when the visitor's figures are
            self.failure = error


@contextmanager
def streaming(url: str, count: int, clip: Clip) -> Iterator[list[Streamer]]:
    """That many visitors, one after the other, until all stream; gone at the end."""
    with MediaLoop() as loop, ExitStack() as leaving:
        crowd = []
        for _ in range(count):
            streamer = Streamer(url, clip, loop)
            leaving.callback(streamer.end)
            streamer.start()
            crowd.append(streamer)
        yield crowd
