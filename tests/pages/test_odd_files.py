"""No odd file of a run or a model breaks a page, shows a traceback, or names a place on the server."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from pydantic import ValidationError
from streamlit.testing.v1 import AppTest

from emotion_core.experiments.run import list_runs
from emotion_core.experiments.run_schemas import RunStatus
from emotion_core.registry.active import DEFAULT_MODEL, promote
from emotion_core.registry.model_folder import ModelFolder
from emotion_core.registry.model_schemas import RunReport
from tests.pages.steps import choose_rows, finished_run, open_page
from tests.support import odd

# Shows the reports of all runs one below the other, as the pages Runs and Train show one.
_ALL_REPORTS = """
from emotion_core.experiments import jobs
from emotion_core.experiments.run import list_runs
from emotion_core.experiments.run_schemas import RunStatus
from pages.components.run_report import show_report

for run in list_runs():
    show_report(run, jobs.state(run))
"""


def texts(at: AppTest) -> str:
    kinds = ("markdown", "caption", "info", "success", "warning", "error", "exception", "code", "toast")
    return "\n".join(str(part.value) for kind in kinds for part in at.get(kind) if kind != "code")


def check(at: AppTest, place: Path) -> None:
    assert not at.exception, at.exception
    assert str(place) not in texts(at) and "Traceback" not in texts(at)


def odd_runs(runs: Path, share: int = 1) -> int:
    """Runs of which each has one odd file, or only one in so many of them; how many."""
    contents: list[tuple[str, bytes]] = [
        (name, content)
        for name in ("status.json", "config.json", "report.json", "run_data.json", "history.csv", "note.txt")
        for content in odd.BYTES[::3]
    ]
    contents += [(name, odd.as_json(value)) for name in ("status.json", "report.json") for value in odd.VALUES[::4]]
    contents += [("report.json", odd.as_json(document)) for document in some_documents(runs, "report.json")]
    contents += [("status.json", odd.as_json(document)) for document in some_documents(runs, "status.json")]
    contents = contents[::share]
    for number, (name, content) in enumerate(contents):
        (finished_run(runs / f"odd-{number:03d}").path / name).write_bytes(content)
    return len(contents)


def some_documents(runs: Path, name: str) -> list[Any]:
    """Of a run's document with one odd value, some that the check lets pass and two that it does not."""
    good = json.loads((finished_run(runs / "good").path / name).read_text())
    good.get("splits", {}).pop("public_test", None)
    shutil.rmtree(runs / "good")
    passed, refused = [], []
    for _, changed in odd.mutations(good):
        try:
            (RunReport if name == "report.json" else RunStatus).model_validate_json(odd.as_json(changed))
        except ValidationError:
            refused.append(changed)
        else:
            passed.append(changed)
    return [*passed[:: 1 + len(passed) // 8], *refused[:: 1 + len(refused) // 2]]


def test_odd_runs_are_a_line_each_and_the_rest_of_the_page_stands(runs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    count = odd_runs(runs)
    finished_run(runs / "good")
    at = open_page("runs")
    check(at, runs)
    table = at.dataframe[0].value.set_index("run")
    readable = [run.name for run in list_runs()]
    assert {"good", *readable} <= set(table.index) and len(readable) == count + 1
    assert table.loc["good", "accuracy"] == 0.6 and not table.loc["good", "problem"]
    assert table["problem"].str.contains("report.json cannot be read").sum() > 5
    choose_rows(monkeypatch, list(range(len(table))))
    check(open_page("runs"), runs)


def test_reports_of_odd_runs_say_what_cannot_be_read(runs: Path) -> None:
    odd_runs(runs, share=3)
    at = AppTest.from_string(_ALL_REPORTS, default_timeout=120).run()
    check(at, runs)
    for name in ("status.json", "config.json", "report.json", "run_data.json", "history.csv"):
        assert any(warning.value.startswith(f"{name} cannot be read") for warning in at.warning), name


@pytest.mark.parametrize("name", ["status.json", "report.json", "history.csv"])
def test_an_odd_run_does_not_keep_others_from_being_trained(name: str, runs: Path) -> None:
    (finished_run(runs / "odd").path / name).write_bytes(b"[7]")
    at = open_page("train")
    check(at, runs)
    assert any(button.label == "Start training" for button in at.button)
    assert any(warning.value.startswith(f"{name} cannot be read") for warning in at.warning)


@pytest.fixture
def models(tiny_model: ModelFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The shipped model, and a copy of it that was promoted."""
    root = tmp_path / "models"
    shutil.copytree(tiny_model.path, root / DEFAULT_MODEL)
    monkeypatch.setenv("EMOTION_MODELS", str(root))
    promote(tiny_model.path, "promoted")
    st.cache_resource.clear()
    return root


def with_value(name: str, value: Any) -> Callable[[bytes], bytes]:
    """A JSON document whose field is another."""
    return lambda content: odd.as_json({**json.loads(content), name: value})


ODD_MODELS: list[tuple[str, Callable[[bytes], bytes]]] = [
    ("active.json", with_value("promoted", 7)),
    ("active.json", with_value("promoted", ["../../etc", "\ud800"])),
    ("active.json", lambda _: b"\xff"),
    ("promoted/card.json", with_value("labels", 7)),
    ("promoted/card.json", with_value("calibration", "x")),
    ("promoted/card.json", with_value("recipe", {"epochs": "x", "augmentation": {"warp": 1}})),
    ("promoted/card.json", lambda content: content[:200]),
    ("promoted/report.json", with_value("splits", {"validation": 7})),
    ("promoted/measured.json", with_value("speed", None)),
    ("promoted/history.csv", lambda content: content[: len(content) // 2]),
]


@pytest.mark.parametrize(("file", "change"), ODD_MODELS, ids=range(len(ODD_MODELS)))
def test_odd_files_of_models_break_no_page(
    file: str,
    change: Callable[[bytes], bytes],
    models: Path,
    runs: Path,
    streamer: dict[str, Any],
) -> None:
    path = models / file
    path.write_bytes(change(path.read_bytes()))
    st.cache_resource.clear()
    finished_run(runs / "done")
    pages = ("live", "about", "runs", "train") if file == "active.json" else ("live", "about")
    for page in pages:
        check(open_page(page), models.parent)
