"""Whatever lies in the files of runs, reading them gives a checked value or a sentence."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from pydantic import BaseModel

from emotion_core.experiments import jobs
from emotion_core.experiments.config import ConfigError, RunConfig
from emotion_core.experiments.progress import duration_in_words, progress
from emotion_core.experiments.run import Run, create_run, list_runs
from emotion_core.experiments.run_command import run_command
from emotion_core.experiments.run_schemas import FrozenData, RunState, RunStatus
from emotion_core.registry.model_schemas import RunReport
from tests.pages.steps import finished_run
from tests.support import odd

JSON_FILES = ("status.json", "config.json", "report.json", "run_data.json")
KINDS: dict[str, type[BaseModel]] = {
    "status.json": RunStatus,
    "report.json": RunReport,
    "run_data.json": FrozenData,
}


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("EMOTION_RUNS", str(tmp_path))
    run = finished_run(tmp_path / "run")
    (run.path / "run_data.json").write_text('{"digest": "abc", "exclusions": ["x"]}')
    return run


def read_everything(run: Run) -> None:
    """What pages read of a run."""
    assert all("/" not in problem and problem.endswith(".") for problem in run.problems)
    assert isinstance(jobs.state(run), str) and isinstance(jobs.outcome_message(run), str)
    run.status.model_dump_json().encode()
    assert 0 <= progress(run).fraction <= 1
    assert run.config is None or run_command(run.config)
    assert {"reference", "truth", "answer", "confidence"} <= set(run.predictions)
    assert (run.frozen_data is None or isinstance(run.frozen_data.digest, str)) and isinstance(run.note, str)
    assert run.report is None or duration_in_words(run.report.seconds)
    assert run.history.empty or run.history["epoch"].is_monotonic_increasing
    assert list_runs() == [run]


@pytest.mark.parametrize("name", [*JSON_FILES, "history.csv", "predictions.parquet", "note.txt", "log.txt"])
@pytest.mark.parametrize("content", odd.BYTES, ids=range(len(odd.BYTES)))
def test_a_run_with_a_file_of_odd_bytes_is_read(name: str, content: bytes, run: Run) -> None:
    (run.path / name).write_bytes(content)
    read_everything(run)


@pytest.mark.parametrize(("name", "kind"), KINDS.items())
def test_a_run_with_one_odd_value_is_read(name: str, kind: type[BaseModel], run: Run) -> None:
    path = run.path / name
    good = json.loads(path.read_text())
    if name == "report.json":
        good["splits"].pop("public_test")
    documents = [*odd.VALUES, *(changed for _, changed in odd.mutations(good))]
    refused = [document for document in documents if odd.refuses(kind, document)]
    accepted = [document for document in documents if not odd.refuses(kind, document)]
    assert len(refused) > len(accepted)
    # what is refused is refused by the same few lines, so a few of them stand for all
    for some, number_of_problems in ((refused, 1), (accepted, 0)):
        for document in some[:: 1 + len(some) // 20]:
            path.write_bytes(odd.as_json(document))
            read_everything(run)
            assert len(run.problems) == number_of_problems, document


def test_a_report_that_contradicts_itself_is_a_sentence(run: Run) -> None:
    path = run.path / "report.json"
    report = json.loads(path.read_text())
    report["splits"]["validation"]["confusion_matrix"].pop()
    path.write_text(json.dumps(report))
    assert run.report is None
    assert run.problems == [
        "report.json cannot be read: splits.validation has a confusion matrix without a row and a column for each "
        "emotion."
    ]


@pytest.mark.parametrize("value", odd.VALUES, ids=range(len(odd.VALUES)))
def test_settings_of_an_odd_kind_are_a_sentence(value: Any) -> None:
    good = RunConfig(data="sample").to_dict()
    strengths = good["augmentation"]
    changed = [{**good, name: value} for name in (*good, "warp")]
    changed += [{**good, "augmentation": {**strengths, name: value}} for name in (*strengths, "warp")]
    for content in changed:
        try:
            assert run_command(RunConfig.from_dict(content))
        except ConfigError as error:
            assert str(error).endswith(".")


def cut_rows(text: str) -> Iterator[str]:
    yield from (text[:length] for length in range(0, len(text), 7))


def test_a_history_cut_anywhere_counts_as_far_as_it_is_whole(run: Run) -> None:
    path = run.path / "history.csv"
    whole, text = run.history, path.read_text()
    for cut in cut_rows(text):
        path.write_text(cut)
        read_everything(run)
        rows = max(0, cut.count("\n") - 1)
        assert run.history["epoch"].tolist()[:rows] == whole["epoch"].tolist()[:rows]


@pytest.mark.parametrize("cell", ["x", "", "nan", "inf", "-1", "1e400", "None", "\0", '"', "=1+1", "9" * 400])
@pytest.mark.parametrize("column", ["epoch", "val_accuracy", "val_loss", "seconds"])
def test_a_history_with_odd_cells_is_read(cell: str, column: str, run: Run) -> None:
    path = run.path / "history.csv"
    table = pd.read_csv(path, dtype=str)
    table.loc[1, column] = cell
    table.to_csv(path, index=False)
    read_everything(run)
    assert run.history["epoch"].tolist()[:1] == [1]


def test_a_table_that_is_none_is_a_sentence(run: Run) -> None:
    for text in ("a,b\n1,2\n", "epoch,epoch\n1,1\n", "1,2,3\n"):
        (run.path / "history.csv").write_text(text)
        assert run.history.empty and run.problems == ["history.csv cannot be read: it lacks columns."]


@pytest.mark.parametrize(
    "table",
    [
        pd.DataFrame({"x": [1]}),
        pd.DataFrame({"reference": [1], "truth": ["happy"], "happy": [1.0]}),
        pd.DataFrame({"reference": ["a"], "truth": ["joy"], "happy": [1.0]}),
        pd.DataFrame({"reference": ["a"], "truth": ["happy"], "happy": ["x"]}),
        pd.DataFrame({"reference": ["a"], "truth": ["happy"], "happy": [np.nan]}),
        pd.DataFrame({"reference": [["a"]], "truth": ["happy"], "happy": [1.0]}),
        pd.DataFrame({"reference": ["a"], "truth": ["happy"]}),
    ],
)
def test_predictions_of_another_kind_read_as_none(table: pd.DataFrame, run: Run) -> None:
    table.to_parquet(run.predictions_path)
    read_everything(run)
    assert run.predictions.empty


def test_a_note_of_odd_bytes_can_be_shown(run: Run) -> None:
    (run.path / "note.txt").write_bytes(bytes(range(256)) * 1000)
    assert "\0" not in run.note and len(run.note) <= 10_000


def test_one_bad_run_does_not_hide_the_others(run: Run, tmp_path: Path) -> None:
    create_run(RunConfig(data="sample"), tmp_path / "other").update_status(state=RunState.stopped)
    (run.path / "status.json").write_text('{"state": "finished", "started": "yesterday"}')
    assert {each.name for each in list_runs()} == {"run", "other"}
    assert jobs.state(run) == "unknown"
    assert run.problems == ["status.json cannot be read: started should be a valid number."]
