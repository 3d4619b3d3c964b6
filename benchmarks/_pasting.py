"""FER2013 faces enlarged and pasted into photographs: where the truth about face and place is known."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from emotion_core.datasets import FaceDataset
from emotion_core.images import read_rgb
from emotion_core.vision.geometry import Box

SIZES = (80, 300)  # side of a pasted face, in pixels
SAME_FACE_IOU = 0.4


@dataclass(frozen=True)
class Scene:
    """A photograph, uint8 [height, width, 3] RGB, and the boxes of the faces in it where they are known."""

    image: np.ndarray
    faces: tuple[Box, ...] = ()


@dataclass(frozen=True)
class Pasted:
    """A photograph into which data set row `row` was pasted over `place`."""

    image: np.ndarray
    place: Box
    row: int


def load_scenes(folder: Path) -> list[Scene]:
    """The photographs of a folder; `faces.json` beside them ({file: {faces_xywh: [[x, y, w, h]]}}) gives the boxes."""
    listing = folder / "faces.json"
    known = json.loads(listing.read_text()) if listing.exists() else {}
    files = sorted(file for file in folder.iterdir() if file.suffix.lower() in {".jpg", ".jpeg", ".png"})
    boxes = {name: tuple(Box(*map(int, box)) for box in entry["faces_xywh"]) for name, entry in known.items()}
    return [Scene(read_rgb(file), boxes.get(file.name, ())) for file in files]


def paste_faces(rows: FaceDataset, scenes: list[Scene], seed: int = 0, tilt: float = 0.0) -> Iterator[Pasted]:
    """Each row once: in a random photograph, at a random place, 80 to 300 px wide, turned by `tilt` degrees."""
    random = np.random.default_rng(seed)
    for row, face in enumerate(rows.images):
        image = scenes[random.integers(len(scenes))].image.copy()
        height, width = image.shape[:2]
        side = int(random.integers(SIZES[0], min(SIZES[1], height, width) + 1))
        left, top = int(random.integers(width - side + 1)), int(random.integers(height - side + 1))
        enlarged = cv2.resize(face, (side, side), interpolation=cv2.INTER_CUBIC)
        turn = cv2.getRotationMatrix2D((side / 2, side / 2), tilt, 1)
        turn[:, 2] += (left, top)
        covered = cv2.warpAffine(np.full_like(enlarged, 255), turn, (width, height)) > 127
        image[covered] = cv2.warpAffine(enlarged, turn, (width, height))[covered][:, np.newaxis]
        yield Pasted(image, Box(left, top, side, side), row)


def best_match(boxes: list[Box], place: Box) -> Box | None:
    """The box that covers the place best, if any is the same face (intersection over union at least 0.4)."""
    best = max(boxes, key=place.iou, default=None)
    return best if best is not None and place.iou(best) >= SAME_FACE_IOU else None


def sample_rows(dataset: FaceDataset, count: int, seed: int = 0) -> FaceDataset:
    """`count` rows at random, each picture at most once."""
    first = np.unique(dataset.picture_ids, return_index=True)[1]
    chosen = np.random.default_rng(seed).permutation(first)[:count]
    return dataset.take(np.sort(chosen))
