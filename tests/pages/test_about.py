"""The about page."""

from pathlib import Path

import pytest

from emotion_core.evaluation.model_card import PLOT
from emotion_core.registry.model_folder import ModelFolder
from tests.pages.steps import charts, open_page


def test_the_card_of_the_active_model_is_shown_with_its_calibration(shipped: ModelFolder) -> None:
    at = open_page("about")
    text = "\n".join(part.value for part in at.markdown)
    assert f"Model card: {shipped.name}" in text and "not what a person feels" in text
    assert "Art. 5(1)(f)" in text and PLOT not in text
    assert len(charts(at)) == 1


def test_a_missing_model_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EMOTION_MODELS", str(tmp_path))
    assert "not a model folder" in open_page("about").error[0].value
