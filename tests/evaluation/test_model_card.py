"""The model card says what the model's files say."""

import json
import shutil
from pathlib import Path

import pytest

from emotion_core.evaluation.model_card import PLOT, main_figures, render, render_file
from emotion_core.registry.measured_schemas import Measured, Robustness
from emotion_core.registry.model_folder import ModelFolder, open_model
from emotion_core.registry.model_schemas import RunReport

PROJECT = Path(__file__).resolve().parents[2]


def test_the_committed_card_is_that_of_the_shipped_model(shipped: ModelFolder) -> None:
    assert (PROJECT / "MODEL_CARD.md").read_text() == render_file(shipped)


def test_figures_come_from_the_report(shipped: ModelFolder) -> None:
    text = render(shipped)
    assert shipped.report is not None
    name, figures = main_figures(shipped.report.splits)
    assert name == "PublicTest", "a test split stands for the model"
    assert figures and f"{figures.accuracy:.1%}" in text and f"{figures.ece:.3f}" in text
    for emotion, row in figures.per_class.items():
        assert f"| {emotion} | {row.precision:.1%} | {row.recall:.1%} |" in text
    assert text.count(PLOT) == 1 and PLOT not in render_file(shipped)


def test_a_change_of_the_report_changes_the_card(shipped: ModelFolder) -> None:
    content = json.loads((shipped.path / "report.json").read_text())
    content["splits"]["public_test"]["accuracy"] = 0.1234
    changed = RunReport.model_validate_json(json.dumps(content))
    assert "12.3%" in render(shipped, report=changed) and "12.3%" not in render(shipped)
    spoilt = Robustness(split="public_test", count=5, accuracy={"as it is": 0.7, "blur": 0.65})
    assert "| blur | 65.0% | 5.0 |" in render(shipped, measured=Measured(robustness=spoilt))


@pytest.mark.parametrize("left", ["history.csv", "report.json", "measured.json"])
def test_a_model_with_files_missing_still_has_a_card(left: str, shipped: ModelFolder, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(shipped.path, tmp_path / "model"))
    (folder / left).unlink(missing_ok=True)
    assert "Out of scope" in render_file(open_model(folder))


def test_a_model_of_drawn_faces_says_so(shipped: ModelFolder) -> None:
    data = shipped.card.data.model_copy(update={"is_sample": True, "name": "sample"})
    text = render(ModelFolder(shipped.path, shipped.card.model_copy(update={"data": data})))
    assert "drawn faces" in text and "Goodfellow" not in text
