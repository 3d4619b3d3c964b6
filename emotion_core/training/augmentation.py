"""Random changes to whole batches of faces, in the TensorFlow graph."""

import math

import tensorflow as tf

from emotion_core.images import FACE_SIZE
from emotion_core.store.run_config import Augmentation

_ERASED_AREA = (
    0.02,
    0.2,
)  # share of the face; random erasing as in Zhong et al. 2020, https://arxiv.org/abs/1708.04896
_ERASED_RATIO = (0.4, 2.5)  # width to height
_BLUR_TAPS = 7


def augment(faces: tf.Tensor, strength: Augmentation, size: int = FACE_SIZE) -> tf.Tensor:
    """Change each face of a batch on its own: float32 [N, H, W] from 0 to 255 in, float32 [N, size, size] out.

    One affine warp does flip, turn, zoom, shift and resizing together (one interpolation blurs less than five, and is
    faster).
    """
    faces = _tone(_warp(faces, strength, size), strength)
    if strength.blur:
        faces = _blur(faces, strength.blur)
    if strength.erasing:
        faces = _erase(faces, strength.erasing)
    if strength.noise:
        spread = tf.random.uniform([tf.shape(faces)[0], 1, 1], 0, strength.noise * 255)
        faces = tf.clip_by_value(faces + spread * tf.random.normal(tf.shape(faces)), 0.0, 255.0)
    return faces


def _warp(faces: tf.Tensor, strength: Augmentation, size: int) -> tf.Tensor:
    count, _, width = tf.unstack(tf.shape(faces))
    side = tf.cast(width, tf.float32)
    step = side / size  # pixels of the input to one of the output

    angle = _uniform(count, strength.rotation * math.pi / 180)
    # 1 + zoom and 1 / (1 + zoom) are equally likely
    scale = tf.exp(_uniform(count, math.log1p(strength.zoom))) / step
    mirror = tf.where(tf.random.uniform([count]) < 0.5, -1.0, 1.0) if strength.flip else tf.ones([count])
    shift_x, shift_y = _uniform(count, strength.shift) * side, _uniform(count, strength.shift) * side

    # The op asks where each output pixel comes from: turn about the middle, zoom, mirror, shift.
    cosine, sine = tf.cos(angle) / scale, tf.sin(angle) / scale
    middle, from_x, from_y = (size - 1) / 2, (side - 1) / 2 + shift_x, (side - 1) / 2 + shift_y
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
        output_shape=tf.constant([size, size]),
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


def _blur(faces: tf.Tensor, largest: float) -> tf.Tensor:
    """Gaussian blur; half of the faces stay as they are. Each face is a channel, so that each has its own kernel."""
    count, size, _ = tf.unstack(tf.shape(faces))
    deviation = tf.maximum(_uniform(count, largest), 1e-3) * tf.cast(size, tf.float32) / FACE_SIZE
    taps = tf.range(_BLUR_TAPS, dtype=tf.float32) - _BLUR_TAPS // 2
    kernel = tf.exp(-(taps[:, tf.newaxis] ** 2) / (2 * deviation**2))
    kernel /= tf.reduce_sum(kernel, axis=0)
    edge = _BLUR_TAPS // 2
    stacked = tf.pad(
        tf.transpose(faces, [1, 2, 0])[tf.newaxis], [[0, 0], [edge, edge], [edge, edge], [0, 0]], "REFLECT"
    )
    for shape in ((_BLUR_TAPS, 1), (1, _BLUR_TAPS)):
        stacked = tf.nn.depthwise_conv2d(stacked, tf.reshape(kernel, [*shape, count, 1]), [1, 1, 1, 1], "VALID")
    return tf.transpose(stacked[0], [2, 0, 1])


def _erase(faces: tf.Tensor, chance: float) -> tf.Tensor:
    """Cover a rectangle with one random gray."""
    count, size, _ = tf.unstack(tf.shape(faces))
    area = tf.random.uniform([count], *_ERASED_AREA)
    ratio = tf.exp(tf.random.uniform([count], math.log(_ERASED_RATIO[0]), math.log(_ERASED_RATIO[1])))
    rows = _inside(count, tf.sqrt(area / ratio), size)
    columns = _inside(count, tf.sqrt(area * ratio), size)
    chosen = (tf.random.uniform([count]) < chance)[:, tf.newaxis, tf.newaxis]
    covered = chosen & rows[:, :, tf.newaxis] & columns[:, tf.newaxis, :]
    return tf.where(covered, tf.random.uniform([count, 1, 1], 0, 255), faces)


def _inside(count: tf.Tensor, length: tf.Tensor, size: tf.Tensor) -> tf.Tensor:
    """bool [N, size]: which positions lie in a random stretch of the given length (a share of the side)."""
    middle = tf.random.uniform([count])[:, tf.newaxis]
    position = (tf.range(size, dtype=tf.float32) + 0.5) / tf.cast(size, tf.float32)
    return tf.abs(position - middle) < length[:, tf.newaxis] / 2


def _uniform(count: tf.Tensor, limit: float) -> tf.Tensor:
    return tf.random.uniform([count], -limit, limit)
