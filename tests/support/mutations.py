"""Good files of every kind that is read, and what is left of them after changes."""

import io
from collections.abc import Sequence
from dataclasses import dataclass

import av
import numpy as np
from PIL import Image

from emotion_core import decoding  # noqa: F401  lets Pillow write HEIF

PICTURES = ("JPEG", "PNG", "TIFF", "WEBP", "GIF", "BMP", "HEIF")
VIDEOS = ("mp4", "matroska", "avi")


@dataclass(frozen=True)
class Edit:
    """Bytes written over those at a place. place: 0 (the first) to 1 (the last)."""

    place: float
    content: bytes


def good_file(kind: str) -> bytes:
    """A picture of a few shapes, or half a second of video."""
    return _video(kind) if kind in VIDEOS else _picture(kind)


def mutated(content: bytes, edits: Sequence[Edit], kept: float = 1.0) -> bytes:
    """The file with edits, cut short after a share of it."""
    changed = bytearray(content)
    for edit in edits:
        start = int(edit.place * (len(changed) - 1))
        changed[start : start + len(edit.content)] = edit.content
    return bytes(changed[: max(1, round(kept * len(changed)))])


def _picture(kind: str) -> bytes:
    across, down = np.meshgrid(np.arange(160), np.arange(120))
    image = np.stack([across, down, (across * down) % 251], axis=-1).astype(np.uint8)
    buffer = io.BytesIO()
    Image.fromarray(image).save(buffer, kind)
    return buffer.getvalue()


def _video(form: str) -> bytes:
    buffer = io.BytesIO()
    with av.open(buffer, "w", format=form) as container:
        stream = container.add_stream("libx264", rate=10)
        stream.width, stream.height, stream.pix_fmt = 160, 120, "yuv420p"
        for number in range(6):
            image = np.full((120, 160, 3), 40 * number, np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(image, format="rgb24")))
        container.mux(stream.encode(None))
    return buffer.getvalue()
