"""Why a face was read as it was: what its answer loses when parts of it are covered.

Occlusion sensitivity (Zeiler & Fergus 2014, https://arxiv.org/abs/1311.2901), with soft patches for a smooth map, and
with the named parts of a face for a sentence.
"""

from dataclasses import dataclass

import cv2
import numpy as np

from emotion_core.images import FACE_SIZE
from emotion_core.vision.faces.classifier import Classifier
from emotion_core.vision.faces.drawing import HEAT_RGB, LITTLE_HEAT, heat_strength

# Where the parts lie in a face as it is cut out for the network, in its 48 pixels: (left, top, right, bottom), around
# the eyes and the mouth where `alignment.FRAMING` has them.
PARTS = {
    "brows": (8, 9, 40, 16),
    "eyes": (8, 15, 40, 23),
    "nose": (18, 20, 30, 32),
    "mouth": (13, 31, 35, 43),
}
_STEP, _SPREAD = 4, 4.0  # pixels between the middles of two patches, and each patch's standard deviation
_FEATHER = 2.0  # pixels: of the covers' edges, which would themselves look like something
_SIDE = 192  # pixels of a drawn face


@dataclass(frozen=True)
class Explanation:
    """What covering does to one emotion of one face.

    heat: float32 [48, 48], the probability lost where the place is covered; negative where covering adds some.
    before: the emotion's probability; covered: the same for each of `PARTS` that is covered.
    """

    emotion: str
    heat: np.ndarray
    before: float
    covered: dict[str, float]

    @property
    def sentence(self) -> str:
        """The part that matters most, in words: "With the mouth covered, happy falls from 93% to 41%." """
        part = min(self.covered, key=self.covered.__getitem__)
        after = self.covered[part]
        if self.before - after < LITTLE_HEAT:
            return f"No single part decides: with any of them covered, {self.emotion} stays at about {self.before:.0%}."
        return f"With the {part} covered, {self.emotion} falls from {self.before:.0%} to {after:.0%}."

    def picture(self, crop: np.ndarray) -> np.ndarray:
        """uint8 [192, 192, 3] RGB: the face, uint8 [48, 48], coloured where covering takes probability away; full
        colour is the largest loss, if it is one at all."""
        gray = cv2.resize(crop, (_SIDE, _SIDE), interpolation=cv2.INTER_CUBIC)[..., np.newaxis].astype(np.float32)
        strength = heat_strength(self.heat)
        share = 0.7 * cv2.resize(strength, (_SIDE, _SIDE), interpolation=cv2.INTER_CUBIC).clip(0, 1)[..., np.newaxis]
        return (gray * (1 - share) + HEAT_RGB * share).astype(np.uint8)


def explain(crop: np.ndarray, emotion: str, classifier: Classifier) -> Explanation:
    """Cover a face, uint8 [48, 48], here and there with its mean gray, and see what the emotion loses."""
    middles = [(y, x) for y in range(2, FACE_SIZE, _STEP) for x in range(2, FACE_SIZE, _STEP)]
    patches = np.stack([_patch(*middle) for middle in middles])
    parts = np.stack([_cover(*box) for box in PARTS.values()])
    column = classifier.labels.index(emotion)
    covers = np.concatenate([np.zeros((1, FACE_SIZE, FACE_SIZE), np.float32), patches, parts])
    values = classifier.predict(_covered(crop, covers))[:, column].astype(float)
    before, drops, after = values[0], values[0] - values[1 : 1 + len(patches)], values[1 + len(patches) :]
    heat = np.tensordot(drops, patches, 1) / patches.sum(axis=0)
    return Explanation(emotion, heat.astype(np.float32), before, dict(zip(PARTS, after.tolist(), strict=True)))


def _covered(crop: np.ndarray, covers: np.ndarray) -> np.ndarray:
    """uint8 [N, 48, 48]: the face under each cover, float32 [N, 48, 48], 1 where nothing of it is left."""
    return np.rint(crop * (1 - covers) + float(crop.mean()) * covers).astype(np.uint8)


def _patch(y: int, x: int) -> np.ndarray:
    across = np.arange(FACE_SIZE, dtype=np.float32)
    down = np.exp(-((across - y) ** 2) / (2 * _SPREAD**2))
    return np.outer(down, np.exp(-((across - x) ** 2) / (2 * _SPREAD**2)))


def _cover(left: int, top: int, right: int, bottom: int) -> np.ndarray:
    cover = np.zeros((FACE_SIZE, FACE_SIZE), np.float32)
    cover[top:bottom, left:right] = 1
    return cv2.GaussianBlur(cover, (0, 0), _FEATHER)
