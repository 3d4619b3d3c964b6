"""How long the live page's script takes from top to bottom, alone and while a training runs on this computer.

python -m benchmarks.rerun
"""

import statistics
import tempfile
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Annotated
from unittest.mock import patch

import streamlit_webrtc  # before anything that could load TensorFlow: the other order crashes in pylibsrtp
import typer
from streamlit.testing.v1 import AppTest

from emotion_core.experiments import jobs
from emotion_core.experiments.config import RunConfig

PAGE = Path(__file__).resolve().parents[1] / "pages" / "live.py"


def measure_reruns(count: int) -> list[float]:
    """Seconds of each; the video component is a stand-in that plays."""
    playing = SimpleNamespace(state=SimpleNamespace(playing=True, signalling=False))
    with patch.object(streamlit_webrtc, "webrtc_streamer", lambda **options: playing):
        page = AppTest.from_file(str(PAGE), default_timeout=60).run()
        seconds = []
        for _ in range(count):
            began = time.perf_counter()
            page.run()
            seconds.append(time.perf_counter() - began)
        if page.exception:
            raise SystemExit(page.exception[0].value)
    return seconds


def main(count: Annotated[int, typer.Option()] = 40) -> None:
    alone = measure_reruns(count)
    with tempfile.TemporaryDirectory() as folder, patch.dict("os.environ", EMOTION_RUNS=folder):
        run = jobs.start(RunConfig.from_settings({"data": "sample", "architecture": "residual", "epochs": 500}))
        while run.status.state != "running" or not run.status.step:
            time.sleep(0.5)
            if not jobs.state(run).is_active:
                raise SystemExit(run.log_tail(20))
        beside = measure_reruns(count)
        jobs.stop(run)
        while jobs.state(run).is_active:
            time.sleep(0.5)
    print("| | median seconds | longest |\n|---|---|---|")
    for name, seconds in (("alone", alone), ("while a residual network trains", beside)):
        print(f"| {name} | {statistics.median(seconds):.3f} | {max(seconds):.3f} |")


if __name__ == "__main__":
    typer.run(main)
