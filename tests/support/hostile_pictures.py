"""Pictures that lie about themselves or ask for more than they are worth, built byte by byte.

Formats: PNG https://www.w3.org/TR/png-3/, WebP https://developers.google.com/speed/webp/docs/webp_lossless_bitstream_specification,
JPEG https://www.w3.org/Graphics/JPEG/itu-t81.pdf, TIFF 6.0, BMP https://learn.microsoft.com/windows/win32/gdi/bitmap-storage.
"""

import io
import struct
import zlib
from functools import cache

import numpy as np
from PIL import Image

_STRIDE = 2**20  # bytes of zeros packed at a time


@cache
def face(side: int = 256) -> Image.Image:
    """A plain picture with some structure, RGB."""
    ramp = np.add.outer(np.arange(side), np.arange(side)) % 256
    return Image.fromarray(np.dstack([ramp, ramp.T, ramp[::-1]]).astype(np.uint8))


def saved(image: Image.Image, form: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, form, **options)
    return buffer.getvalue()


def packed_zeros(count: int) -> bytes:
    """`count` zero bytes as a zlib stream of about a thousandth of that, made without holding them."""
    packer = zlib.compressobj(9)
    parts = [packer.compress(bytes(min(_STRIDE, count - start))) for start in range(0, count, _STRIDE)]
    return b"".join([*parts, packer.flush()])


def chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def png(width: int, height: int, depth: int, colour: int, *chunks: bytes, interlaced: bool = False) -> bytes:
    """A PNG with these chunks between header and end. colour: 0 gray, 2 RGB, 3 palette, 4 gray and alpha, 6 RGBA."""
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, interlaced)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + b"".join(chunks) + chunk(b"IEND", b"")


@cache
def black_png(width: int, height: int, depth: int, colour: int) -> bytes:
    """An honest PNG of zeros, as large as asked for."""
    samples = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}[colour]
    row = 1 + width * samples * depth // 8
    return png(width, height, depth, colour, chunk(b"IDAT", packed_zeros(row * height)))


def png_header(width: int, height: int) -> bytes:
    return png(width, height, 8, 2, chunk(b"IDAT", packed_zeros(1000)))


def png_bomb() -> bytes:
    """8 x 8 pixels in an IDAT that unpacks to 200 MiB."""
    return png(8, 8, 8, 2, chunk(b"IDAT", packed_zeros(200 * 2**20)))


def png_interlaced(side: int) -> bytes:
    """Zeros in seven passes."""
    return png(side, side, 8, 2, chunk(b"IDAT", packed_zeros(side * side * 3 + side * 4)), interlaced=True)


def png_text_bomb() -> bytes:
    text = chunk(b"zTXt", b"Comment\0\0" + packed_zeros(100 * 2**20))
    return png(8, 8, 8, 2, text, chunk(b"IDAT", packed_zeros(8 * 25)))


def png_many_texts() -> bytes:
    """60 comments that unpack to a megabyte each."""
    texts = [chunk(b"zTXt", b"Comment %d\0\0" % number + packed_zeros(2**20)) for number in range(60)]
    return png(8, 8, 8, 2, *texts, chunk(b"IDAT", packed_zeros(8 * 25)))


def png_colour_profile_bomb() -> bytes:
    profile = chunk(b"iCCP", b"profile\0\0" + packed_zeros(100 * 2**20))
    return png(8, 8, 8, 2, profile, chunk(b"IDAT", packed_zeros(8 * 25)))


def png_odd_palette() -> bytes:
    """Two colours, and pixels that name the 256th."""
    rows = zlib.compress((b"\0" + b"\xff" * 64) * 64)
    return png(64, 64, 8, 3, chunk(b"PLTE", b"\0\0\0\xff\xff\xff"), chunk(b"IDAT", rows))


def png_bad_checksum() -> bytes:
    whole = bytearray(saved(face(), "PNG"))
    whole[whole.index(b"IDAT") + 8] ^= 0xFF
    return bytes(whole)


def webp(width: int, height: int, alpha: bool = False) -> bytes:
    """A lossless WebP of one colour in 28 bytes, up to 16,383 pixels a side: five codes of one symbol, no pixels."""
    bits, count = 0x2F, 8
    codes = [(0b0001, 4)] * 5  # simple, one symbol, one bit long, zero
    fields = [(width - 1, 14), (height - 1, 14), (alpha, 1), (0, 3), (0, 1), (0, 1), (0, 1), *codes]
    for value, length in fields:
        bits |= int(value) << count
        count += length
    content = bits.to_bytes(-(-count // 8), "little")
    content += bytes(len(content) % 2)
    body = b"WEBPVP8L" + struct.pack("<I", len(content)) + content
    return b"RIFF" + struct.pack("<I", len(body)) + body


def webp_frames(count: int, side: int = 1000) -> bytes:
    frames = [Image.new("RGB", (side, side), (number % 256, 0, 0)) for number in range(count)]
    return saved(frames[0], "WEBP", save_all=True, append_images=frames[1:], lossless=True, method=0)


def gif_frames(count: int) -> bytes:
    """One pixel, `count` times."""
    frame = b"!\xf9\x04\0\x01\0\0\0" + b",\0\0\0\0\x01\0\x01\0\0" + b"\x02\x02\x44\x01\0"
    return b"GIF89a\x01\0\x01\0\x80\0\0\0\0\0\xff\xff\xff" + frame * count + b";"


def gif_screen() -> bytes:
    """A screen of 65,535 x 65,535 with one pixel on it."""
    return b"GIF89a\xff\xff\xff\xff\x80\0\0\0\0\0\xff\xff\xff" + b",\0\0\0\0\x01\0\x01\0\0\x02\x02\x44\x01\0;"


def jpeg_header(width: int, height: int) -> bytes:
    """A small JPEG whose frame header names another size."""
    whole = bytearray(saved(face(), "JPEG"))
    start = whole.index(b"\xff\xc0")
    whole[start + 5 : start + 9] = struct.pack(">HH", height, width)
    return bytes(whole)


@cache
def jpeg_scans(count: int, side: int = 3000) -> bytes:
    """A progressive JPEG of one colour whose last scan is there `count` times: tiny, and a pass over all blocks."""
    whole = saved(Image.new("L", (side, side), 128), "JPEG", progressive=True)
    last = whole.rindex(b"\xff\xda")
    return whole[:last] + whole[last:-2] * count + whole[-2:]


def jpeg_odd_orientation() -> bytes:
    exif = Image.Exif()
    exif[0x0112] = 9
    return saved(face(), "JPEG", exif=exif)


def jpeg_huge_exif() -> bytes:
    """An EXIF block of 64 KB whose every entry points at the whole block."""
    entries = 5_000
    directory = struct.pack("<H", entries) + struct.pack("<HHII", 0x010E, 2, 60_000, 8) * entries + bytes(4)
    exif = b"Exif\0\0" + b"II*\0" + struct.pack("<I", 8) + directory
    return b"\xff\xd8\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif + saved(face(), "JPEG")[2:]


def png_huge_exif() -> bytes:
    """EXIF of 20 MB in a PNG, which bounds it nowhere."""
    size = 20 * 2**20
    directory = struct.pack("<H", 1) + struct.pack("<HHII", 0x010E, 2, size, 26) + bytes(4)
    exif = b"II*\0" + struct.pack("<I", 8) + directory + b"a" * size
    return png(8, 8, 8, 2, chunk(b"eXIf", exif), chunk(b"IDAT", packed_zeros(8 * 25)))


def mpo() -> bytes:
    return saved(face(), "MPO", save_all=True, append_images=[face()])


def cmyk_jpeg() -> bytes:
    return saved(face().convert("CMYK"), "JPEG")
