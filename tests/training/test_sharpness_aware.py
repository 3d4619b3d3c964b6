"""Steps towards flat minima."""

from pathlib import Path

import keras
import numpy as np
import pytest

from emotion_core.experiments.config import RunConfig
from emotion_core.experiments.run import create_run
from emotion_core.training import trainer
from emotion_core.training.sharpness_aware import SharpnessAware

RADIUS, RATE = 0.5, 0.1


def linear() -> SharpnessAware:
    inputs = keras.Input((3,))
    model = SharpnessAware(inputs, keras.layers.Dense(1, use_bias=False)(inputs))
    model.compile(keras.optimizers.SGD(RATE), loss="mse")
    return model


def test_a_step_uses_the_gradient_where_the_loss_rises_most() -> None:
    model = linear()
    model.radius = RADIUS
    random = np.random.default_rng(0)
    half, values = random.normal(size=(4, 3)), random.normal(size=(4, 1))
    faces, targets = np.tile(half, (2, 1)), np.tile(values, (2, 1))  # both halves tell the same direction

    def gradient(weights: np.ndarray) -> np.ndarray:
        return 2 * faces.T @ (faces @ weights - targets) / len(faces)

    before = model.get_weights()[0]
    there = gradient(before)
    expected = before - RATE * gradient(before + RADIUS * there / np.linalg.norm(there))
    model.fit(faces, targets, batch_size=8, verbose=0, shuffle=False)
    assert model.get_weights()[0] == pytest.approx(expected, abs=1e-5)
    assert model.get_weights()[0] != pytest.approx(before - RATE * there, abs=1e-3)


def test_the_direction_comes_from_the_first_half_of_the_batch() -> None:
    model = linear()
    model.radius = RADIUS
    faces = np.array([[1.0, 0, 0], [0, 1.0, 0]])
    before = model.get_weights()[0]
    targets = np.full((2, 1), before.max() + 1)  # both errors are known to be below zero
    moved = before + RADIUS * np.array([[-1.0], [0], [0]])
    expected = before - RATE * faces.T @ (faces @ moved - targets)
    model.fit(faces, targets, batch_size=2, verbose=0, shuffle=False)
    assert model.get_weights()[0] == pytest.approx(expected, abs=1e-5)


def test_batch_normalization_measures_the_weights_as_they_are() -> None:
    inputs = keras.Input((2,))
    answers = keras.layers.BatchNormalization(momentum=0.0)(keras.layers.Dense(2, use_bias=False)(inputs))
    model = SharpnessAware(inputs, answers)
    model.radius = 3.0
    model.compile(keras.optimizers.SGD(0.0), loss="mse")
    faces = np.random.default_rng(1).normal(size=(8, 2))
    seen = (faces[:4] @ model.layers[1].get_weights()[0]).mean(axis=0)
    model.fit(faces, np.ones((8, 2)), batch_size=8, verbose=0, shuffle=False)
    assert model.layers[2].moving_mean.numpy() == pytest.approx(seen, abs=1e-5)


def test_a_resumed_run_keeps_its_radius(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    used = []
    step = SharpnessAware.train_step

    def noted(self, data):  # type: ignore[no-untyped-def]
        used.append(self.radius)
        return step(self, data)

    monkeypatch.setattr(SharpnessAware, "train_step", noted)
    run = create_run(RunConfig(data="sample", epochs=2, batch_size=32, sam_radius=0.05), tmp_path / "flat")

    write = trainer.HistoryWriter.on_epoch_end

    def cut_in_the_second(self, epoch, logs=None):  # type: ignore[no-untyped-def]
        if epoch == 1:
            raise KeyboardInterrupt
        write(self, epoch, logs)

    with monkeypatch.context() as patched:
        patched.setattr(trainer.HistoryWriter, "on_epoch_end", cut_in_the_second)
        assert not trainer.train(run)
    used.clear()
    assert trainer.train(run, resume=True)
    assert used and set(used) == {0.05}
    kept = keras.saving.load_model(run.model_path / "model.keras")
    assert not isinstance(kept, SharpnessAware), "what is kept is the network alone"
