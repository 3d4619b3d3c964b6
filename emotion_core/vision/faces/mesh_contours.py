"""Eyes, brows, lips and the outline of a face, as lines through points of MediaPipe's face mesh.

Which points these are: https://github.com/google-ai-edge/mediapipe, face_mesh_connections.py.
"""

import cv2
import numpy as np

from emotion_core.vision.geometry import Landmarks

_CONTOURS = {
    "right eye": (33, 7, 163, 144, 145, 153, 154, 155, 133, 173, 157, 158, 159, 160, 161, 246),
    "left eye": (263, 249, 390, 373, 374, 380, 381, 382, 362, 398, 384, 385, 386, 387, 388, 466),
    "right brow": (70, 63, 105, 66, 107, 55, 65, 52, 53, 46),
    "left brow": (300, 293, 334, 296, 336, 285, 295, 282, 283, 276),
    "outer lips": (61, 146, 91, 181, 84, 17, 314, 405, 321, 375, 291, 409, 270, 269, 267, 0, 37, 39, 40, 185),
    "inner lips": (78, 95, 88, 178, 87, 14, 317, 402, 318, 324, 308, 415, 310, 311, 312, 13, 82, 81, 80, 191),
    "face": (
        *(10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377),
        *(152, 148, 176, 149, 150, 136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109),
    ),
}
_COLOUR = (120, 255, 160)
_SHIFT = 3  # bits of a pixel's fraction, for lines that move smoothly


def draw_contours(canvas: np.ndarray, landmarks: Landmarks) -> None:
    """Draw the lines on a picture, uint8 [height, width, 3] RGB, in place."""
    points = np.rint(landmarks.points[:, :2] * 2**_SHIFT).astype(np.int32)
    lines = [points[list(numbers)] for numbers in _CONTOURS.values()]
    cv2.polylines(canvas, lines, True, _COLOUR, 1, cv2.LINE_AA, _SHIFT)
