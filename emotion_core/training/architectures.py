"""The networks, each a readable builder: gray faces 0..255 in, seven probabilities out."""

import math
from collections.abc import Callable
from typing import Any

import keras
from keras import layers

from emotion_core.emotions import EMOTIONS
from emotion_core.experiments.networks import DESCRIPTIONS
from emotion_core.files import write_json
from emotion_core.images import FACE_SIZE


def build_baseline(dropout: float, size: int | None = FACE_SIZE) -> keras.Model:
    """The network this project began with: three convolutions and two dense layers, 319,527 parameters.

    Input float32 [N, 48, 48, 3] from 0 to 255 (the gray face repeated three times), output float32 [N, 7]. Its dense
    layers fix the size: another one is a ValueError.
    """
    if size != FACE_SIZE:
        raise ValueError(f"The baseline network takes faces of {FACE_SIZE} pixels, not {size}.")
    inputs = keras.Input((FACE_SIZE, FACE_SIZE, 3), name="face")
    x = layers.Rescaling(1 / 127.5, offset=-1)(inputs)  # -1..1: one point of validation accuracy over 0..1
    for filters in (16, 32, 64):
        x = layers.Conv2D(filters, 3, padding="same", activation="relu")(x)
        x = layers.MaxPooling2D()(x)
    x = layers.Dropout(dropout)(x)
    x = layers.Flatten()(x)
    x = layers.Dense(128, activation="relu")(x)
    return keras.Model(inputs, _probabilities(x), name="baseline")


def build_residual_small(dropout: float, size: int | None = FACE_SIZE) -> keras.Model:
    """A residual network for quick retraining; see `_residual`."""
    return _residual("residual_small", (16, 32, 64, 80), dropout, size)


def build_residual(dropout: float, size: int | None = FACE_SIZE) -> keras.Model:
    """A residual network that still runs in real time; see `_residual`."""
    return _residual("residual", (32, 64, 128, 256), dropout, size)


def multiply_adds(model: keras.Model) -> int:
    """Of convolutions and dense layers, for one face: positions of the output times weights of the kernel."""
    return sum(
        math.prod(layer.output.shape[1:-1]) * math.prod(layer.kernel.shape)
        for layer in model.layers
        if isinstance(layer, layers.Conv2D | layers.Dense)
    )


def _residual(name: str, widths: tuple[int, int, int, int], dropout: float, size: int | None) -> keras.Model:
    """Residual blocks (He et al. 2016, https://arxiv.org/abs/1512.03385) in the plan of VGG (Simonyan & Zisserman 2015,
    https://arxiv.org/abs/1409.1556), which keeps small faces at full size for the first convolutions.

    Input float32 [N, size, size, 1] from 0 to 255 (any size when None), output float32 [N, 7]. Each face is first
    brought to mean 0 and deviation 1, so that its light and contrast do not matter.
    """
    inputs = keras.Input((size, size, 1), name="face")
    x = layers.LayerNormalization(axis=(1, 2, 3), center=False, scale=False, epsilon=1.0)(inputs)
    for stage, filters in enumerate(widths):
        if stage:
            x = layers.MaxPooling2D()(x)
        x = layers.ReLU()(_convolution(x, filters))
        x = _block(x, filters) if stage else layers.ReLU()(_convolution(x, filters))
    x = layers.GlobalAveragePooling2D()(x)
    x = layers.Dropout(dropout)(x)
    return keras.Model(inputs, _probabilities(x), name=name)


def _block(x: keras.KerasTensor, filters: int) -> keras.KerasTensor:
    """Two convolutions whose result is added to their input."""
    change = layers.ReLU()(_convolution(x, filters))
    return layers.ReLU()(layers.Add()([x, _convolution(change, filters)]))


def _convolution(x: keras.KerasTensor, filters: int) -> keras.KerasTensor:
    x = layers.Conv2D(filters, 3, padding="same", use_bias=False, kernel_initializer="he_normal")(x)
    return layers.BatchNormalization(momentum=0.95)(x)


def _probabilities(x: keras.KerasTensor) -> keras.KerasTensor:
    return layers.Dense(len(EMOTIONS), activation="softmax", dtype="float32", name="probabilities")(x)


BUILDERS: dict[str, Callable[[float, int | None], keras.Model]] = {
    "baseline": build_baseline,
    "residual_small": build_residual_small,
    "residual": build_residual,
}


def describe_architectures() -> dict[str, Any]:
    """Every network's layers and sizes, as `emotion_core.experiments.networks` reads them."""
    described = {}
    for name, build in BUILDERS.items():
        model = build(0.5, FACE_SIZE)
        layer_list = [
            {
                "layer": type(layer).__name__,
                "output": " × ".join(map(str, layer.output.shape[1:])),
                "parameters": layer.count_params(),
            }
            for layer in model.layers
        ]
        sizes = {"parameters": model.count_params(), "multiply_adds": multiply_adds(model)}
        described[name] = {**sizes, "layers": layer_list}
    return described


if __name__ == "__main__":
    write_json(DESCRIPTIONS, describe_architectures())
