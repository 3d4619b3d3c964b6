import keras
import numpy as np
import pytest

from emotion_core.datasets import FaceDataset
from emotion_core.training.architectures import BUILDERS
from emotion_core.training.weight_averaging import blend


def test_weights_are_mixed_and_normalisation_fits_the_faces(sample: FaceDataset) -> None:
    keras.utils.set_random_seed(0)
    start, model = (BUILDERS["residual_small"](0.0, 48) for _ in range(2))
    before = [weight.numpy().copy() for weight in model.weights]
    blend(model, start, 0.25, sample.images)
    statistics = 0
    for old, given, weight in zip(before, start.weights, model.weights, strict=True):
        mixed = 0.75 * old + 0.25 * given.numpy()
        if "moving_" in weight.path:
            statistics += not np.allclose(weight.numpy(), mixed)
        else:
            assert np.allclose(weight.numpy(), mixed, atol=1e-6), weight.path
    assert statistics > 0
    first = next(layer for layer in model.layers if isinstance(layer, keras.layers.BatchNormalization))
    inside = keras.Model(model.inputs, first.output)
    values = inside.predict(sample.images[:512, ..., np.newaxis].astype(np.float32), verbose=0)
    scaled = (values - first.beta.numpy()) / first.gamma.numpy()
    assert scaled.mean() == pytest.approx(0, abs=0.3) and scaled.std() == pytest.approx(1, abs=0.3)


def test_a_network_without_normalisation_is_only_mixed(sample: FaceDataset) -> None:
    start, model = (BUILDERS["baseline"](0.0, 48) for _ in range(2))
    expected = [(a + b) / 2 for a, b in zip(start.get_weights(), model.get_weights(), strict=True)]
    blend(model, start, 0.5, sample.images)
    assert all(np.allclose(a, b) for a, b in zip(expected, model.get_weights(), strict=True))
