"""Picture files and bytes to upright uint8 arrays: the one place that knows colour modes and EXIF."""

import base64
import io
from pathlib import Path

import cv2
import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

FACE_SIZE = 48
MAX_PIXELS = 50_000_000  # about 8,600 x 5,800: larger than any phone's photo, small enough for 1 GiB of memory


class ImageError(ValueError):
    """A picture that cannot be read; the message is one sentence for the person who brought it."""


def read_rgb(source: Path | str | bytes, name: str | None = None, max_pixels: int | None = None) -> np.ndarray:
    """A picture as a person sees it: uint8 [height, width, 3], red-green-blue, EXIF rotation applied.

    Reads gray, 16-bit, palette, RGBA (laid on white), CMYK and RGB. max_pixels: a limit below the usual one. Raises
    `ImageError`, which says `name`.
    """
    limit = MAX_PIXELS if max_pixels is None else min(max_pixels, MAX_PIXELS)
    name = name or ("The picture" if isinstance(source, bytes) else Path(source).name)
    try:
        with Image.open(io.BytesIO(source) if isinstance(source, bytes) else source) as image:
            if image.width * image.height > limit:
                raise ImageError(
                    f"{name} has {image.width} x {image.height} pixels; the limit is {limit // 10**6} million."
                )
            return np.asarray(_to_rgb(ImageOps.exif_transpose(image)))
    except ImageError:
        raise
    except FileNotFoundError as error:
        raise ImageError(f"{name} does not exist.") from error
    except UnidentifiedImageError as error:
        raise ImageError(f"{name} is not a picture in a known format.") from error
    except Exception as error:  # Pillow's readers raise anything: struct.error, TypeError, SyntaxError
        raise ImageError(f"{name} is damaged and cannot be read ({error}).") from error


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


def _to_rgb(image: Image.Image) -> Image.Image:
    if image.mode.startswith("I") or image.mode == "F":
        return _sixteen_bit_to_gray(image).convert("RGB")
    if "A" in image.mode or "transparency" in image.info:
        layered = image.convert("RGBA")
        canvas = Image.new("RGBA", layered.size, "white")
        return Image.alpha_composite(canvas, layered).convert("RGB")
    return image.convert("RGB")


def _sixteen_bit_to_gray(image: Image.Image) -> Image.Image:
    # Pillow clips 16-bit values at 255 instead of scaling them.
    values = np.asarray(image).astype(np.float32)
    top = values.max(initial=0)
    scale = 1.0 if top <= 1 and image.mode == "F" else 255.0 if top <= 255 else 65535.0
    return Image.fromarray((np.clip(values / scale, 0, 1) * 255).round().astype(np.uint8))


def to_data_url(image: np.ndarray) -> str:
    """A small picture, uint8 [height, width] or RGB, as a PNG inside a data: address, for tables on a page."""
    buffer = io.BytesIO()
    Image.fromarray(image).save(buffer, "PNG")
    return f"data:image/png;base64,{base64.b64encode(buffer.getvalue()).decode()}"
