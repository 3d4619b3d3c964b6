"""BlazeFace (Bazarevsky et al. 2019, https://arxiv.org/abs/1907.05047), the detector of MediaPipe."""

from collections.abc import Collection
from functools import cache

import cv2
import numpy as np

from emotion_core.vision.assets import BLAZEFACE
from emotion_core.vision.geometry import Box, KnownFaces, sort_boxes
from emotion_core.vision.tflite import Network, sigmoid

_INPUT = 256
_GRIDS = ((16, 2), (8, 6))  # cells a side and anchors in each: MediaPipe's SSD options for the back camera
_MAX_OVERLAP = 0.3  # intersection over union above which two finds are one face
_TILE = 0.6  # of the picture's longer side
_SAME = 0.2  # intersection over union above which a find is a face that was there a moment ago


@cache
def _network() -> Network:
    return Network(BLAZEFACE)


class BlazeFaceDetector:
    """Finds faces in any pose, where the cascade wants them upright and frontal; landmarks confirm what it finds.

    min_score: 0 to 1; below it a find is dropped.
    closer: look at overlapping parts of the picture too, for faces that are small in it; costs several looks.
    shared: one network, of 14 MiB, for all detectors, whose calls wait for each other; else a network of its own.
    Safe to share between threads.
    """

    def __init__(self, min_score: float = 0.3, closer: bool = True, shared: bool = True) -> None:
        self.min_score = min_score
        self.closer = closer
        self._network = _network() if shared else Network(BLAZEFACE)
        self._anchors = _anchors()

    def detect(self, image: np.ndarray, known: KnownFaces | None = None) -> list[Box]:
        """Boxes of the faces in a picture, largest first.

        image: uint8 [height, width, 3] RGB or [height, width] gray. Boxes are in its pixels.
        known: asks where the faces were a moment ago, if that is known. Then a part is looked at only for one of these
        that the whole picture does not show; a small face that is new waits for a search without `known`.
        """
        if image.ndim == 2:
            image = cv2.cvtColor(image, cv2.COLOR_GRAY2RGB)
        height, width = image.shape[:2]
        found = [self._detect_in_tile(image, (0, 0))]
        parts: Collection[tuple[int, int]] = []
        side = round(_TILE * max(height, width))
        if self.closer and max(height, width) > _INPUT:
            parts = [(x, y) for y in _starts(height, side) for x in _starts(width, side)]
        if known is not None and parts:
            shown = [Box(*map(round, box)) for box in found[0][0].tolist()]
            missed = [box for box in known() if not any(box.iou(other) > _SAME for other in shown)]
            parts = {_part_around(box, parts, side) for box in missed}
        found += [self._detect_in_tile(image[y : y + side, x : x + side], (x, y)) for x, y in parts]
        boxes, scores = (np.concatenate(values) for values in zip(*found, strict=True))
        kept = cv2.dnn.NMSBoxes(boxes.tolist(), scores.tolist(), self.min_score, _MAX_OVERLAP)
        return sort_boxes(Box(*map(round, boxes[index].tolist())) for index in kept)

    def _detect_in_tile(self, part: np.ndarray, origin: tuple[int, int]) -> tuple[np.ndarray, np.ndarray]:
        """Boxes float [N, 4] as x, y, width, height in pixels of the picture, and their scores [N]."""
        height, width = part.shape[:2]
        side = max(height, width)
        size = (max(1, round(_INPUT * width / side)), max(1, round(_INPUT * height / side)))
        canvas = np.zeros((1, _INPUT, _INPUT, 3), np.float32)
        canvas[0, : size[1], : size[0]] = cv2.resize(part, size, interpolation=cv2.INTER_AREA) / 127.5 - 1
        regressors, logits = self._network.run(canvas)
        scores = sigmoid(logits[0, :, 0])
        likely = scores >= self.min_score
        values = regressors[0, likely, :4] / _INPUT
        sizes = values[:, 2:].clip(1 / side)
        corners = values[:, :2] + self._anchors[likely] - sizes / 2
        return np.hstack([corners * side + origin, sizes * side]), scores[likely]


def _anchors() -> np.ndarray:
    """float [896, 2]: the middle of each anchor's cell, in sides of the input."""
    middles = []
    for cells, repeats in _GRIDS:
        steps = (np.arange(cells) + 0.5) / cells
        middles.append(np.stack(np.meshgrid(steps, steps), axis=-1).reshape(-1, 2).repeat(repeats, axis=0))
    return np.concatenate(middles)


def _part_around(box: Box, parts: Collection[tuple[int, int]], side: int) -> tuple[int, int]:
    """The part in whose middle a box lies, nearly."""
    return min(parts, key=lambda corner: float(np.hypot(*(np.array(corner) + side / 2 - box.centre))))


def _starts(length: int, side: int) -> list[int]:
    """Where parts begin that cover a length."""
    return [0] if length <= side else [0, length - side]
