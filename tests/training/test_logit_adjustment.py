"""A network changed as if the emotions had been equally frequent."""

import shutil
from pathlib import Path

import keras
import numpy as np
import pytest

from emotion_core.datasets import FaceDataset
from emotion_core.emotions import EMOTIONS
from emotion_core.experiments.config import RunConfig
from emotion_core.experiments.presets import fine_tune
from emotion_core.experiments.run import Run
from emotion_core.files import write_json
from emotion_core.registry.model_folder import ModelError, ModelFolder, open_model
from emotion_core.training import trainer
from emotion_core.training.logit_adjustment import adjust_logits, undo_adjustment
from emotion_core.vision.faces.alignment import to_network_input
from tests.training.runs import train

COUNTS = dict(zip(EMOTIONS, [100, 0, 50, 200, 25, 10, 5], strict=True))


def network() -> keras.Model:
    return keras.Sequential([keras.Input((4,)), keras.layers.Dense(7, activation="softmax", name="probabilities")])


@pytest.mark.parametrize("strength", [0.0, 0.5, 1.0])
def test_probabilities_are_divided_by_the_frequencies_to_that_power(strength: float) -> None:
    model, inputs = network(), np.random.default_rng(0).normal(size=(20, 4)).astype(np.float32)
    before = model.predict(inputs, verbose=0)
    adjust_logits(model, COUNTS, strength)
    assert model.predict(inputs, verbose=0) == pytest.approx(divided(before, strength), rel=1e-4)


def divided(probabilities: np.ndarray, strength: float) -> np.ndarray:
    frequencies = np.array([count or 200 for count in COUNTS.values()])  # one that was never seen is not promoted
    expected = probabilities / frequencies**strength
    return np.asarray(expected / expected.sum(axis=1, keepdims=True))


def test_a_run_adjusts_its_finished_network_no_checkpoint_and_one_that_goes_on_from_it_begins_without(
    finished: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = Run(Path(shutil.copytree(finished.path, tmp_path / "run")))
    (run.path / "report.json").unlink()
    shutil.rmtree(run.model_path)
    config = finished.config
    assert isinstance(config, RunConfig)
    write_json(run.path / "config.json", config.changed(logit_adjustment=1.0, aligned_fraction=0.5).to_dict())
    monkeypatch.setattr(trainer, "align_faces", lambda *_: pytest.fail("no epoch is left that would learn from them"))
    monkeypatch.setattr(FaceDataset, "counts", lambda _: COUNTS)  # the sample set has as many faces of each emotion
    kept = {path.name: path.read_bytes() for path in (run.path / "checkpoints").iterdir()}
    assert train(run), run.status
    assert {path.name: path.read_bytes() for path in (run.path / "checkpoints").iterdir()} == kept

    shown = to_network_input(np.random.default_rng(1).integers(0, 256, (10, 48, 48), np.uint8), 3)
    before, after = (
        keras.saving.load_model(path / "model.keras").predict(shown, verbose=0)
        for path in (finished.model_path, run.model_path)
    )
    assert after == pytest.approx(divided(before, 1.0), rel=1e-3, abs=1e-6)

    weights = keras.saving.load_model(run.model_path / "model.keras").get_weights()
    learnt = keras.saving.load_model(finished.model_path / "model.keras").get_weights()
    assert not np.allclose(weights[-1], learnt[-1])
    adjusted = open_model(run.model_path)
    tuning = fine_tune(adjusted, "sample")
    assert tuning.logit_adjustment == 1.0, "it is adjusted again at its end"
    begun = trainer._new_model(tuning, adjusted, steps=1)
    for found, expected in zip(begun.get_weights(), learnt, strict=True):
        assert found == pytest.approx(expected, abs=1e-5)
    for change in (
        {"recipe": {"logit_adjustment": "1"}},
        {"data": adjusted.card.data.model_copy(update={"training_counts": {}})},
    ):
        odd = ModelFolder(adjusted.path, adjusted.card.model_copy(update=change))
        with pytest.raises(ModelError, match="does not say how its logits were adjusted"):
            undo_adjustment(begun, odd)
