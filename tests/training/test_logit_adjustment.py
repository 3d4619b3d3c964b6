"""A network changed as if the emotions had been equally frequent."""

import shutil
from pathlib import Path

import keras
import numpy as np
import pytest

from emotion_core.experiments.config import RunConfig
from emotion_core.experiments.run import Run
from emotion_core.files import write_json
from emotion_core.training import finalize, trainer
from emotion_core.training.trainer import train
from emotion_core.vision.faces.alignment import to_network_input

COUNTS = [100, 0, 50, 200, 25, 10, 5]


def network() -> keras.Model:
    return keras.Sequential([keras.Input((4,)), keras.layers.Dense(7, activation="softmax", name="probabilities")])


@pytest.mark.parametrize("strength", [0.0, 0.5, 1.0])
def test_probabilities_are_divided_by_the_frequencies_to_that_power(strength: float) -> None:
    model, inputs = network(), np.random.default_rng(0).normal(size=(20, 4)).astype(np.float32)
    before = model.predict(inputs, verbose=0)
    finalize.adjust_logits(model, np.repeat(np.arange(7), COUNTS), strength)
    assert model.predict(inputs, verbose=0) == pytest.approx(divided(before, strength), rel=1e-4)


def divided(probabilities: np.ndarray, strength: float) -> np.ndarray:
    frequencies = np.array([count or 200 for count in COUNTS])  # one that was never seen is not promoted
    expected = probabilities / frequencies**strength
    return np.asarray(expected / expected.sum(axis=1, keepdims=True))


def test_a_run_adjusts_its_finished_network_and_no_checkpoint(
    finished: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = Run(Path(shutil.copytree(finished.path, tmp_path / "run")))
    (run.path / "report.json").unlink()
    shutil.rmtree(run.model_path)
    config = finished.config
    assert isinstance(config, RunConfig)
    write_json(run.path / "config.json", config.changed(logit_adjustment=1.0, aligned_fraction=0.5).to_dict())
    monkeypatch.setattr(trainer, "align_faces", lambda _: pytest.fail("no epoch is left that would learn from them"))
    adjust = finalize.adjust_logits
    unequal = np.repeat(np.arange(7), COUNTS)  # where the sample set has as many faces of each emotion
    monkeypatch.setattr(finalize, "adjust_logits", lambda model, labels, strength: adjust(model, unequal, strength))
    kept = {path.name: path.read_bytes() for path in (run.path / "checkpoints").iterdir()}
    assert train(run, resume=True), run.status
    assert {path.name: path.read_bytes() for path in (run.path / "checkpoints").iterdir()} == kept

    shown = to_network_input(np.random.default_rng(1).integers(0, 256, (10, 48, 48), np.uint8), 3)
    before, after = (
        keras.saving.load_model(path / "model.keras").predict(shown, verbose=0)
        for path in (finished.model_path, run.model_path)
    )
    assert after == pytest.approx(divided(before, 1.0), rel=1e-3, abs=1e-6)
