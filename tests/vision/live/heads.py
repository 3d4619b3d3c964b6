"""What the tests of the tracker share: heads on a gray wall, and a detector that finds what it is told."""

import numpy as np

from emotion_core.vision.geometry import Box

RATE = 30


class StubDetector:
    """Knows where the faces are, and counts how often it is asked."""

    def __init__(self) -> None:
        self.boxes: list[Box] = []
        self.asked = 0

    def detect(self, image: np.ndarray, known: object = None) -> list[Box]:
        self.asked += 1
        return self.boxes


def scene(head: np.ndarray, *places: tuple[int, int]) -> tuple[np.ndarray, list[Box]]:
    """A gray picture with a copy of the head at each place (top left corner), and where the faces are."""
    picture = np.full((480, 960, 3), 110, np.uint8)
    boxes = []
    for x, y in places:
        height, width = head.shape[:2]
        picture[y : y + height, x : x + width] = head
        boxes.append(Box(x + 60, y + 30, 110, 110))
    return picture, boxes
