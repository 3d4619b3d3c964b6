"""Training faces as the app would cut them out of a picture."""

import numpy as np

from emotion_core.images import FACE_SIZE
from emotion_core.vision.detection.landmarks import FaceMesh
from emotion_core.vision.faces.alignment import crop_mesh
from emotion_core.vision.geometry import Box


def upright_faces(images: np.ndarray) -> np.ndarray:
    """Each face turned upright and framed by the face mesh; one that the mesh does not see stays as it is.

    images: uint8 [N, 48, 48]; the same out. About four milliseconds a face.
    """
    mesh, whole = FaceMesh(), Box(0, 0, FACE_SIZE, FACE_SIZE)
    turned = images.copy()
    for image, face in zip(images, turned, strict=True):
        found = mesh.confirm(image, whole)
        if found is not None:
            face[:] = crop_mesh(image, found)
    return turned
