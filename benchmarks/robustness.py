"""What bad pictures cost: accuracy on pasted faces after blur, noise, darkness and the like.

    python -m benchmarks.robustness --data FER2013 --scenes FOLDER [--split validation]

Faces of the split (validation: those that the model has not learnt from), each picture once, are pasted into
photographs and found by the cascade in the clean photograph. Then the photograph, or the box, is spoilt and the same
faces are classified again: only the picture differs.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import cv2
import numpy as np
import typer

from benchmarks._pasting import Scene, best_match, load_scenes, paste_faces, sample_rows
from emotion_core.datasets import FaceDataset, load
from emotion_core.evaluation.comparison import unseen_rows
from emotion_core.images import to_gray
from emotion_core.registry.active import active_model
from emotion_core.registry.model_folder import open_model
from emotion_core.vision.detection.haar import CascadeDetector
from emotion_core.vision.faces.alignment import crop_faces
from emotion_core.vision.faces.classifier import Classifier
from emotion_core.vision.geometry import Box, Detector

Spoiler = Callable[[np.ndarray, Box, np.random.Generator], tuple[np.ndarray, Box]]
CLEAN = "as it is"


def blur(image: np.ndarray, box: Box, random: np.random.Generator) -> tuple[np.ndarray, Box]:
    """Gaussian, with a standard deviation of 2 % of the face's width (one of FER2013's pixels)."""
    return cv2.GaussianBlur(image, (0, 0), box.width * 0.02), box


def jpeg(image: np.ndarray, box: Box, random: np.random.Generator) -> tuple[np.ndarray, Box]:
    """JPEG of quality 15 of 100."""
    encoded = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, 15])[1]
    return np.asarray(cv2.imdecode(encoded, cv2.IMREAD_GRAYSCALE)), box


def noise(image: np.ndarray, box: Box, random: np.random.Generator) -> tuple[np.ndarray, Box]:
    """Gaussian, standard deviation 25 of 255."""
    return np.clip(image + random.normal(0, 25, image.shape), 0, 255).astype(np.uint8), box


def darkness(image: np.ndarray, box: Box, random: np.random.Generator) -> tuple[np.ndarray, Box]:
    """A fifth of the light."""
    return (image * 0.2).astype(np.uint8), box


def contrast(image: np.ndarray, box: Box, random: np.random.Generator) -> tuple[np.ndarray, Box]:
    """A quarter of the contrast, around middle gray."""
    return (128 + (image.astype(float) - 128) * 0.25).astype(np.uint8), box


def occlusion(image: np.ndarray, box: Box, random: np.random.Generator) -> tuple[np.ndarray, Box]:
    """A gray square over 10 % of the face, anywhere in it."""
    side = round(box.width * 0.1**0.5)
    left, top = (int(start + random.integers(box.width - side)) for start in (box.x, box.y))
    covered = image.copy()
    covered[max(top, 0) : max(top + side, 0), max(left, 0) : max(left + side, 0)] = 128
    return covered, box


def tilt(image: np.ndarray, box: Box, random: np.random.Generator) -> tuple[np.ndarray, Box]:
    """The photograph turned by 10 degrees about the face, one way or the other."""
    middle = (box.x + box.width / 2, box.y + box.height / 2)
    turn = cv2.getRotationMatrix2D(middle, float(random.choice([-10, 10])), 1)
    height, width = image.shape
    return cv2.warpAffine(image, turn, (width, height), borderMode=cv2.BORDER_REPLICATE), box


def resized(factor: float) -> Spoiler:
    """The box too small or too large, its centre where it was."""

    def resize(image: np.ndarray, box: Box, random: np.random.Generator) -> tuple[np.ndarray, Box]:
        width, height = round(box.width * factor), round(box.height * factor)
        left, top = box.x + (box.width - width) // 2, box.y + (box.height - height) // 2
        return image, Box(left, top, width, height)

    return resize


def shifted(image: np.ndarray, box: Box, random: np.random.Generator) -> tuple[np.ndarray, Box]:
    """The box a tenth of its side off, in a random direction."""
    angle = random.uniform(0, 2 * np.pi)
    right, down = round(np.cos(angle) * box.width * 0.1), round(np.sin(angle) * box.height * 0.1)
    return image, Box(box.x + right, box.y + down, box.width, box.height)


SPOILERS: dict[str, Spoiler] = {
    CLEAN: lambda image, box, random: (image, box),
    "blur, 2 % of the face's width": blur,
    "JPEG, quality 15": jpeg,
    "noise, deviation 25 of 255": noise,
    "a fifth of the light": darkness,
    "a quarter of the contrast": contrast,
    "a tenth of the face covered": occlusion,
    "tilted by 10°": tilt,
    "box 20 % too small": resized(0.8),
    "box 20 % too large": resized(1.2),
    "box a tenth of its side off": shifted,
}


def measure_robustness(
    rows: FaceDataset, scenes: list[Scene], detector: Detector, classifier: Classifier
) -> dict[str, float]:
    """Accuracy by kind of damage, each on the same faces: those found in the clean photograph."""
    crops: dict[str, list[np.ndarray]] = {name: [] for name in SPOILERS}
    found = []
    for pasted in paste_faces(rows, scenes):
        gray = to_gray(pasted.image)
        box = best_match(detector.detect(gray), pasted.place)
        if box is None:
            continue
        found.append(pasted.row)
        for name, spoil in SPOILERS.items():
            spoilt, spoilt_box = spoil(gray, box, np.random.default_rng(pasted.row))
            crops[name].append(crop_faces(spoilt, [spoilt_box])[0])
    truth = rows.labels[found]
    return {
        name: float((classifier.predict(np.stack(faces)).argmax(axis=1) == truth).mean())
        for name, faces in crops.items()
    }


def main(
    data: Annotated[str, typer.Option()],
    scenes: Annotated[Path, typer.Option()],
    model: Annotated[Path | None, typer.Option()] = None,
    split: Annotated[str, typer.Option()] = "public_test",
    count: Annotated[int, typer.Option()] = 500,
) -> None:
    folder = open_model(model) if model else active_model()
    dataset = load(data)
    rows = sample_rows(unseen_rows(dataset, folder) if split == "validation" else dataset.select(split), count)
    accuracy = measure_robustness(rows, load_scenes(scenes), CascadeDetector(), Classifier(folder))
    print(f"{folder.name}, {len(rows)} {split} faces pasted into photographs\n")
    print("| picture | right | lost, points |")
    print("|---|---|---|")
    for name, value in accuracy.items():
        print(f"| {name} | {value:.1%} | {100 * (accuracy[CLEAN] - value):.1f} |")


if __name__ == "__main__":
    typer.run(main)
