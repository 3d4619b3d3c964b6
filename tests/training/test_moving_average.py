"""The mean of the weights over the last steps."""

from pathlib import Path

import keras
import numpy as np
import pytest

from emotion_core.datasets import FaceDataset
from emotion_core.experiments.config import RunConfig
from emotion_core.experiments.run import create_run
from emotion_core.training.callbacks import best_checkpoint
from emotion_core.training.moving_average import MovingAverage, averages, measure_normalization, swap
from emotion_core.training.trainer import _restored
from emotion_core.vision.faces.alignment import to_network_input
from tests.training.runs import QUICK, train


def linear(**mean: float) -> keras.Model:
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1, use_bias=False)])
    optimizer = keras.optimizers.SGD(0.1, **({"use_ema": True, **mean} if mean else {}))
    model.compile(optimizer, loss="mse")
    return model


def test_the_mean_follows_the_weights_and_can_take_their_place() -> None:
    model, random = linear(ema_momentum=0.75), np.random.default_rng(0)
    faces, targets = random.normal(size=(8, 3)), random.normal(size=(8, 1))
    expected = model.get_weights()[0]
    for number in range(3):
        model.train_on_batch(faces, targets)
        weights = model.get_weights()[0]
        expected = weights if number == 0 else 0.75 * expected + 0.25 * weights  # Keras begins with the first step's
    (mean,) = averages(model)
    assert np.array(mean) == pytest.approx(expected, abs=1e-5) and np.array(mean) != pytest.approx(weights, abs=1e-4)
    kept = np.array(mean)
    swap(model)
    assert model.get_weights()[0] == pytest.approx(kept)
    swap(model)
    assert model.get_weights()[0] == pytest.approx(weights) and np.array(averages(model)[0]) == pytest.approx(kept)


def test_without_a_mean_nothing_is_exchanged() -> None:
    model = linear()
    before = model.get_weights()[0]
    swap(model)
    assert averages(model) == [] and np.array_equal(model.get_weights()[0], before)


@pytest.mark.parametrize(("decay", "is_anew"), [(0.99, True), (0.75, False)])
def test_a_mean_over_more_steps_than_were_done_begins_anew(decay: float, is_anew: bool) -> None:
    random, model = np.random.default_rng(0), linear(ema_momentum=decay)
    faces, targets = random.normal(size=(8, 3)), random.normal(size=(8, 1))
    apart: list[float] = []

    def note(epoch: int, logs: object) -> None:
        (mean,) = averages(model)
        apart.append(float(np.abs(np.array(mean) - model.get_weights()[0]).max()))

    model.fit(
        faces,
        targets,
        batch_size=2,
        epochs=3,
        verbose=0,
        validation_data=(faces, targets),
        callbacks=[MovingAverage(np.zeros((0, 48, 48), np.uint8)), keras.callbacks.LambdaCallback(on_epoch_end=note)],
    )
    assert len(apart) == 3 and all((distance == 0) == is_anew for distance in apart)


def test_normalisation_is_measured_for_the_means_and_comes_back_for_the_weights(sample: FaceDataset) -> None:
    inputs = keras.Input((48, 48, 1))
    x = keras.layers.BatchNormalization()(keras.layers.Conv2D(2, 48, use_bias=False)(inputs))
    model = keras.Model(inputs, keras.layers.Flatten()(x))
    model.compile(keras.optimizers.SGD(1e-9, use_ema=True, ema_momentum=0.5), loss="mse")
    faces, normalization = sample.images[:256], model.layers[2]

    def statistics() -> np.ndarray:
        return np.concatenate([np.array(normalization.moving_mean), np.array(normalization.moving_variance)])

    mean = MovingAverage(faces)
    shown = to_network_input(faces, 1)
    model.fit(shown, np.zeros((256, 2)), validation_data=(shown, np.zeros((256, 2))), verbose=0, callbacks=[mean])
    before = statistics()
    with mean.applied():
        measured = statistics()
    answers = model.layers[1](shown).numpy().reshape(256, 2)
    assert measured[:2] == pytest.approx(answers.mean(axis=0), rel=0.01)
    assert not np.allclose(measured, before) and np.array_equal(statistics(), before)
    measure_normalization(model, faces)
    assert statistics()[:2] == pytest.approx(measured[:2], rel=0.01) and normalization.momentum == 0.99


def test_a_run_keeps_and_measures_the_mean_and_goes_on_with_the_weights(tmp_path: Path) -> None:
    run = create_run(RunConfig(epochs=1, ema_decay=0.9, **QUICK), tmp_path / "run")
    assert train(run)
    _, path = best_checkpoint(run.path / "checkpoints")
    last_path = run.path / "checkpoints" / "last.keras"
    best, last = (keras.saving.load_model(file) for file in (path, last_path))
    for kept, mean in zip(best.trainable_variables, averages(last), strict=True):
        assert np.array(kept) == pytest.approx(np.array(mean))
    assert any(
        not np.allclose(np.array(weights), np.array(mean))
        for weights, mean in zip(last.trainable_variables, averages(last), strict=True)
    )
    last_path.write_bytes(b"cut")
    restored = _restored(last_path)
    assert restored is not None
    for part in (lambda model: model.trainable_variables, averages):
        for found, expected in zip(part(restored), part(last), strict=True):
            assert np.array_equal(np.array(found), np.array(expected))
    report = run.report
    assert report is not None
    assert report.splits["validation"].accuracy == pytest.approx(run.history["val_accuracy"].max(), abs=0.01)
