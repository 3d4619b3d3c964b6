"""Random changes to faces: what training sees, and what the train page shows beforehand."""

import math

import cv2
import numpy as np

from emotion_core.experiments.config import Augmentation
from emotion_core.images import FACE_SIZE

# Random erasing as in Zhong et al. 2020, https://arxiv.org/abs/1708.04896
_ERASED_AREA = (0.02, 0.2)  # share of the face
_ERASED_RATIO = (0.4, 2.5)  # width to height


def augment(
    faces: np.ndarray, strength: Augmentation, random: np.random.Generator, size: int = FACE_SIZE
) -> np.ndarray:
    """Change each face on its own: uint8 [N, H, W] in, float32 [N, size, size] from 0 to 255 out.

    One affine warp does flip, turn, zoom, shift and resizing together (one interpolation blurs less than five, and is
    faster).
    """
    changed = _tone(_warp(faces, strength, random, size), strength, random)
    if strength.blur:
        changed = _blur(changed, strength.blur, random)
    if strength.erasing:
        changed = _erase(changed, strength.erasing, random)
    if strength.noise:
        limit = strength.noise * 255
        spread = np.maximum(0, random.uniform(-limit, limit, (len(faces), 1, 1))).astype(np.float32)  # of half of them
        changed = np.clip(changed + spread * random.standard_normal(changed.shape, dtype=np.float32), 0, 255)
    return changed


def _warp(faces: np.ndarray, strength: Augmentation, random: np.random.Generator, size: int) -> np.ndarray:
    count, side = len(faces), faces.shape[2]
    angle = np.radians(random.uniform(-strength.rotation, strength.rotation, count))
    # 1 + zoom and 1 / (1 + zoom) are equally likely; side / size pixels of the input go to one of the output
    limit = math.log1p(strength.zoom)
    step = side / size / np.exp(random.uniform(-limit, limit, count))
    mirror = np.where(random.random(count) < 0.5, -1.0, 1.0) if strength.flip else np.ones(count)
    shift = random.uniform(-strength.shift, strength.shift, (2, count)) * side

    # Where each output pixel comes from: turn about the middle, zoom, mirror, shift.
    cosine, sine = np.cos(angle) * step, np.sin(angle) * step
    middle, (from_x, from_y) = (size - 1) / 2, (side - 1) / 2 + shift
    maps = np.empty((count, 2, 3))
    maps[:, 0] = np.stack([mirror * cosine, -mirror * sine, from_x - mirror * (cosine - sine) * middle], axis=1)
    maps[:, 1] = np.stack([sine, cosine, from_y - (sine + cosine) * middle], axis=1)
    warped = np.empty((count, size, size), np.float32)
    for face, back, out in zip(faces.astype(np.float32), maps, warped, strict=True):
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        cv2.warpAffine(face, back, (size, size), dst=out, flags=flags, borderMode=cv2.BORDER_REPLICATE)
    return warped


def _tone(faces: np.ndarray, strength: Augmentation, random: np.random.Generator) -> np.ndarray:
    factor, offset = (
        random.uniform(-limit, limit, (len(faces), 1, 1)).astype(np.float32)
        for limit in (strength.contrast, strength.brightness * 255)
    )
    mean = faces.mean(axis=(1, 2), keepdims=True)
    return np.clip((faces - mean) * (1 + factor) + mean + offset, 0, 255)


def _blur(faces: np.ndarray, largest: float, random: np.random.Generator) -> np.ndarray:
    """Gaussian blur; half of the faces stay as they are."""
    scale = faces.shape[1] / FACE_SIZE
    for face, deviation in zip(faces, random.uniform(-largest, largest, len(faces)) * scale, strict=True):
        if deviation > 0:
            cv2.GaussianBlur(face, (0, 0), deviation, dst=face)
    return faces


def _erase(faces: np.ndarray, chance: float, random: np.random.Generator) -> np.ndarray:
    """Cover a rectangle with one random gray."""
    count, size = faces.shape[:2]
    area = random.uniform(*_ERASED_AREA, count)
    narrowest, widest = np.log(_ERASED_RATIO).tolist()
    ratio = np.exp(random.uniform(narrowest, widest, count))
    rows = _inside(np.sqrt(area / ratio), size, random)
    columns = _inside(np.sqrt(area * ratio), size, random)
    chosen = random.random((count, 1, 1)) < chance
    covered = chosen & rows[:, :, np.newaxis] & columns[:, np.newaxis, :]
    return np.where(covered, random.uniform(0, 255, (count, 1, 1)).astype(np.float32), faces)


def _inside(length: np.ndarray, size: int, random: np.random.Generator) -> np.ndarray:
    """bool [N, size]: which positions lie in a random stretch of the given length (a share of the side)."""
    middle = random.random(len(length))[:, np.newaxis]
    position = (np.arange(size) + 0.5) / size
    return np.asarray(np.abs(position - middle) < length[:, np.newaxis] / 2)


def preview(faces: np.ndarray, augmentation: Augmentation, columns: int = 10, epochs: int = 3) -> list[np.ndarray]:
    """Some faces as they are, and as that many epochs would show them: uint8 [columns, 48, 48] each, the same ones
    every time.

    faces: uint8 [N, 48, 48].
    """
    chosen = faces[np.random.default_rng(0).permutation(len(faces))[:columns]]
    changed = [augment(chosen, augmentation, np.random.default_rng(epoch)).astype(np.uint8) for epoch in range(epochs)]
    return [chosen, *changed]
