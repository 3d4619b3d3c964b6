"""What the person before the camera could do for a better answer."""

import numpy as np

from emotion_core.vision.faces.face import Face
from emotion_core.vision.faces.quality import DARK, FLAT, TURNED

SMALL = 64  # pixels across, hardly more than the 48 that the network sees
TILTED = np.radians(30)


def hint(image: np.ndarray, face: Face | None) -> str:
    """One short sentence, or nothing when all is well.

    image: uint8 [height, width, 3] RGB; face: the one that matters.
    """
    if face is None:
        return "It is too dark." if image[::8, ::8].mean() < DARK else ""
    if face.crop is not None and face.crop.mean() < DARK:
        return "Your face is too dark: turn towards the light."
    if face.crop is not None and face.crop.std() < FLAT:
        return "There is hardly any contrast: turn on a light."
    if face.box.width < SMALL:
        return "Come closer."
    if face.landmarks and abs(face.landmarks.yaw) > TURNED:
        return "Turn to the camera."
    if face.landmarks and abs(face.landmarks.roll) > TILTED:
        return "Hold your head upright."
    return ""
