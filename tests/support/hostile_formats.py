"""Pictures in rarer formats, and files of other kinds under a picture's name."""

import io
import struct
import zipfile

import numpy as np
from PIL import Image

from tests.support.hostile_pictures import face, packed_zeros, png_header, saved

_SHORT, _LONG = 3, 4  # types of TIFF fields


def tiff(fields: dict[int, tuple[int, int]], content: bytes = b"", next_directory: int = 0) -> bytes:
    """A TIFF with one directory of these fields, tag -> (type, value), and `content` after it."""
    entries = b"".join(
        struct.pack("<HHI", tag, kind, 1)
        + (struct.pack("<HH", value, 0) if kind == _SHORT else struct.pack("<I", value))
        for tag, (kind, value) in sorted(fields.items())
    )
    return b"II*\0" + struct.pack("<IH", 8, len(fields)) + entries + struct.pack("<I", next_directory) + content


def _gray_fields(width: int, height: int, compression: int) -> dict[int, tuple[int, int]]:
    return {
        256: (_LONG, width),
        257: (_LONG, height),
        258: (_SHORT, 8),
        259: (_SHORT, compression),
        262: (_SHORT, 1),
        277: (_SHORT, 1),
    }


def tiff_strip(
    width: int, height: int, rows: int, size: int, compression: int = 1, content: bytes = bytes(64)
) -> bytes:
    """One strip. rows, size: what its header says of it. compression: 1 none, 8 deflate."""
    fields = _gray_fields(width, height, compression) | {278: (_LONG, rows), 279: (_LONG, size)}
    start = 8 + 2 + 12 * (len(fields) + 1) + 4
    return tiff(fields | {273: (_LONG, start)}, content)


def tiff_huge_strip() -> bytes:
    return tiff_strip(64, 64, 64, 2**32 - 1)


def tiff_loop() -> bytes:
    """The directory after the first is the first."""
    fields = _gray_fields(8, 8, 1) | {278: (_LONG, 8), 279: (_LONG, 64)}
    start = 8 + 2 + 12 * (len(fields) + 1) + 4
    return tiff(fields | {273: (_LONG, start)}, bytes(64), next_directory=8)


def tiff_tile_bomb(side: int = 40_000) -> bytes:
    """64 x 64 pixels in a tile of 40,000 x 40,000, deflated."""
    content = packed_zeros(side * side // 8)
    fields = _gray_fields(64, 64, 8) | {322: (_LONG, side), 323: (_LONG, side), 325: (_LONG, len(content))}
    start = 8 + 2 + 12 * (len(fields) + 1) + 4
    return tiff(fields | {324: (_LONG, start)}, content)


def tiff_float(side: int) -> bytes:
    """Float pixels of one value, deflated."""
    return saved(Image.new("F", (side, side), 0.5), "TIFF", compression="tiff_deflate")


def tiff_not_numbers() -> bytes:
    pixels = np.full((64, 64), np.nan, np.float32)
    pixels[:8] = np.inf
    return saved(Image.fromarray(pixels), "TIFF")


def bmp(width: int, height: int, depth: int = 24, content: bytes = b"", compression: int = 0) -> bytes:
    header = struct.pack("<IiiHHIIiiII", 40, width, height, 1, depth, compression, len(content), 0, 0, 0, 0)
    palette = bytes(4 * 256) if depth == 8 else b""
    start = 14 + len(header) + len(palette)
    return b"BM" + struct.pack("<IHHI", start + len(content), 0, 0, start) + header + palette + content


def bmp_run_lengths(side: int = 7_000) -> bytes:
    """49 megapixels in a run-length code that ends at once."""
    return bmp(side, side, 8, b"\0\x01", compression=1)


def ico_of(content: bytes) -> bytes:
    """An icon that says 16 x 16 and holds whatever is given."""
    return struct.pack("<HHH", 0, 1, 1) + struct.pack("<BBBBHHII", 16, 16, 0, 0, 1, 32, len(content), 22) + content


def ico_bomb() -> bytes:
    return ico_of(png_header(20_000, 20_000))


def psd(width: int = 7_000, height: int = 7_000) -> bytes:
    """Photoshop, run-length coded, with rows that are not there."""
    return b"8BPS" + struct.pack(">H6xHIIHH", 1, 3, height, width, 8, 3) + bytes(12) + struct.pack(">H", 1)


def ppm_header(width: int, height: int) -> bytes:
    return b"P6 %d %d 65535\n" % (width, height) + bytes(100)


def jpeg2000(side: int) -> bytes:
    return saved(Image.new("RGB", (side, side)), "JPEG2000")


def jpeg2000_header(side: int = 60_000) -> bytes:
    """A small JPEG 2000 whose headers name another size: in the box `ihdr` and in the codestream's SIZ."""
    whole = bytearray(saved(face(64), "JPEG2000"))
    box, stream = whole.index(b"ihdr") + 4, whole.index(b"\xff\x51") + 6
    whole[box : box + 8] = struct.pack(">II", side, side)
    whole[stream : stream + 8] = struct.pack(">II", side, side)
    whole[stream + 16 : stream + 24] = struct.pack(">II", side, side)
    return bytes(whole)


def avif(side: int) -> bytes:
    return saved(Image.new("RGB", (side, side)), "AVIF", speed=10)


def dds_header(side: int = 7_000) -> bytes:
    header = struct.pack("<7I44x", 124, 0x1007, side, side, 0, 0, 0)
    pixel_format = struct.pack("<2I4s5I", 32, 4, b"DXT1", 0, 0, 0, 0, 0)
    return b"DDS " + header + pixel_format + bytes(20) + bytes(64)


def svg() -> bytes:
    return (
        b'<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY read SYSTEM "file:///etc/passwd">]>'
        b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><text>&read;</text></svg>'
    )


def html() -> bytes:
    return b"<!DOCTYPE html><html><script>document.title='taken'</script><body>a picture</body></html>"


def pdf() -> bytes:
    return saved(face(), "PDF")


def eps() -> bytes:
    """PostScript, which Pillow hands to Ghostscript."""
    return (
        b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 200 200\n%%EndComments\n"
        b"0 0 moveto 200 200 lineto stroke\nshowpage\n%%EOF\n"
    )


def windows_metafile() -> bytes:
    return b"\xd7\xcd\xc6\x9a\0\0" + struct.pack("<hhhhHIH", 0, 0, 9_000, 9_000, 72, 0, 0) + b"\x01\0\t\0" + bytes(64)


def archive_behind_picture() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("inside.html", html())
    return saved(face(), "JPEG") + buffer.getvalue()


def fits_header(side: int = 7_000) -> bytes:
    """Astronomers' format, its pixels missing."""
    cards = [f"{'SIMPLE':8}= {'T':>20}", f"{'BITPIX':8}= {8:>20}", f"{'NAXIS':8}= {2:>20}"]
    cards += [f"{'NAXIS1':8}= {side:>20}", f"{'NAXIS2':8}= {side:>20}", "END"]
    return "".join(f"{card:80}" for card in cards).ljust(2880).encode()
