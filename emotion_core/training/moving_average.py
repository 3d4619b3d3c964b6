"""The mean of the weights over the last steps (an exponential moving average), which is what is measured and kept."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import keras
import numpy as np

from emotion_core.vision.faces.alignment import to_network_input

_FACES, _BATCH = 1024, 128


class MovingAverage(keras.callbacks.Callback):
    """Validates the means instead of the weights of the moment; nothing where the optimizer keeps none.

    Keras begins the means with the first, random weights. So they begin anew after each epoch until as many steps are
    done as they are over: a run that ends before has the weights of its last step.

    faces: training faces, uint8 [N, 48, 48], as the app shows them. What batch normalisation expects is measured on
    some of them for the means, as Keras measures it for the weights of the moment only (Izmailov et al. 2018,
    https://arxiv.org/abs/1803.05407).
    """

    def __init__(self, faces: np.ndarray) -> None:
        super().__init__()
        self._faces = faces[np.random.default_rng(0).permutation(len(faces))[:_FACES]]
        self._other: list[np.ndarray] = []  # what normalisation expects, of the weights that are not in the model now

    def on_test_begin(self, logs: dict[str, Any] | None = None) -> None:
        if not averages(self.model):
            return
        optimizer = self.model.optimizer
        if int(optimizer.iterations) * (1 - optimizer.ema_momentum) < 1:
            for variable, mean in zip(self.model.trainable_variables, averages(self.model), strict=True):
                mean.assign(variable.value)
        self._other = [np.array(variable) for variable in _statistics(self.model)]
        swap(self.model)
        measure_normalization(self.model, self._faces)

    def on_test_end(self, logs: dict[str, Any] | None = None) -> None:
        self._exchange()

    @contextmanager
    def applied(self) -> Iterator[None]:
        """Inside, the model is as it was validated last."""
        self._exchange()
        try:
            yield
        finally:
            self._exchange()

    def _exchange(self) -> None:
        if not averages(self.model):
            return
        swap(self.model)
        before = [np.array(variable) for variable in _statistics(self.model)]
        for variable, value in zip(_statistics(self.model), self._other, strict=True):
            variable.assign(value)
        self._other = before


def averages(model: keras.Model) -> list[Any]:
    """The mean of each trainable variable, as the optimizer keeps it; none where it keeps none."""
    optimizer = model.optimizer
    return list(optimizer._model_variables_moving_average) if getattr(optimizer, "use_ema", False) else []


def take_means(model: keras.Model) -> None:
    """Go on with the means as weights, as Keras does at the end of each `fit`; nothing where there are no means."""
    for variable, mean in zip(model.trainable_variables, averages(model), strict=False):
        variable.assign(mean.value)


def swap(model: keras.Model) -> None:
    """Exchange weights and means, in place; nothing where there are no means."""
    for variable, mean in zip(model.trainable_variables, averages(model), strict=False):
        before = keras.ops.copy(variable.value)
        variable.assign(mean.value)
        mean.assign(before)


def measure_normalization(model: keras.Model, faces: np.ndarray) -> None:
    """Set the mean and variance that batch normalisation expects to those of these faces, uint8 [N, 48, 48]."""
    layers = _normalizing(model)
    usual = [layer.momentum for layer in layers]
    for number, begin in enumerate(range(0, len(faces) if layers else 0, _BATCH)):
        for layer in layers:
            layer.momentum = number / (number + 1)  # which makes it the mean over the batches so far
        model(to_network_input(faces[begin : begin + _BATCH], model.input_shape[-1]), training=True)
    for layer, momentum in zip(layers, usual, strict=True):
        layer.momentum = momentum


def _normalizing(model: keras.Model) -> list[keras.layers.BatchNormalization]:
    return [layer for layer in model.layers if isinstance(layer, keras.layers.BatchNormalization)]


def _statistics(model: keras.Model) -> list[Any]:
    return [variable for layer in _normalizing(model) for variable in (layer.moving_mean, layer.moving_variance)]
