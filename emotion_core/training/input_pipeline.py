"""Faces in memory as uint8 to batches for Keras."""

import numpy as np
import tensorflow as tf

from emotion_core.datasets.augmentation import augment
from emotion_core.experiments.config import RunConfig
from emotion_core.vision.faces.alignment import to_network_input

VALIDATION_BATCH = 64  # four times as many take 80 MiB more and no less time


def training_batches(
    images: np.ndarray,
    targets: np.ndarray,
    config: RunConfig,
    channels: int,
    size: int,
    seed: int,
    aligned: np.ndarray | None = None,
) -> tf.data.Dataset:
    """Shuffled, augmented batches (float32 [B, size, size, channels] from 0 to 255, float32 [B, K]), anew each epoch.

    images: uint8 [N, 48, 48]; targets: float32 [N, K], what to teach; aligned: the same faces as
    `align_faces` turns them, of which the config's share is shown instead. Only row numbers are shuffled; pixels stay
    uint8 until their batch is made. The same seed gives the same batches.
    """

    def make_batch(rows: np.ndarray, chance: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        random = np.random.default_rng(int(chance))  # batches are made side by side: each has its own
        faces, truth = images[rows], targets[rows]
        if aligned is not None:
            turned = random.random(len(rows)) < config.aligned_fraction
            faces[turned] = aligned[rows[turned]]
        faces = augment(faces, config.augmentation, random, size)
        return to_network_input(faces, channels), truth

    def in_graph(rows: tf.Tensor, chance: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        faces, truth = tf.numpy_function(make_batch, [rows, chance], (tf.float32, tf.float32))
        faces.set_shape((None, size, size, channels))
        truth.set_shape((None, targets.shape[1]))
        return faces, truth

    rows = tf.data.Dataset.range(len(images)).shuffle(len(images), seed=seed)
    chances = tf.data.Dataset.random(seed=seed, rerandomize_each_iteration=True)
    batches = tf.data.Dataset.zip(rows.batch(config.batch_size), chances)
    return batches.map(in_graph, num_parallel_calls=2).prefetch(4)


def validation_batches(images: np.ndarray, targets: np.ndarray, channels: int) -> tf.data.Dataset:
    """The rows as they are, in order."""

    def make_batch(faces: tf.Tensor, truth: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        return tf.repeat(tf.cast(faces, tf.float32)[..., tf.newaxis], channels, axis=-1), truth

    return tf.data.Dataset.from_tensor_slices((images, targets)).batch(VALIDATION_BATCH).map(make_batch).prefetch(2)
