from dataclasses import replace

import numpy as np
import pytest

from emotion_core.emotions import EMOTIONS
from emotion_core.vision.detection.landmarks import LandmarkDetector
from emotion_core.vision.faces.face import Face
from emotion_core.vision.geometry import Box, Landmarks
from emotion_core.vision.live.hints import hint

FRAME = np.full((480, 640, 3), 120, np.uint8)
GOOD = np.tile(np.linspace(60, 200, 48).astype(np.uint8), (48, 1))


def face(crop: np.ndarray = GOOD, width: int = 120) -> Face:
    return Face(Box(200, 100, width, width), dict.fromkeys(EMOTIONS, 1 / 7), crop=crop)


def test_all_is_well() -> None:
    assert hint(FRAME, face()) == "" and hint(FRAME, None) == ""


@pytest.mark.parametrize(
    ("said", "frame", "seen"),
    [
        ("too dark", FRAME // 8, None),
        ("too dark", FRAME, face(GOOD // 8)),
        ("contrast", FRAME, face(np.full((48, 48), 120, np.uint8))),
        ("closer", FRAME, face(width=40)),
    ],
)
def test_what_would_help_is_said(said: str, frame: np.ndarray, seen: Face | None) -> None:
    assert said in hint(frame, seen)


def test_a_head_that_is_tilted_or_turned_is_noticed(example: np.ndarray) -> None:
    landmarks = LandmarkDetector().confirm(example, Box(170, 60, 110, 110))
    assert landmarks is not None
    upright = replace(face(), landmarks=landmarks)
    assert hint(FRAME, upright) == ""
    tilt = np.radians(40)
    turn = np.array([[np.cos(tilt), -np.sin(tilt)], [np.sin(tilt), np.cos(tilt)]], np.float32)
    tilted = np.hstack([landmarks.points[:, :2] @ turn.T, landmarks.points[:, 2:]])
    assert "upright" in hint(FRAME, replace(upright, landmarks=Landmarks(tilted)))
    aside = landmarks.points.copy()
    aside[1, 0] += 0.4 * (landmarks.keypoints[1, 0] - landmarks.keypoints[0, 0])
    assert "camera" in hint(FRAME, replace(upright, landmarks=Landmarks(aside)))
