"""Faces in memory as uint8 to batches for Keras."""

import numpy as np
import tensorflow as tf

from emotion_core.store.run_config import RunConfig
from emotion_core.training.augmentation import augment


def training_batches(
    images: np.ndarray, targets: np.ndarray, config: RunConfig, channels: int, size: int, seed: int
) -> tf.data.Dataset:
    """Shuffled, augmented batches (float32 [B, size, size, channels] from 0 to 255, float32 [B, 7]), anew each epoch.

    images: uint8 [N, 48, 48]; targets: float32 [N, 7], what to teach. Only row numbers are shuffled; pixels stay
    uint8 until their batch is made.
    """
    all_images, all_targets = tf.constant(images), tf.constant(targets)

    def make_batch(rows: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        faces = augment(tf.cast(tf.gather(all_images, rows), tf.float32), config.augmentation, size)
        truth = tf.gather(all_targets, rows)
        if config.mixup:
            faces, truth = _mix(faces, truth, config.mixup)
        return _with_channels(faces, channels), truth

    rows = tf.data.Dataset.range(len(images)).shuffle(len(images), seed=seed)
    return rows.batch(config.batch_size).map(make_batch, num_parallel_calls=2).prefetch(4)


def validation_batches(images: np.ndarray, targets: np.ndarray, channels: int) -> tf.data.Dataset:
    """The rows as they are, in order."""

    def make_batch(faces: tf.Tensor, truth: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        return _with_channels(tf.cast(faces, tf.float32), channels), truth

    return tf.data.Dataset.from_tensor_slices((images, targets)).batch(256).map(make_batch).prefetch(2)


def _mix(faces: tf.Tensor, truth: tf.Tensor, alpha: float) -> tuple[tf.Tensor, tf.Tensor]:
    """Blend each face and its target with another's of the batch (mixup, Zhang et al. 2018,
    https://arxiv.org/abs/1710.09412)."""
    count = tf.shape(faces)[0]
    first, second = tf.random.gamma([count], alpha), tf.random.gamma([count], alpha)
    share = first / tf.maximum(first + second, 1e-9)  # a beta distribution is made of two gammas
    share = tf.maximum(share, 1 - share)[:, tf.newaxis]
    other = tf.random.shuffle(tf.range(count))
    mixed = share[..., tf.newaxis] * faces + (1 - share[..., tf.newaxis]) * tf.gather(faces, other)
    return mixed, share * truth + (1 - share) * tf.gather(truth, other)


def _with_channels(faces: tf.Tensor, channels: int) -> tf.Tensor:
    return tf.repeat(faces[..., tf.newaxis], channels, axis=-1)
