"""Several runs side by side, without a page."""

from pathlib import Path

import numpy as np
import pytest

from emotion_core.datasets import FaceDataset
from emotion_core.experiments.run import Run
from emotion_core.experiments.run_comparison import differing_settings, disagreement, have_same_validation, overview
from emotion_core.experiments.shipped import shipped_runs
from emotion_core.files import write_json
from tests.pages.steps import finished_run, write_predictions


@pytest.fixture
def pair(tmp_path: Path, sample: FaceDataset, monkeypatch: pytest.MonkeyPatch) -> list[Run]:
    monkeypatch.setenv("EMOTION_RUNS", str(tmp_path))
    faces = sample.select("train").take(np.arange(50))
    runs = [finished_run(tmp_path / "a"), finished_run(tmp_path / "b", dropout=0.4, flip=False)]
    for run, wrong in zip(runs, ([3], [3, 5, 6]), strict=True):
        write_predictions(run, faces, wrong)
    return runs


def test_the_overview_has_a_row_for_each_run(pair: list[Run]) -> None:
    (pair[1].path / "report.json").write_text("{")
    table = overview(pair)
    assert table["run"].tolist() == ["a", "b"] and table["accuracy"].tolist()[0] == 0.6
    assert np.isnan(table["accuracy"][1]) and "report.json cannot be read" in table["problem"][1]


def test_settings_that_differ(pair: list[Run]) -> None:
    table = differing_settings(pair)
    assert table.index.tolist() == ["flip", "dropout"] and table.loc["dropout"].tolist() == ["0.15", "0.4"]


def test_where_two_runs_disagree(pair: list[Run], sample: FaceDataset) -> None:
    found = disagreement(*pair)
    assert not isinstance(found, str)
    references = sample.select("train").references
    assert found.table["reference"].tolist() == [references[5], references[6]]
    assert (found.common, found.first_right, found.second_right) == (50, 2, 0)
    pair[1].predictions_path.unlink()
    assert disagreement(*pair) == "One of them has no predictions."


def test_the_same_validation_faces(pair: list[Run], sample: FaceDataset) -> None:
    assert have_same_validation(pair)
    write_predictions(pair[1], sample.select("train").take(np.arange(10)), [])
    assert not have_same_validation(pair)


def test_predictions_belong_to_the_data_as_they_are(pair: list[Run], sample: FaceDataset) -> None:
    assert pair[0].has_predictions_on(sample.digest, "sample")
    assert not pair[0].has_predictions_on("another", "sample")
    assert not pair[0].has_predictions_on(sample.digest, "elsewhere.csv")


def test_what_is_not_known_is_not_called_the_same(pair: list[Run]) -> None:
    shipped = shipped_runs()
    assert not have_same_validation(shipped) and not have_same_validation([pair[0], shipped[0]])
    assert have_same_validation(shipped[:1])
    write_json(pair[1].path / "run_data.json", {"digest": "another", "exclusions": []})
    assert disagreement(*pair) == "They learnt from different data."
