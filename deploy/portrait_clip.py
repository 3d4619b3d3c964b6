"""The clip that the live page shows before a camera plays, and the picture with two faces.

`python -m deploy.portrait_clip` makes them anew from the two portraits among the assets: a camera pans over both while
the first face is bent a little, as a smile and the corners of a sad mouth bend one. The second clip is the first as
this program draws on it.
"""

from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from emotion_core.images import read_rgb
from emotion_core.registry.active import active_model
from emotion_core.vision.assets import (
    ANNOTATED_CLIP,
    EXAMPLE_PICTURE,
    PORTRAIT,
    SAMPLE_CLIP,
    TWO_FACES,
)
from emotion_core.vision.detection.available import LIVE_DETECTOR, PICTURE_DETECTOR, new_detector
from emotion_core.vision.detection.landmarks import LandmarkDetector
from emotion_core.vision.faces.analyzer import new_analyzer
from emotion_core.vision.faces.classifier import Classifier
from emotion_core.vision.faces.drawing import Overlay
from emotion_core.vision.geometry import Landmarks
from emotion_core.vision.live.pipeline import LiveOptions, LivePipeline
from emotion_core.vision.media.video_writer import VideoWriter

WIDTH, HEIGHT, RATE, SECONDS = 640, 480, 12, 12
_REACH = 0.16  # how far a moved point pulls the skin around it along, in distances between the outer eye corners
# Points of MediaPipe's face mesh, and how far each goes: outwards and down, in the same unit.
_SMILE = {61: (0.14, -0.13), 291: (0.14, -0.13), 50: (0.04, -0.08), 280: (0.04, -0.08), 13: (0, -0.02), 14: (0, 0.05)}
_SAD = {61: (-0.02, 0.14), 291: (-0.02, 0.14), 107: (0, -0.05), 336: (0, -0.05), 17: (0, 0.03)}


def bent(image: np.ndarray, landmarks: Landmarks, moves: dict[int, tuple[float, float]], amount: float) -> np.ndarray:
    """The picture with some points of its face moved, and the skin around them; amount: 0 leaves it as it is."""
    points = landmarks.points[:, :2]
    unit = float(np.linalg.norm(points[33] - points[263]))
    height, width = image.shape[:2]
    ys, xs = np.mgrid[0:height, 0:width].astype(np.float32)
    shift = np.zeros((2, height, width), np.float32)
    for number, (outwards, down) in moves.items():
        x, y = points[number]
        share = np.exp(-((xs - x) ** 2 + (ys - y) ** 2) / (2 * (_REACH * unit) ** 2))
        shift[0] += share * unit * amount * outwards * np.sign(x - points[1, 0])
        shift[1] += share * unit * amount * down
    return cv2.remap(image, xs - shift[0], ys - shift[1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)


def portrait(path: Path) -> np.ndarray:
    """uint8 [480, 512, 3] RGB: the upper part of a portrait."""
    return read_rgb(path.read_bytes())[:HEIGHT]


def clip_frames() -> list[np.ndarray]:
    """uint8 [480, 640, 3] RGB each, twelve a second; the last leads to the first."""
    left, right = portrait(PORTRAIT), portrait(EXAMPLE_PICTURE)
    face = new_analyzer(PICTURE_DETECTOR, Classifier(active_model())).analyze(left)[0]
    assert face.landmarks
    frames = []
    for time in np.arange(SECONDS * RATE) / RATE:
        # seconds: still, smile, still, sad, then both faces, smile, the second face, back
        smile = 0.85 * (_bump(time, 0.8, 3.0) + _bump(time, 7.0, 10.8))
        sad = 1.05 * _bump(time, 3.6, 6.2)
        face_now = bent(bent(left, face.landmarks, _SMILE, smile), face.landmarks, _SAD, sad)
        away = 384 * (0.55 * _ramp(time, 6.0, 7.2) + 0.45 * _ramp(time, 8.6, 9.4) - _ramp(time, 10.6, 11.8))
        wide = np.hstack([face_now, right])
        move = np.array([[1.0, 0.0, -away], [0.0, 1.0, 0.0]])
        frames.append(cv2.warpAffine(wide, move, (WIDTH, HEIGHT), flags=cv2.INTER_LINEAR))
    return frames


def annotated(frames: list[np.ndarray]) -> list[np.ndarray]:
    """The frames as the live page draws them, with the bars on the video."""
    pipeline = LivePipeline(new_detector(LIVE_DETECTOR, live=True), LandmarkDetector(), Classifier(active_model()))
    options = LiveOptions(Overlay(bars=True), mirror=False)
    drawn = []
    for number, frame in enumerate([*frames, *frames]):  # the second round, so that the loop has no seam
        faces = pipeline.find_faces(frame, number / RATE, options)
        drawn.append(pipeline.draw(frame, faces, faces[0] if faces else None, options, ""))
    return drawn[len(frames) :]


def _bump(time: float, start: float, end: float) -> float:
    """From 0 to 1 and back, level in between."""
    return _ramp(time, start, start + 0.7) - _ramp(time, end - 0.7, end)


def _ramp(time: float, start: float, end: float) -> float:
    share = float(np.clip((time - start) / (end - start), 0, 1))
    return share * share * (3 - 2 * share)


def main() -> None:
    """Write the files."""
    frames = clip_frames()
    for path, images in ((SAMPLE_CLIP, frames), (ANNOTATED_CLIP, annotated(frames))):
        with VideoWriter(path) as writer:
            for number, image in enumerate(images):
                writer.write(image, number / RATE)
        print(f"{path.name}: {path.stat().st_size / 2**10:.0f} KiB")
    Image.fromarray(np.hstack([portrait(PORTRAIT), portrait(EXAMPLE_PICTURE)])).save(TWO_FACES, "JPEG", quality=85)


if __name__ == "__main__":
    main()
