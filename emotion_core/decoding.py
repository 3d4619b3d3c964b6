"""Bytes of a picture file to upright pixels, within bounds whatever its header says.

The files come from strangers. Reading one takes less than 250 MiB (`tests/test_upload_memory.py`), and only one large
picture of the process is read at a time.
"""

import io
import threading
from collections.abc import Callable
from contextlib import ExitStack, suppress
from typing import Any

import cv2
import numpy as np
import pillow_heif
from PIL import BmpImagePlugin, ExifTags, Image, TiffImagePlugin, WebPImagePlugin

from emotion_core.jpeg import JpegHeader, read_jpeg_header

MAX_PIXELS = 24_500_000  # the photographs of cameras and phones that call themselves 24 megapixels
MAX_DEEP_PIXELS = 12_500_000  # of what takes more: transparency, more than 8 bits a colour, an animated WebP
MAX_JPEG_PIXELS = 200_000_000  # above `MAX_PIXELS` a JPEG is read at a half, a quarter or an eighth of its size
MAX_SIDE = 32_000  # OpenCV's warps take no side of 2^15 pixels
MAX_RATIO = 50  # of the sides; panoramas have 10, and a picture of 60,000 x 1 has no height when it is shown smaller

# Pillow knows forty others, among them EPS, which it hands to Ghostscript; the name of a file does not matter to it.
_FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "HEIF")
# JPEG within TIFF is not among them: its scans would have to be counted too.
_TIFF_COMPRESSIONS = {"raw", "tiff_ccitt", "group3", "group4", "tiff_lzw", "tiff_deflate", "tiff_adobe_deflate"}
_TIFF_COMPRESSIONS |= {"packbits", "lzma", "zstd"}
_LARGE_PIXELS = 4_000_000  # pictures that wait for each other
_JPEG_BYTES = 250_000_000  # held at once while a JPEG is decoded
_STRIP_PIXELS = 2**20
_MAX_READS = 200_000  # by Pillow in one file; honest ones need some ten thousand
_MAX_READ_BYTES = 8 * 2**20  # of one piece of metadata

pillow_heif.register_heif_opener(thumbnails=False)
Image.MAX_IMAGE_PIXELS = MAX_JPEG_PIXELS  # Pillow's own limit, at which it warns, and refuses at twice as much

_one_large_picture = threading.RLock()
_SVG_WITHIN = 4_096  # bytes, after comments and declarations
_Box = tuple[int, int, int, int]


class ImageError(ValueError):
    """A picture that cannot be read; the message is one sentence for the person who brought it."""


def decode(content: bytes, name: str, held: ExitStack, max_pixels: int | None = None) -> np.ndarray:
    """uint8 [height, width, 3], red-green-blue, upright.

    held: takes the lock that other threads' large pictures wait for; max_pixels: a limit below the usual ones. Raises
    `ImageError` for what is too large, and anything for what is damaged.
    """
    pixels, orientation = _decoded(content, name, held, max_pixels or MAX_JPEG_PIXELS)
    return _upright(pixels, orientation)


def _decoded(content: bytes, name: str, held: ExitStack, max_pixels: int) -> tuple[np.ndarray, Any]:
    """The pixels as they lie in the file, and EXIF's orientation."""
    header = read_jpeg_header(content) if content.startswith(b"\xff\xd8") else None
    with Image.open(_BoundedFile(content), formats=_FORMATS) as image:
        if image.width * image.height > _LARGE_PIXELS:
            held.enter_context(_one_large_picture)
        if header:
            _check_size(image, name, min(max_pixels, MAX_JPEG_PIXELS))
            step = _step(header, image.size, name)
            image.draft(None, (image.width // step, image.height // step))
        else:
            _check_size(image, name, min(max_pixels, MAX_DEEP_PIXELS if _takes_more(image) else MAX_PIXELS))
            _check_kind(image, name)
        if image.format == "WEBP":
            pixels = _webp_pixels(content, image.size)
        elif image.format == "HEIF":  # its decoder turns the picture itself
            return _heif_pixels(content), None
        else:
            image.load()
            white = _white(image) if _is_deep(image) else 255.0
            pixels = _in_strips(image.size, image.crop, white)
        return pixels, image.getexif().get(ExifTags.Base.Orientation)


def is_animated(content: bytes) -> bool:
    """Whether a picture moves, of which `decode` gives the first frame only."""
    with suppress(Exception), Image.open(_BoundedFile(content), formats=("GIF", "WEBP", "PNG")) as image:
        return bool(getattr(image, "is_animated", False))
    return False


def is_drawing(content: bytes) -> bool:
    """Whether this is SVG: lines and shapes instead of pixels."""
    return b"<svg" in content[:_SVG_WITHIN].lower()


class _BoundedFile(io.BytesIO):
    """A file in which nobody reads round and round, or one huge piece."""

    _reads = 0

    def read(self, size: int | None = -1, /) -> bytes:
        self._reads += 1
        if self._reads > _MAX_READS or (size or 0) > _MAX_READ_BYTES:
            raise ValueError("there is too much in it besides the picture")
        return super().read(size)


def _check_size(image: Image.Image, name: str, limit: int) -> None:
    size = f"{name} has {image.width} x {image.height} pixels"
    if image.width * image.height > limit:
        kind = (
            " for one that is transparent, animated or of more than 8 bits a colour" if limit == MAX_DEEP_PIXELS else ""
        )
        raise ImageError(f"{size}; the limit is {limit / 10**6:g} million{kind}.")
    if max(image.size) > MAX_RATIO * min(image.size):
        raise ImageError(f"{size}; one side may be {MAX_RATIO} times as long as the other.")
    if max(image.size) > MAX_SIDE and limit != MAX_JPEG_PIXELS:
        raise ImageError(f"{size}; the limit for a side is {MAX_SIDE}.")


def _check_kind(image: Image.Image, name: str) -> None:
    compression = image.info.get("compression")
    if isinstance(image, TiffImagePlugin.TiffImageFile):
        tile = [image.tag_v2.get(tag, 1) for tag in (TiffImagePlugin.TILEWIDTH, TiffImagePlugin.TILELENGTH)]
        if tile[0] * tile[1] > MAX_DEEP_PIXELS:
            raise ImageError(f"{name} comes in tiles of {tile[0]} x {tile[1]} pixels, which are too large.")
        if compression not in _TIFF_COMPRESSIONS:
            raise ImageError(f"{name} is a TIFF file of a kind that is not read: save it as PNG or JPEG.")
    if image.format == "BMP" and compression != BmpImagePlugin.BmpImageFile.COMPRESSIONS["RAW"]:
        # Pillow unpacks it byte by byte in Python: half a minute for one picture.
        raise ImageError(f"{name} is a compressed BMP file, which is not read: save it as PNG or JPEG.")


def _step(header: JpegHeader, size: tuple[int, int], name: str) -> int:
    """1, 2, 4 or 8: what the sides of a JPEG are divided by while it is decoded."""
    if (header.width, header.height) != size:
        raise ValueError("it names two sizes")
    each = 1 if header.components == 1 else 4  # bytes of a pixel in Pillow; ours has 3, and comes when libjpeg has gone
    for step in (1, 2, 4, 8):
        pixels = header.width * header.height / step**2
        fits = pixels * each + header.coefficients <= _JPEG_BYTES
        if fits and pixels <= MAX_PIXELS and max(size) <= MAX_SIDE * step:
            return step
    raise ImageError(
        f"{name} is a progressive JPEG of {size[0]} x {size[1]} pixels, too large to read: save it smaller."
    )


def _webp_pixels(content: bytes, size: tuple[int, int]) -> np.ndarray:
    """What a WebP file holds: Pillow would make five copies of it where OpenCV, with the same library, makes two."""
    padded = content.ljust(64, b"\0")  # OpenCV takes none of less than 32 bytes
    decoded = cv2.imdecode(np.frombuffer(padded, np.uint8), cv2.IMREAD_UNCHANGED)
    if decoded is None or decoded.shape[1::-1] != size:
        raise ValueError("its pixels are missing")
    if decoded.shape[2] == 3:
        return cv2.cvtColor(decoded, cv2.COLOR_BGR2RGB, dst=decoded)

    def strip(box: _Box) -> Image.Image:
        return Image.fromarray(cv2.cvtColor(decoded[box[1] : box[3]], cv2.COLOR_BGRA2RGBA))

    return _in_strips(size, strip, white=255.0)


def _heif_pixels(content: bytes) -> np.ndarray:
    """What a HEIC file of a phone holds, without the copies that Pillow would make of it."""
    picture = pillow_heif.open_heif(content, convert_hdr_to_8bit=True)
    decoded = np.asarray(picture)
    if picture.mode == "RGB":
        return np.ascontiguousarray(decoded)

    def strip(box: _Box) -> Image.Image:
        return Image.fromarray(decoded[box[1] : box[3]])

    return _in_strips(picture.size, strip, white=255.0)


def _in_strips(size: tuple[int, int], strip: Callable[[_Box], Image.Image], white: float) -> np.ndarray:
    """A picture brought to RGB strip by strip, so that it never exists twice in full."""
    width, height = size
    pixels = np.empty((height, width, 3), np.uint8)
    rows = max(1, _STRIP_PIXELS // width)
    for top in range(0, height, rows):
        bottom = min(top + rows, height)
        pixels[top:bottom] = np.asarray(_to_rgb(strip((0, top, width, bottom)), white))
    return pixels


def _to_rgb(image: Image.Image, white: float) -> Image.Image:
    if _is_deep(image):  # Pillow would clip its values at 255 instead of scaling them
        values = np.asarray(image).astype(np.float32)
        return Image.fromarray((np.clip(values / white, 0, 1) * 255).round().astype(np.uint8)).convert("RGB")
    if _is_transparent(image):
        layered = image.convert("RGBA")
        canvas = Image.new("RGBA", layered.size, "white")
        return Image.alpha_composite(canvas, layered).convert("RGB")
    return image.convert("RGB")


def _takes_more(image: Image.Image) -> bool:
    if (
        isinstance(image, TiffImagePlugin.TiffImageFile)
        and np.max(image.tag_v2.get(TiffImagePlugin.BITSPERSAMPLE, 1)) > 8
    ):
        return True
    is_animated = isinstance(image, WebPImagePlugin.WebPImageFile) and image.is_animated
    return is_animated or _is_deep(image) or _is_transparent(image)


def _is_deep(image: Image.Image) -> bool:
    return image.mode.startswith("I") or image.mode == "F"


def _is_transparent(image: Image.Image) -> bool:
    return "A" in image.mode or "transparency" in image.info


def _white(image: Image.Image) -> float:
    """The value that a deep picture means by white."""
    width, height = image.size
    rows = max(1, _STRIP_PIXELS // width)
    strips = (np.asarray(image.crop((0, top, width, min(top + rows, height)))) for top in range(0, height, rows))
    top = float(max(strip.max() for strip in strips))
    return 1.0 if top <= 1 and image.mode == "F" else 255.0 if top <= 255 else 65535.0


def _upright(pixels: np.ndarray, orientation: Any) -> np.ndarray:
    """Turned and mirrored as EXIF's orientation, 1 to 8, asks for; any other value asks for nothing."""
    if orientation in (5, 6, 7, 8):
        pixels = pixels.transpose(1, 0, 2)
    if orientation in (2, 3, 6, 7):
        pixels = pixels[:, ::-1]
    if orientation in (3, 4, 7, 8):
        pixels = pixels[::-1]
    return np.ascontiguousarray(pixels)
