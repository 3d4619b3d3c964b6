"""What makes a face hard to read: remarks beside its answer."""

import cv2
import numpy as np

from emotion_core.vision.faces.face import Face

DARK = 50  # mean of a face's gray values, 0 to 255, below which noise hides the expression
FLAT = 18  # their standard deviation, below which there is hardly a shadow to read
TURNED = 0.3  # `Landmarks.yaw`: about 30 degrees
SMALL = 48  # pixels across: what the network sees; a smaller face was enlarged
# Variance of the Laplacian over that of the gray values. Of 784 posed faces none lies below; blurred with a Gaussian of
# one pixel of the 48 that the network sees, most do (`python -m benchmarks.blur --data PEOPLE`).
BLURRED = 0.1


def remarks(face: Face, width: int, height: int) -> list[str]:
    """Single words, none for a face that is easy to read. width, height: of its picture, in pixels."""
    box, found = face.box, list[str]()
    if box.width < SMALL:
        found.append("small")
    if face.crop is not None and sharpness(face.crop) < BLURRED:
        found.append("blurred")
    if face.crop is not None and face.crop.mean() < DARK:
        found.append("dark")
    if box.x <= 0 or box.y <= 0 or box.x + box.width >= width or box.y + box.height >= height:
        found.append("cut off")
    if face.landmarks and abs(face.landmarks.yaw) > TURNED:
        found.append("turned")
    return found


def sharpness(crop: np.ndarray) -> float:
    """How much of a gray face, uint8 [height, width], changes from pixel to pixel: 0 for none of it."""
    gray = crop.astype(np.float32)
    return float(cv2.Laplacian(gray, cv2.CV_32F).var() / max(float(gray.var()), 1.0))
