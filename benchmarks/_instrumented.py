"""The app with its processor time counted: `python -m benchmarks._instrumented FIGURES.json run streamlit_app.py …`.

Wraps the functions that do the work of a stream, then starts Streamlit in this process with the rest of the command
line. Twice a second FIGURES.json has the seconds of processor time that each stage has taken so far, how often it ran,
and the number of sessions that live. Time of a stage within another one counts for the inner one only; waiting counts
for none.
"""

import functools
import json
import sys
import threading
import time
import weakref
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import streamlit_webrtc  # noqa: F401  before anything that could load TensorFlow: the other order crashes in pylibsrtp
from aiortc.codecs import h264, vpx
from streamlit.runtime.app_session import AppSession
from streamlit.runtime.scriptrunner import script_runner
from streamlit.web import cli

from benchmarks._stages import ANALYZE, CONVERT, DECODE, DRAW, ENCODE, LOOP, PAGES, SEARCH, TOTAL
from emotion_core.vision.live import pipeline, stream, tracker

_EVERY = 0.5  # seconds


class StageClock:
    """Processor time by stage, of all threads together."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = defaultdict(float)
        self.calls: dict[str, int] = defaultdict(int)
        self.sessions: weakref.WeakSet[AppSession] = weakref.WeakSet()
        self._inner = threading.local()  # seconds that stages within the current one of a thread have taken
        self._lock = threading.Lock()

    def wrap(self, owner: Any, name: str, stage: str) -> None:
        """Count the time of a function of a module or class."""
        call: Callable[..., Any] = getattr(owner, name)

        @functools.wraps(call)
        def timed(*arguments: Any, **named: Any) -> Any:
            outer, self._inner.seconds = getattr(self._inner, "seconds", 0.0), 0.0
            began = time.thread_time()
            try:
                return call(*arguments, **named)
            finally:
                spent = time.thread_time() - began
                with self._lock:
                    self.seconds[stage] += spent - self._inner.seconds
                    self.calls[stage] += 1
                self._inner.seconds = outer + spent

        setattr(owner, name, timed)

    def figures(self) -> dict[str, Any]:
        """What was taken so far; the thread that Python began with runs the server's event loop."""
        main = threading.main_thread().ident
        assert main is not None
        with self._lock:
            seconds, calls = dict(self.seconds), dict(self.calls)
        seconds[LOOP] = time.clock_gettime(time.pthread_getcpuclockid(main))
        seconds[TOTAL] = time.process_time()
        return {"time": time.monotonic(), "seconds": seconds, "calls": calls, "sessions": len(self.sessions)}


def _count_sessions(sessions: "weakref.WeakSet[AppSession]") -> None:
    """Note every session that is made. To ask Streamlit for them would already make it drop those that have expired."""
    begin = AppSession.__init__

    @functools.wraps(begin)
    def begin_noted(session: AppSession, *arguments: Any, **named: Any) -> None:
        begin(session, *arguments, **named)
        sessions.add(session)

    AppSession.__init__ = begin_noted  # type: ignore[method-assign, assignment]


def instrument(clock: StageClock) -> None:
    """Wrap what a frame passes on its way, and the runs of pages."""
    _count_sessions(clock.sessions)
    for codec in (vpx.Vp8Decoder, h264.H264Decoder):
        clock.wrap(codec, "decode", DECODE)
    for encoder in (vpx.Vp8Encoder, h264.H264Encoder):
        clock.wrap(encoder, "encode", ENCODE)
    clock.wrap(stream.LiveStream, "process", CONVERT)  # what its inner stages leave of it
    clock.wrap(pipeline.LivePipeline, "find_faces", ANALYZE)
    clock.wrap(pipeline.LivePipeline, "draw", DRAW)
    clock.wrap(tracker, "_timed_search", SEARCH)
    clock.wrap(script_runner.ScriptRunner, "_run_script", PAGES)


def main() -> None:
    figures = Path(sys.argv[1])
    unfinished = figures.with_suffix(".unfinished")
    clock = StageClock()
    instrument(clock)

    def keep_writing() -> None:
        while True:
            unfinished.write_text(json.dumps(clock.figures()))
            unfinished.replace(figures)
            time.sleep(_EVERY)

    threading.Thread(target=keep_writing, name="figures", daemon=True).start()
    sys.argv = ["streamlit", *sys.argv[2:]]
    cli.main(prog_name="streamlit")


if __name__ == "__main__":
    main()
