"""Random changes to whole batches of faces, in the TensorFlow graph."""

import math

import tensorflow as tf

from emotion_core.store.run_config import Augmentation


def augment(faces: tf.Tensor, strength: Augmentation) -> tf.Tensor:
    """Change each face of a batch on its own: float32 [N, H, W] from 0 to 255 in and out.

    One affine warp does flip, turn, zoom and shift together (one interpolation blurs less than four, and is faster).
    """
    return _tone(_warp(faces, strength), strength)


def _warp(faces: tf.Tensor, strength: Augmentation) -> tf.Tensor:
    count, height, width = tf.unstack(tf.shape(faces))
    side = tf.cast(width, tf.float32)
    middle = (side - 1) / 2

    angle = _uniform(count, strength.rotation * math.pi / 180)
    # 1 + zoom and 1 / (1 + zoom) are equally likely
    scale = tf.exp(_uniform(count, math.log1p(strength.zoom)))
    mirror = tf.where(tf.random.uniform([count]) < 0.5, -1.0, 1.0) if strength.flip else tf.ones([count])
    shift_x, shift_y = _uniform(count, strength.shift) * side, _uniform(count, strength.shift) * side

    # The op asks where each output pixel comes from: turn about the middle, zoom, mirror, shift.
    cosine, sine = tf.cos(angle) / scale, tf.sin(angle) / scale
    from_x, from_y = middle + shift_x, middle + shift_y
    zeros = tf.zeros([count])
    transforms = tf.stack(
        [
            mirror * cosine,
            -mirror * sine,
            from_x - mirror * (cosine - sine) * middle,
            sine,
            cosine,
            from_y - (sine + cosine) * middle,
            zeros,
            zeros,
        ],
        axis=1,
    )
    warped = tf.raw_ops.ImageProjectiveTransformV3(
        images=faces[..., tf.newaxis],
        transforms=transforms,
        output_shape=tf.stack([height, width]),
        fill_value=0.0,
        interpolation="BILINEAR",
        fill_mode="NEAREST",
    )
    return warped[..., 0]


def _tone(faces: tf.Tensor, strength: Augmentation) -> tf.Tensor:
    count = tf.shape(faces)[0]
    factor = (1 + _uniform(count, strength.contrast))[:, tf.newaxis, tf.newaxis]
    offset = (_uniform(count, strength.brightness) * 255)[:, tf.newaxis, tf.newaxis]
    mean = tf.reduce_mean(faces, axis=[1, 2], keepdims=True)
    return tf.clip_by_value((faces - mean) * factor + mean + offset, 0.0, 255.0)


def _uniform(count: tf.Tensor, limit: float) -> tf.Tensor:
    return tf.random.uniform([count], -limit, limit)
