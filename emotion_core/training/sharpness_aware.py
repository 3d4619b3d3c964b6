"""Training steps that look for flat minima, which memorized labels do not make (sharpness-aware minimization)."""

from pathlib import Path
from typing import Any

import keras
import tensorflow as tf


@keras.saving.register_keras_serializable("emotion_core")
class SharpnessAware(keras.Model):
    """A network made of another one's inputs and outputs, whose weights it shares, that takes the steps of Foret et
    al. 2021 (https://arxiv.org/abs/2010.01412).

    The gradient is taken where the weights were moved by `radius` (the Euclidean norm of the whole move) to where the
    loss rises most. That direction is told by half of the batch alone, so a step takes half as long again, not twice
    (Du et al. 2022, https://arxiv.org/abs/2110.03141, use a part of it too). Set `radius` anew after loading.
    """

    radius = 0.0

    def train_step(self, data: Any) -> dict[str, Any]:
        """One step for one batch; the same return value as `keras.Model.train_step`."""
        moves = self._moves(data)
        # batch normalisation shall know the weights as they are, not as they are moved
        normalization = [tf.identity(variable.value) for variable in self.non_trainable_weights]
        for variable, move in zip(self.trainable_variables, moves, strict=True):
            variable.assign_add(move)
        logs: dict[str, Any] = super().train_step(data)
        for variable, move in zip(self.trainable_variables, moves, strict=True):
            variable.assign_sub(move)
        for variable, value in zip(self.non_trainable_weights, normalization, strict=True):
            variable.assign(value)
        return logs

    def _moves(self, data: Any) -> list[tf.Tensor]:
        batch = keras.utils.unpack_x_y_sample_weight(data)
        half = (tf.shape(batch[0])[0] + 1) // 2
        faces, targets, weights = (None if part is None else part[:half] for part in batch)
        with tf.GradientTape() as tape:
            loss = self.compute_loss(faces, targets, self(faces, training=True), weights)
        gradients = tape.gradient(loss, self.trainable_variables)
        norm = tf.linalg.global_norm(gradients)
        return [gradient * tf.math.divide_no_nan(self.radius, norm) for gradient in gradients]


def load_checkpoint(path: Path) -> keras.Model:
    """A network that a run saved while it trained, with its optimizer, whichever steps it takes."""
    return keras.saving.load_model(path)  # knows `SharpnessAware` because this file is imported
