"""One picture of a data set."""

import numpy as np

from emotion_core.images import read_rgb, resize_face, to_gray

MAX_PICTURE_BYTES = 20 * 2**20  # a face is some kilobytes
# A data set holds faces already cut out: 48 to 224 pixels wide in the known ones, some hundreds where people collect
# their own. 2,000 x 2,000 leaves room for a portrait; read, it costs 50 to 140 ms, a face of 224 x 224 one.
MAX_PICTURE_PIXELS = 4_000_000


def read_face(content: bytes) -> np.ndarray:
    """A picture file as gray, uint8 [48, 48]. Raises `ImageError`."""
    return resize_face(to_gray(read_rgb(content, max_pixels=MAX_PICTURE_PIXELS)))
