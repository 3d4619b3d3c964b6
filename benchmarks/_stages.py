"""The stages of a stream's work on the server, and what `_instrumented` wrote about them."""

import json
import time
from dataclasses import dataclass
from pathlib import Path

DECODE, CONVERT, ANALYZE, SEARCH, DRAW, ENCODE = "decode", "convert", "analyze", "search", "draw", "encode"
PAGES, LOOP, TOTAL = "pages", "event loop", "total"
WORK = (DECODE, CONVERT, ANALYZE, SEARCH, DRAW, ENCODE, PAGES, LOOP)
SENSE = {
    DECODE: "every frame of every camera",
    CONVERT: "between YUV and RGB, mirror, smoothing, session",
    ANALYZE: "follow faces by the landmarks, read them",
    SEARCH: "look for faces beside the frames",
    DRAW: "boxes and words",
    ENCODE: "frames on their way back",
    PAGES: "the script runs of all tabs",
    LOOP: "encryption, packets, websockets",
}


@dataclass(frozen=True)
class Figures:
    """time: monotonic, when they were taken; seconds: of processor time by stage so far; calls: of each stage;
    sessions: that live, those of closed tabs included."""

    time: float
    seconds: dict[str, float]
    calls: dict[str, int]
    sessions: int

    def since(self, before: "Figures") -> "Figures":
        """What came in between; time becomes a duration."""
        return Figures(
            self.time - before.time,
            {stage: self.seconds.get(stage, 0.0) - before.seconds.get(stage, 0.0) for stage in (*WORK, TOTAL)},
            {stage: self.calls.get(stage, 0) - before.calls.get(stage, 0) for stage in WORK},
            self.sessions,
        )

    def cores(self, stage: str) -> float:
        """Of a difference: processor cores that the stage kept busy."""
        return self.seconds[stage] / self.time

    def rate(self, stage: str) -> float:
        """Of a difference: calls a second."""
        return self.calls[stage] / self.time

    def milliseconds(self, stage: str) -> float:
        """Of a difference: processor time a call; 0 without calls."""
        return 1000 * self.seconds[stage] / self.calls[stage] if self.calls[stage] else 0.0


def read_figures(path: Path, seconds: float = 30.0) -> Figures:
    """The next figures that are written from now on. Raises `TimeoutError`."""
    asked = time.monotonic()
    while time.monotonic() < asked + seconds:
        if path.exists():
            figures = Figures(**json.loads(path.read_text()))
            if figures.time >= asked:
                return figures
        time.sleep(0.05)
    raise TimeoutError(f"{path} was not written for {seconds:g} s.")
