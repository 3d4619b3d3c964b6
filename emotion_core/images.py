"""Pictures as uint8 arrays: read from files and bytes, and brought to size."""

import base64
import io
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import cv2
import numpy as np
from PIL import Image, UnidentifiedImageError

from emotion_core.decoding import MAX_PIXELS, decode, is_animated, is_drawing
from emotion_core.decoding import ImageError as ImageError

FACE_SIZE = 48
PICTURE_SUFFIXES = {".jpg", ".jpeg", ".png", ".bmp", ".webp", ".tif", ".tiff", ".gif", ".heic", ".heif"}
_MAX_REASON_LENGTH = 120  # characters
MAX_FILE_BYTES = 256 * 2**20  # the largest pictures that are read have 147 MB, uncompressed


def read_rgb(source: Path | str | bytes, name: str | None = None, max_pixels: int | None = None) -> np.ndarray:
    """A picture as a person sees it: uint8 [height, width, 3], red-green-blue, EXIF rotation applied.

    Reads JPEG, PNG, WebP, HEIC, GIF, BMP and TIFF in gray, 16-bit, palette, RGBA (laid on white), CMYK and RGB, and of
    animations the first frame. A JPEG of more than 24 megapixels comes at a half of its size, or less. max_pixels: a
    limit below the usual one. Raises `ImageError`, which says `name`.
    """
    with reading_rgb(source, name, max_pixels) as image:
        return image


@contextmanager
def reading_rgb(
    source: Path | str | bytes, name: str | None = None, max_pixels: int | None = None
) -> Iterator[np.ndarray]:
    """`read_rgb` for work that follows at once: until it is done, other threads' large pictures wait to be read."""
    name = name or ("The picture" if isinstance(source, bytes) else Path(source).name)
    with ExitStack() as held:
        try:
            content = source if isinstance(source, bytes) else read_file(Path(source), name)
            _check_content(content, name)
            image = decode(content, name, held, max_pixels)
        except ImageError:
            raise
        except UnidentifiedImageError as error:
            raise ImageError(f"{name} is not a picture in a known format.") from error
        except Image.DecompressionBombError as error:
            raise ImageError(f"{name} has too many pixels; the limit is {MAX_PIXELS / 10**6:g} million.") from error
        except MemoryError as error:
            raise ImageError(f"{name} needs more memory than there is.") from error
        except Exception as error:  # Pillow's readers raise anything: struct.error, TypeError, SyntaxError
            reason = " ".join(str(error).split())[:_MAX_REASON_LENGTH]
            raise ImageError(f"{name} is damaged and cannot be read ({reason}).") from error
        yield image


def animation_note(content: bytes) -> str:
    """What to say of a picture that moves; nothing of others."""
    return "It moves; only its first picture was read." if is_animated(content) else ""


def _check_content(content: bytes, name: str) -> None:
    if not content:
        raise ImageError(f"{name} is empty.")
    if is_drawing(content):
        raise ImageError(f"{name} is a drawing (SVG), not a photograph: save it as PNG.")


def read_file(path: Path, name: str | None = None) -> bytes:
    """A picture's file, not decoded. Raises `ImageError`, which says `name`."""
    name = name or path.name
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            raise ImageError(f"{name} is larger than {MAX_FILE_BYTES // 2**20} MiB.")
        return path.read_bytes()
    except FileNotFoundError as error:
        raise ImageError(f"{name} does not exist.") from error
    except OSError as error:
        raise ImageError(f"{name} cannot be read ({error.strerror}).") from error


def to_gray(image: np.ndarray) -> np.ndarray:
    """Luma (ITU-R BT.601) of an RGB picture, uint8 [height, width]; a gray one is returned as it is."""
    return image if image.ndim == 2 else cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)


def shrink(image: np.ndarray, max_side: int) -> np.ndarray:
    """The picture with its longer side at most `max_side` pixels; a smaller one is returned as it is."""
    factor = max_side / max(image.shape[:2])
    if factor >= 1:
        return image
    height, width = (max(1, round(side * factor)) for side in image.shape[:2])
    return cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA)


def resize_face(gray: np.ndarray) -> np.ndarray:
    """A gray face of any size as uint8 [48, 48]: area average when shrinking, bilinear when growing."""
    if gray.shape == (FACE_SIZE, FACE_SIZE):
        return gray
    shrinking = min(gray.shape) > FACE_SIZE
    return cv2.resize(gray, (FACE_SIZE, FACE_SIZE), interpolation=cv2.INTER_AREA if shrinking else cv2.INTER_LINEAR)


def to_jpeg(image: np.ndarray, quality: int = 92) -> bytes:
    """A picture, uint8 [height, width, 3] RGB, as a JPEG file."""
    buffer = io.BytesIO()
    Image.fromarray(image).save(buffer, "JPEG", quality=quality)
    return buffer.getvalue()


def to_data_url(image: np.ndarray) -> str:
    """A small picture, uint8 [height, width] or RGB, as a PNG inside a data: address, for tables on a page."""
    buffer = io.BytesIO()
    Image.fromarray(image).save(buffer, "PNG")
    return f"data:image/png;base64,{base64.b64encode(buffer.getvalue()).decode()}"
