"""Faces in memory as uint8 to batches for Keras."""

import numpy as np
import tensorflow as tf

from emotion_core.store.run_config import Augmentation
from emotion_core.training.augmentation import augment


def training_batches(
    images: np.ndarray, labels: np.ndarray, batch_size: int, strength: Augmentation, channels: int, seed: int
) -> tf.data.Dataset:
    """Shuffled, augmented batches (float32 [B, 48, 48, channels] from 0 to 255, int64 [B]), anew each epoch.

    Only row numbers are shuffled; pixels stay uint8 until their batch is made.
    """
    all_images, all_labels = tf.constant(images), tf.constant(labels)

    def make_batch(rows: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        faces = augment(tf.cast(tf.gather(all_images, rows), tf.float32), strength)
        return _with_channels(faces, channels), tf.gather(all_labels, rows)

    rows = tf.data.Dataset.range(len(images)).shuffle(len(images), seed=seed)
    return rows.batch(batch_size).map(make_batch, num_parallel_calls=2).prefetch(4)


def validation_batches(images: np.ndarray, labels: np.ndarray, channels: int) -> tf.data.Dataset:
    """The rows as they are, in order."""

    def make_batch(faces: tf.Tensor, truth: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        return _with_channels(tf.cast(faces, tf.float32), channels), truth

    return tf.data.Dataset.from_tensor_slices((images, labels)).batch(256).map(make_batch).prefetch(2)


def _with_channels(faces: tf.Tensor, channels: int) -> tf.Tensor:
    return tf.repeat(faces[..., tf.newaxis], channels, axis=-1)
