"""The mean of the weights over the last steps (an exponential moving average), which is what is measured and kept."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import keras


def averages(model: keras.Model) -> list[Any]:
    """The mean of each trainable variable, as the optimizer keeps it; none where it keeps none."""
    optimizer = model.optimizer
    return list(optimizer._model_variables_moving_average) if getattr(optimizer, "use_ema", False) else []


def swap(model: keras.Model) -> None:
    """Exchange weights and means, in place; nothing where there are no means."""
    for variable, mean in zip(model.trainable_variables, averages(model), strict=False):
        before = keras.ops.copy(variable.value)
        variable.assign(mean.value)
        mean.assign(before)


@contextmanager
def averaged(model: keras.Model) -> Iterator[None]:
    """Inside, the model has the means for weights."""
    swap(model)
    try:
        yield
    finally:
        swap(model)


def begin_anew(model: keras.Model) -> None:
    """Make the means the weights of the moment."""
    for variable, mean in zip(model.trainable_variables, averages(model), strict=False):
        mean.assign(variable.value)


class ValidateAverage(keras.callbacks.Callback):
    """Validates the means instead of the weights of the moment.

    Keras begins them with the first, random weights. So they begin anew after each epoch until as many steps are done
    as they are over: a run that ends before has the weights of its last step.
    """

    def on_test_begin(self, logs: dict[str, Any] | None = None) -> None:
        optimizer = self.model.optimizer
        if averages(self.model) and int(optimizer.iterations) * (1 - optimizer.ema_momentum) < 1:
            begin_anew(self.model)
        swap(self.model)

    def on_test_end(self, logs: dict[str, Any] | None = None) -> None:
        swap(self.model)
