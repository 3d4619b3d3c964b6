"""A number in black and white blocks at the top of a picture, which survives a mirror and a video codec."""

import numpy as np

BLOCK, BITS = 20, 7  # pixels of a block's side, and how large a number can be


def numbered(frames: list[np.ndarray]) -> list[np.ndarray]:
    """Each frame's number in its first rows, in place: most significant bit first, then every bit's opposite.

    frames: at most 128, uint8 [height, width >= 280, 3].
    """
    for number, frame in enumerate(frames):
        for place in range(BITS):
            bit = number >> (BITS - 1 - place) & 1
            for offset, value in ((place, bit), (BITS + place, 1 - bit)):
                frame[:BLOCK, offset * BLOCK : (offset + 1) * BLOCK] = 255 * value
    return frames


def read_number(gray: np.ndarray, is_mirrored: bool) -> int | None:
    """The number in a picture, uint8 [height, width] at its first size; None where it cannot be read for sure."""
    row = gray[BLOCK // 2, ::-1] if is_mirrored else gray[BLOCK // 2]
    bits = row[BLOCK // 2 : 2 * BITS * BLOCK : BLOCK] > 127
    if (bits[:BITS] == bits[BITS:]).any():
        return None
    return int("".join("1" if bit else "0" for bit in bits[:BITS]), 2)
