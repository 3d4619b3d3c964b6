"""What was found: a box, and a face in it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np


@dataclass(frozen=True)
class Box:
    """A rectangle in pixels of the upright picture: left edge, top edge, width, height."""

    x: int
    y: int
    width: int
    height: int

    def __post_init__(self) -> None:
        if self.width <= 0 or self.height <= 0:
            raise ValueError(f"A box needs a positive size, not {self.width} x {self.height}.")

    def iou(self, other: "Box") -> float:
        """Intersection over union, 0 (apart) to 1 (the same)."""
        across = min(self.x + self.width, other.x + other.width) - max(self.x, other.x)
        down = min(self.y + self.height, other.y + other.height) - max(self.y, other.y)
        shared = max(across, 0) * max(down, 0)
        return shared / (self.width * self.height + other.width * other.height - shared)

    def to_list(self) -> list[int]:
        """[x, y, width, height]."""
        return [self.x, self.y, self.width, self.height]


@dataclass(frozen=True)
class Face:
    """A classified face.

    probabilities: by emotion name, adding up to 1.
    is_uncertain: the confidence lies below what the model's card asks for.
    crop: what the network saw, uint8 [48, 48], gray.
    """

    box: Box
    probabilities: Mapping[str, float]
    is_uncertain: bool = False
    crop: np.ndarray | None = field(default=None, compare=False, repr=False)

    @property
    def emotion(self) -> str:
        """The most probable emotion."""
        return max(self.probabilities, key=self.probabilities.__getitem__)

    @property
    def confidence(self) -> float:
        """The probability of that emotion."""
        return self.probabilities[self.emotion]

    @property
    def answer(self) -> str:
        """What people are told: "happy 91%", or "uncertain: sad 34%"."""
        return answer(self.emotion, self.confidence, self.is_uncertain)


def answer(emotion: str, confidence: float, is_uncertain: bool) -> str:
    """An answer in words.

    >>> answer("happy", 0.914, False), answer("sad", 0.34, True)
    ('happy 91%', 'uncertain: sad 34%')
    """
    return f"{'uncertain: ' if is_uncertain else ''}{emotion} {confidence:.0%}"
