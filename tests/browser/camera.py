"""Clips for Chromium's fake camera: a real face moving in a real scene."""

from pathlib import Path

import cv2
import numpy as np

from emotion_core.images import read_rgb
from emotion_core.vision.media.example import read_example

SECONDS, RATE = 4, 30
WIDTH, HEIGHT = 640, 480


def one_face() -> list[np.ndarray]:
    """Frames uint8 [480, 640, 3] RGB: the camera pans and zooms over the example picture, and comes back."""
    picture = read_rgb(read_example())
    frames = []
    for phase in np.linspace(0, 2 * np.pi, SECONDS * RATE, endpoint=False):
        width = 400 - 40 * (1 - np.cos(phase)) / 2
        left, top = 40 + 30 * np.sin(phase), 10 + 20 * (1 - np.cos(phase)) / 2
        scale = WIDTH / width
        move = np.array([[scale, 0, -left * scale], [0, scale, -top * scale]])
        frames.append(cv2.warpAffine(picture, move, (WIDTH, HEIGHT), flags=cv2.INTER_LINEAR))
    return frames


def two_faces() -> list[np.ndarray]:
    """The same with a mirrored twin beside: two faces half as wide."""
    frames = []
    for frame in one_face():
        half = cv2.resize(frame, (WIDTH // 2, HEIGHT // 2), interpolation=cv2.INTER_AREA)
        frames.append(np.pad(np.hstack([half, half[:, ::-1]]), ((120, 120), (0, 0), (0, 0)), mode="edge"))
    return frames


def write_clip(frames: list[np.ndarray], path: Path) -> Path:
    """Motion JPEG, which Chromium plays in a loop at 30 frames a second."""
    with path.open("wb") as file:
        for frame in frames:
            _, jpeg = cv2.imencode(".jpg", cv2.cvtColor(frame, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, 90])
            file.write(jpeg.tobytes())
    return path
