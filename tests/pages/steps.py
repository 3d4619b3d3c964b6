"""What the tests of several pages do and read."""

import io
import json
import re
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pandas as pd
import pytest
import streamlit as st
from PIL import Image
from streamlit.testing.v1 import AppTest

from emotion_core.datasets import FaceDataset, load
from emotion_core.emotions import EMOTIONS
from emotion_core.experiments.config import RunConfig
from emotion_core.experiments.run import Run, create_run
from emotion_core.experiments.run_schemas import RunState
from emotion_core.files import write_json

PROJECT = Path(__file__).resolve().parents[2]


def open_page(name: str) -> AppTest:
    at = AppTest.from_file(str(PROJECT / "pages" / f"{name}.py"), default_timeout=60).run()
    assert not at.exception
    return at


def table_with(at: AppTest, column: str) -> pd.DataFrame:
    """The first table that has a column."""
    return next(frame.value for frame in at.dataframe if column in frame.value)


def charts(at: AppTest) -> list[dict[str, Any]]:
    return [json.loads(chart.proto.spec) for chart in at.get("plotly_chart")]


def play(streamer: dict[str, Any], image: np.ndarray) -> av.VideoFrame:
    """One frame of the camera through the live page's callback."""
    frame = av.VideoFrame.from_ndarray(image, format="rgb24")
    frame.pts, frame.time_base = 0, Fraction(1, 30)
    with ThreadPoolExecutor(1) as thread:  # the page lowers the priority of the one that it is called on
        return thread.submit(streamer["video_frame_callback"], frame).result()


def labelled(widgets: Iterable[Any], label: str) -> Any:
    """The one of these widgets whose label begins so."""
    (found,) = [widget for widget in widgets if widget.label.startswith(label)]
    return found


def live_answer(at: AppTest) -> str:
    """The heading of the live page's answer."""
    bodies = [html.proto.body for html in at.get("html")]
    return next(found[1] for body in bodies if (found := re.search(r"<h3>(.*?)</h3>", body)))


def png(image: np.ndarray) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(image).save(buffer, "PNG")
    return buffer.getvalue()


def finished_run(path: Path, **settings: Any) -> Run:
    """A run folder as a training leaves it."""
    run = create_run(RunConfig.from_settings({"data": "sample", "epochs": 3, **settings}), path)
    rows: dict[str, list[float]] = {"epoch": [1, 2, 3], "seconds": [5.0] * 3, "learning_rate": [0.1, 0.05, 0.0]}
    for name, values in {"accuracy": [0.3, 0.5, 0.6], "loss": [1.9, 1.5, 1.2]}.items():
        rows |= {name: values, f"val_{name}": values[::-1]}
    pd.DataFrame(rows).to_csv(path / "history.csv", index=False)
    figures = {
        "count": 91,
        "accuracy": 0.6,
        "balanced_accuracy": 0.55,
        "ece": 0.02,
        "reliability": [{"confidence": 0.5, "accuracy": 0.52, "count": 91}],
        "risk_coverage": [{"threshold": 0.0, "coverage": 1.0, "accuracy": 0.6}],
        "labels": list(EMOTIONS),
        "confusion_matrix": (np.eye(7, dtype=int) * 6 + 1).tolist(),
        "per_class": {name: {"precision": 0.5, "recall": 0.54, "f1": 0.52, "support": 13} for name in EMOTIONS},
    }
    report = {"best_epoch": 1, "seconds": 15.0, "splits": {"validation": figures, "public_test": figures}}
    (path / "report.json").write_text(json.dumps(report))
    run.update_status(state=RunState.finished, epoch=3, message="Best epoch 1.")
    return run


def write_predictions(run: Run, faces: FaceDataset, wrong: list[int]) -> None:
    """As if the run had been sure and right, but for some rows."""
    probabilities = np.full((len(faces), 7), 0.02)
    probabilities[np.arange(len(faces)), faces.labels] = 0.88
    for row in wrong:
        probabilities[row] = np.roll(probabilities[row], 2)
    table = pd.DataFrame(probabilities, columns=list(EMOTIONS))
    table.insert(0, "truth", [EMOTIONS[label] for label in faces.labels])
    table.insert(0, "reference", faces.references)
    table.to_parquet(run.path / "predictions.parquet")
    write_json(run.path / "run_data.json", {"digest": load("sample").digest, "exclusions": []})


def choose_rows(monkeypatch: pytest.MonkeyPatch, rows: list[int]) -> None:
    """Stands for clicks on a table's rows, which AppTest cannot make."""
    show = st.dataframe

    def dataframe(table: Any, **options: Any) -> Any:
        shown = show(table, **options)
        return {"selection": {"rows": rows}} if "on_select" in options else shown

    monkeypatch.setattr(st, "dataframe", dataframe)
