"""What a JPEG file announces (ITU-T T.81, https://www.w3.org/Graphics/JPEG/itu-t81.pdf), read before it is decoded.

Where a picture comes in several scans, decoders hold all of its coefficients and go through them for every scan: a file
of 190 KB with 2,000 scans kept one busy for half a minute.
"""

import re
from dataclasses import dataclass
from math import ceil

MAX_SCANS = 100  # libjpeg's own progression has 10
MAX_HEADER_BYTES = 16 * 2**20  # depth maps of phones have some

_MARKER = re.compile(rb"\xff([^\x00\xff])")
_START_OF_SCAN, _END_OF_IMAGE, _START_OF_IMAGE = 0xDA, 0xD9, 0xD8
_WITHOUT_LENGTH = {0x01, *range(0xD0, 0xD8)}
_FRAMES = {0xC0, 0xC1, 0xC2, 0xC9, 0xCA}  # Huffman and arithmetic coding; neither lossless nor hierarchical
_PROGRESSIVE = {0xC2, 0xCA}
_OTHER_FRAMES = {0xC3, 0xC5, 0xC6, 0xC7, 0xCB, 0xCD, 0xCE, 0xCF}
_COEFFICIENT_BYTES = 2


@dataclass(frozen=True)
class JpegHeader:
    """Width and height in pixels; components: of a pixel; scans: in which it comes; coefficients: bytes of them that a
    decoder holds at once."""

    width: int
    height: int
    components: int
    scans: int = 1
    coefficients: int = 0


def read_jpeg_header(content: bytes) -> JpegHeader:
    """The header of a JPEG file. Raises `ValueError` where none can be read or the picture has too many scans."""
    frame = None
    position = 2
    while True:
        code, position = _next_marker(content, position)
        segment, position = _segment(content, position)
        if code in _FRAMES and frame is None:
            frame, is_progressive = segment, code in _PROGRESSIVE
        elif code in _FRAMES or code in _OTHER_FRAMES:
            raise ValueError("a rare kind of JPEG")
        elif code == _START_OF_SCAN:
            break
        if position > MAX_HEADER_BYTES:
            raise ValueError("a JPEG with too much before the picture")
    if frame is None or len(frame) < 9 or not segment:
        raise ValueError("a JPEG without a size")
    height, width, components = int.from_bytes(frame[1:3]), int.from_bytes(frame[3:5]), frame[5]
    if not is_progressive and segment[0] == components:  # decoders end with the first scan
        return JpegHeader(width, height, components)
    return JpegHeader(
        width, height, components, 1 + _count_scans(content, position), _coefficients(width, height, frame)
    )


def _next_marker(content: bytes, position: int) -> tuple[int, int]:
    """The code of the next marker that has a segment, or ends the picture, and where its segment begins."""
    while match := _MARKER.search(content, position):
        code, position = match[1][0], match.end()
        if code in (_START_OF_IMAGE, _END_OF_IMAGE):
            break
        if code not in _WITHOUT_LENGTH:
            return code, position
    raise ValueError("a JPEG without a picture")


def _segment(content: bytes, position: int) -> tuple[bytes, int]:
    length = int.from_bytes(content[position : position + 2])
    if length < 2 or position + length > len(content):
        raise ValueError("a JPEG that breaks off")
    return content[position + 2 : position + length], position + length


def _count_scans(content: bytes, position: int) -> int:
    """Scans after the first one, whose data begin here."""
    scans = 0
    while match := _MARKER.search(content, position):
        code, position = match[1][0], match.end()
        if code == _END_OF_IMAGE:
            break
        if code in _WITHOUT_LENGTH:
            continue
        scans += code == _START_OF_SCAN
        if scans >= MAX_SCANS:
            raise ValueError(f"a JPEG of more than {MAX_SCANS} scans")
        position += int.from_bytes(content[position : position + 2])
    return scans


def _coefficients(width: int, height: int, frame: bytes) -> int:
    """Bytes of all coefficients; each component has its share of the samples across and down."""
    sampling = [(factors >> 4, factors & 15) for factors in frame[7 : 6 + 3 * frame[5] : 3]]
    most_across, most_down = (max(values, default=0) for values in zip(*sampling, strict=True))
    if not most_across or not most_down:
        raise ValueError("a JPEG without samples")
    return _COEFFICIENT_BYTES * sum(
        ceil(width * across / most_across) * ceil(height * down / most_down) for across, down in sampling
    )
