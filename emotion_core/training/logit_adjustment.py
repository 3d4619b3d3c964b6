"""A network changed as if the emotions had been more equally frequent among the faces it learnt from.

Logit adjustment (Menon et al. 2021, https://arxiv.org/abs/2007.07314): from each logit, strength times the logarithm of
the emotion's frequency is taken. An emotion without a face stays as the most frequent one.
"""

from collections.abc import Mapping

import keras
import numpy as np

from emotion_core.emotions import EMOTIONS
from emotion_core.registry.model_folder import ModelError, ModelFolder


def adjust_logits(model: keras.Model, counts: Mapping[str, int], strength: float) -> None:
    """Move the biases of its last layer. counts: the faces of each emotion that it learnt from; strength: 1 as if all
    had been equally frequent, 0 not at all."""
    faces = np.array([counts.get(emotion, 0) for emotion in EMOTIONS])
    shares = np.where(faces, faces, faces.max()) / faces.max()
    last = model.get_layer("probabilities")
    kernel, bias = last.get_weights()
    last.set_weights([kernel, bias - strength * np.log(shares)])


def undo_adjustment(model: keras.Model, folder: ModelFolder) -> None:
    """Give the network of a model folder the biases that it had learnt, to go on from there. Raises `ModelError` where
    its card does not say how they were adjusted."""
    strength, counts = folder.card.recipe.get("logit_adjustment", 0.0), folder.card.data.training_counts
    if not strength:
        return
    if not isinstance(strength, float) or not any(counts.values()):
        raise ModelError(f"The card of {folder.name} does not say how its logits were adjusted.")
    adjust_logits(model, counts, -strength)
