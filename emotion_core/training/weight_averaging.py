"""Two networks of one kind made into one by averaging their weights."""

import keras
import numpy as np

from emotion_core.vision.faces.alignment import to_network_input

_FACES, _BATCH = 4096, 128
_MOMENTUM = 0.9


def blend(model: keras.Model, start: keras.Model, share: float, faces: np.ndarray) -> None:
    """Put `share` (0 to 1) of the start's weights into a model that was trained from them, in place.

    What was learnt since is kept for the most part, and what the start knew and the training lost comes back (Wortsman
    et al. 2022, https://arxiv.org/abs/2109.01903). The mean and variance that batch normalisation expects are measured
    anew, on training faces uint8 [N, 48, 48] as the app shows them, not as they were changed for training.
    """
    pairs = zip(start.get_weights(), model.get_weights(), strict=True)
    model.set_weights([share * before + (1 - share) * after for before, after in pairs])
    normalizing = [layer for layer in _layers(model) if isinstance(layer, keras.layers.BatchNormalization)]
    usual = [layer.momentum for layer in normalizing]
    for layer in normalizing:
        layer.momentum = _MOMENTUM
    chosen = np.random.default_rng(0).permutation(len(faces))[:_FACES]
    for begin in range(0, len(chosen) if normalizing else 0, _BATCH):
        batch = faces[chosen[begin : begin + _BATCH]]
        model(to_network_input(batch, model.input_shape[-1]), training=True)
    for layer, momentum in zip(normalizing, usual, strict=True):
        layer.momentum = momentum


def _layers(model: keras.Model) -> list[keras.layers.Layer]:
    """All layers, those inside other ones too."""
    found = []
    for layer in model.layers:
        found += [layer, *(_layers(layer) if isinstance(layer, keras.Model) else [])]
    return found
