"""The networks, each a readable builder: gray faces 0..255 in, seven probabilities out."""

from collections.abc import Callable

import keras
from keras import layers

from emotion_core.emotions import EMOTIONS
from emotion_core.images import FACE_SIZE


def build_seed(dropout: float) -> keras.Model:
    """The network this project began with: three convolutions and two dense layers, 319,527 parameters.

    Input float32 [N, 48, 48, 3] from 0 to 255 (the gray face repeated three times), output float32 [N, 7].
    """
    inputs = keras.Input((FACE_SIZE, FACE_SIZE, 3), name="face")
    x = layers.Rescaling(1 / 127.5, offset=-1)(inputs)  # -1..1: one point of validation accuracy over 0..1
    for filters in (16, 32, 64):
        x = layers.Conv2D(filters, 3, padding="same", activation="relu")(x)
        x = layers.MaxPooling2D()(x)
    x = layers.Dropout(dropout)(x)
    x = layers.Flatten()(x)
    x = layers.Dense(128, activation="relu")(x)
    outputs = layers.Dense(len(EMOTIONS), activation="softmax", name="probabilities")(x)
    return keras.Model(inputs, outputs, name="seed")


BUILDERS: dict[str, Callable[[float], keras.Model]] = {"seed": build_seed}
