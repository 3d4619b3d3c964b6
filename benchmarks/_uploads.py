"""Files that visitors upload: large good ones, and bad ones."""

import io
import zlib
from collections.abc import Iterator
from fractions import Fraction

import av
import cv2
import numpy as np
from PIL import Image

from emotion_core.images import read_rgb
from emotion_core.vision.media.example import read_example
from tests.browser.camera import RATE, one_face

FOUR_K, FULL_HD = (3840, 2160), (1920, 1080)


def large_photo(number: int = 0, size: tuple[int, int] = FOUR_K) -> bytes:
    """The example picture as a JPEG of this width and height; each number is another piece of it."""
    picture = read_rgb(read_example())
    top = 4 * number
    piece = picture[top : top + 288]
    buffer = io.BytesIO()
    Image.fromarray(cv2.resize(piece, size, interpolation=cv2.INTER_CUBIC)).save(buffer, "JPEG", quality=90)
    return buffer.getvalue()


def long_video(seconds: float, size: tuple[int, int] = FULL_HD) -> bytes:
    """An MP4 of one face that moves, 30 frames a second; it begins anew every four seconds, so that only those must be
    encoded here."""
    buffer = io.BytesIO()
    with av.open(buffer, "w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=RATE, options={"preset": "ultrafast", "bf": "0"})
        stream.width, stream.height = size
        stream.pix_fmt = "yuv420p"
        stream.codec_context.time_base = Fraction(1, RATE)
        packets = [bytes(packet) for packet in _encoded(stream, size)]
        for number in range(round(seconds * RATE)):
            packet = av.Packet(packets[number % len(packets)])
            packet.stream, packet.time_base = stream, Fraction(1, RATE)
            packet.pts = packet.dts = number
            packet.is_keyframe = number % len(packets) == 0
            container.mux(packet)
    return buffer.getvalue()


def _encoded(stream: av.VideoStream, size: tuple[int, int]) -> Iterator[av.Packet]:
    for number, image in enumerate(one_face()):
        wide = image[: image.shape[1] * size[1] // size[0]]
        large = np.asarray(cv2.resize(wide, size), np.uint8)
        frame = av.VideoFrame.from_ndarray(large, format="rgb24").reformat(format="yuv420p")
        frame.pts, frame.time_base = number, Fraction(1, RATE)
        yield from stream.encode(frame)
    yield from stream.encode(None)


def bad_files() -> dict[str, bytes]:
    """Files that no reader can make sense of, by a name that promises it could."""
    photo, video = large_photo(size=(640, 480)), long_video(1, (320, 240))
    return {
        "words.png": b"This is no picture.",
        "empty.jpg": b"",
        "cut.jpg": photo[: len(photo) // 3],
        "torn.jpg": photo[:400] + bytes(len(photo) - 400),
        "noise.png": b"\x89PNG\r\n\x1a\n" + np.random.default_rng(0).bytes(4000),
        "words.mp4": b"This is no video." * 100,
        "cut.mp4": video[: len(video) // 2],
        "huge.png": _huge_png(),
    }


def _huge_png() -> bytes:
    """A picture of a few KB whose header speaks of 400 megapixels."""
    buffer = io.BytesIO()
    Image.new("1", (64, 64)).save(buffer, "PNG")
    content = bytearray(buffer.getvalue())
    content[16:24] = (20_000).to_bytes(4, "big") * 2
    content[29:33] = zlib.crc32(content[12:29]).to_bytes(4, "big")
    return bytes(content)
