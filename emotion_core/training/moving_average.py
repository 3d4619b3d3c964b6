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


class ValidateAverage(keras.callbacks.Callback):
    """Validates the means instead of the weights of the moment."""

    def on_test_begin(self, logs: dict[str, Any] | None = None) -> None:
        swap(self.model)

    def on_test_end(self, logs: dict[str, Any] | None = None) -> None:
        swap(self.model)
