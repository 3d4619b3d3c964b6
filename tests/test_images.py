import io
import struct
import threading
from pathlib import Path

import numpy as np
import pytest
from PIL import ExifTags, Image

from emotion_core import decoding, images
from emotion_core.images import ImageError, animation_note, read_rgb, reading_rgb, resize_face, to_gray
from tests.support import hostile_pictures

LEFT_DARK = np.repeat(np.array([[40] * 10 + [200] * 20], np.uint8), 12, axis=0)  # 30 wide, 12 high


def encode(image: Image.Image, form: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, form, **options)
    return buffer.getvalue()


def sixteen_bit(form: str = "PNG") -> bytes:
    return encode(Image.fromarray(LEFT_DARK.astype(np.uint16) * 257), form)


def transparent(form: str = "PNG") -> bytes:
    """Dark where opaque; black under full transparency, which must read as white paper."""
    rgba = np.zeros((12, 30, 4), np.uint8)
    rgba[:, :10] = (40, 40, 40, 255)
    return encode(Image.fromarray(rgba), form, **({"lossless": True} if form == "WEBP" else {}))


def animated(form: str) -> bytes:
    """The picture, then white."""
    rest = [Image.new("RGB", (30, 12), "white")] * 3
    options = {"lossless": True} if form == "WEBP" else {}
    return encode(Image.fromarray(LEFT_DARK).convert("RGB"), form, save_all=True, append_images=rest, **options)


@pytest.mark.parametrize(
    ("content", "left", "right"),
    [
        (encode(Image.fromarray(LEFT_DARK), "PNG"), 40, 200),
        (encode(Image.fromarray(LEFT_DARK).convert("RGB"), "PNG"), 40, 200),
        (encode(Image.fromarray(LEFT_DARK).convert("P"), "PNG"), 40, 200),
        (encode(Image.fromarray(LEFT_DARK).convert("RGB").convert("CMYK"), "TIFF"), 40, 200),
        (encode(Image.fromarray(LEFT_DARK).convert("RGB"), "WEBP", lossless=True), 40, 200),
        (encode(Image.fromarray(LEFT_DARK).convert("RGB"), "BMP"), 40, 200),
        (encode(Image.fromarray(LEFT_DARK).convert("RGB"), "MPO", quality=95), 40, 200),
        (encode(Image.fromarray(LEFT_DARK.astype(np.float32) / 255), "TIFF"), 40, 200),
        (sixteen_bit(), 40, 200),
        (sixteen_bit("TIFF"), 40, 200),
        (transparent(), 40, 255),
        (transparent("WEBP"), 40, 255),
        (animated("GIF"), 40, 200),
        (animated("WEBP"), 40, 200),
        (animated("PNG"), 40, 200),
        (encode(Image.fromarray(LEFT_DARK).convert("RGB"), "HEIF", quality=-1), 40, 200),
        (transparent("HEIF"), 40, 255),
    ],
    ids=[
        *("gray", "rgb", "palette", "cmyk", "webp", "bmp", "mpo", "float", "16-bit", "16-bit tiff", "rgba"),
        *("rgba webp", "moving gif", "moving webp", "moving png", "heic", "rgba heic"),
    ],
)
def test_every_colour_mode_reads_as_a_person_sees_it(content: bytes, left: int, right: int) -> None:
    image = read_rgb(content)
    assert image.shape == (12, 30, 3) and image.dtype == np.uint8
    assert image[:, :9].mean() == pytest.approx(left, abs=3)
    assert image[:, 11:].mean() == pytest.approx(right, abs=3)


def test_what_is_converted_in_strips_has_no_seams(monkeypatch: pytest.MonkeyPatch) -> None:
    random = np.random.default_rng(0).integers(0, 256, (50, 30, 4), np.uint8)
    forms = [encode(Image.fromarray(random), "PNG"), encode(Image.fromarray(random), "WEBP", lossless=True)]
    forms.append(encode(Image.fromarray(random[..., 0].astype(np.uint16) * 200), "PNG"))
    whole = [read_rgb(content) for content in forms]
    monkeypatch.setattr(decoding, "_STRIP_PIXELS", 7 * 30)
    assert all(np.array_equal(read_rgb(content), image) for content, image in zip(forms, whole, strict=True))


@pytest.mark.parametrize("error", [struct.error("short"), TypeError("no number"), MemoryError()])
def test_whatever_a_picture_does_to_its_reader_it_gets_a_sentence(
    error: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(image: Image.Image) -> None:
        raise error

    monkeypatch.setattr("PIL.Image.Image.getexif", fail)  # as a malformed orientation does
    with pytest.raises(ImageError, match=r"face\.jpg (is damaged|needs more memory)"):
        read_rgb(encode(Image.fromarray(LEFT_DARK), "BMP"), "face.jpg")


@pytest.mark.parametrize("form", ["JPEG", "WEBP", "TIFF"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_exif_rotation_is_applied(orientation: int, form: str) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    upright = read_rgb(encode(Image.fromarray(LEFT_DARK), form, exif=exif, quality=95))
    assert upright.shape[:2] == ((12, 30) if orientation < 5 else (30, 12))
    dark = {1: "left", 2: "right", 3: "right", 4: "left", 5: "top", 6: "top", 7: "bottom", 8: "bottom"}[orientation]
    edges = {"left": upright[:, :8], "right": upright[:, -8:], "top": upright[:8], "bottom": upright[-8:]}
    assert edges[dark].mean() == pytest.approx(40, abs=6)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "is empty"),
        (b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>', "drawing"),
        (b"not a picture at all", "not a picture"),
        (encode(Image.effect_noise((200, 200), 50), "PNG")[:5000], "damaged"),
        (encode(Image.effect_noise((200, 200), 50), "JPEG")[:300], "damaged"),
        (encode(Image.effect_noise((200, 200), 50), "WEBP")[:5000], "damaged"),
    ],
    ids=["empty", "SVG", "text", "cut off", "cut off JPEG", "cut off WebP"],
)
def test_what_is_no_picture_gets_a_sentence(content: bytes, sentence: str) -> None:
    with pytest.raises(ImageError, match=sentence):
        read_rgb(content)


def test_a_missing_file_and_a_huge_one_get_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ImageError, match=r"gone\.png does not exist"):
        read_rgb(tmp_path / "gone.png")
    monkeypatch.setattr(images, "MAX_FILE_BYTES", 9)
    (tmp_path / "huge.png").write_bytes(encode(Image.fromarray(LEFT_DARK), "PNG"))
    with pytest.raises(ImageError, match=r"huge\.png is larger"):
        read_rgb(tmp_path / "huge.png")


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (hostile_pictures.png_header(5_000, 5_000), "the limit is 24.5 million"),
        (hostile_pictures.webp(16_000, 16_000), "the limit is 24.5 million"),
        (hostile_pictures.webp(5_000, 2_600, alpha=True), "the limit is 12.5 million"),
        (hostile_pictures.black_png(5_000, 2_600, 8, 6), "the limit is 12.5 million"),
        (hostile_pictures.black_png(5_000, 2_600, 16, 0), "the limit is 12.5 million"),
        (hostile_pictures.jpeg_header(20_000, 12_000), "the limit is 200 million"),
        (hostile_pictures.gif_screen(), "24.5 million"),
        (hostile_pictures.png_header(32_500, 700), "the limit for a side is 32000"),
        (hostile_pictures.png_header(60_000, 1), "one side may be 50 times as long"),
        (hostile_pictures.jpeg_header(1, 60_000), "one side may be 50 times as long"),
    ],
    ids=["rgb", "webp", "webp with alpha", "rgba", "16-bit", "jpeg", "gif", "long", "wide", "high"],
)
def test_a_picture_above_the_limit_is_refused_before_it_is_decoded(content: bytes, sentence: str) -> None:
    with pytest.raises(ImageError, match=sentence):
        read_rgb(content)


def test_a_lower_limit_can_be_asked_for() -> None:
    content = encode(Image.fromarray(LEFT_DARK), "JPEG")
    assert read_rgb(content, max_pixels=360).shape == (12, 30, 3)
    with pytest.raises(ImageError, match="30 x 12 pixels"):
        read_rgb(content, max_pixels=359)


@pytest.mark.parametrize(("size", "shape"), [((6_000, 4_000), (4_000, 6_000, 3)), ((9_504, 6_336), (3_168, 4_752, 3))])
def test_a_jpeg_above_the_limit_is_read_smaller(size: tuple[int, int], shape: tuple[int, ...]) -> None:
    halves = Image.new("L", size, 40)
    halves.paste(200, (size[0] // 2, 0, *size))
    image = read_rgb(encode(halves, "JPEG"))
    assert image.shape == shape
    assert image[:, : shape[1] // 2 - 8].mean() == pytest.approx(40, abs=1)
    assert image[:, shape[1] // 2 + 8 :].mean() == pytest.approx(200, abs=1)


def test_only_named_formats_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """PostScript under a picture's name never reaches Ghostscript."""
    (tmp_path / "gs").write_text(f"#!/bin/sh\ntouch {tmp_path}/ran\n")
    (tmp_path / "gs").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    monkeypatch.setattr("PIL.EpsImagePlugin.gs_binary", None)
    page = b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n%%EndComments\nshowpage\n%%EOF\n"
    with pytest.raises(ImageError, match="not a picture in a known format"):
        read_rgb(page, "face.png")
    assert not (tmp_path / "ran").exists()


def rle_bmp() -> bytes:
    header = struct.pack("<IiiHHIIiiII", 40, 4_000, 4_000, 1, 8, 1, 2, 0, 0, 256, 0)
    return b"BM" + struct.pack("<IHHI", 0, 0, 0, 1_078) + header + bytes(1_024) + b"\0\1"


def tiled_tiff(width: int, height: int) -> bytes:
    """48 x 48 pixels in a tile of another size."""
    values = [(256, 3, 48), (257, 3, 48), (258, 3, 8), (259, 3, 5), (262, 3, 1), (277, 3, 1)]
    values += [(322, 4, width), (323, 4, height), (324, 4, 8), (325, 4, 100)]
    entries = b"".join(struct.pack("<HHII", tag, kind, 1, value) for tag, kind, value in values)
    return b"II*\0" + struct.pack("<IH", 8, len(values)) + entries + bytes(400)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (hostile_pictures.jpeg_scans(2_000, side=500), "more than 100 scans"),
        (tiled_tiff(60_000, 30_000), "tiles of 60000 x 30000 pixels"),
        (encode(Image.new("RGB", (64, 64)), "TIFF", compression="jpeg"), "a TIFF file of a kind"),
        (rle_bmp(), "compressed BMP"),
        (hostile_pictures.png(8, 8, 8, 2, hostile_pictures.chunk(b"prIv", b"") * 100_000), "besides the picture"),
        (b"GIF89a\1\0\1\0\0\0\0" + b"!\xfe\1a\0" * 100_000, "besides the picture"),
    ],
    ids=["scans", "tiles", "jpeg in tiff", "packed bmp", "private chunks", "comments"],
)
def test_what_keeps_a_reader_busy_is_refused(content: bytes, sentence: str) -> None:
    with pytest.raises(ImageError, match=sentence):
        read_rgb(content)


def test_large_pictures_are_read_one_at_a_time_and_small_ones_pass() -> None:
    large, small = encode(Image.new("L", (2_500, 2_000)), "JPEG"), encode(Image.fromarray(LEFT_DARK), "JPEG")
    order = []
    waiting = threading.Thread(target=lambda: (read_rgb(large), order.append("second")))
    passing = threading.Thread(target=lambda: (read_rgb(small), order.append("small")))
    with reading_rgb(large):
        waiting.start()
        passing.start()
        passing.join(30)
        order.append("first")
    waiting.join(30)
    assert order == ["small", "first", "second"]


def test_a_reader_may_ask_for_smaller_pictures() -> None:
    content = encode(Image.fromarray(LEFT_DARK), "PNG")
    assert read_rgb(content, max_pixels=30 * 12).shape == (12, 30, 3)
    with pytest.raises(ImageError, match="has 30 x 12 pixels"):
        read_rgb(content, max_pixels=30 * 12 - 1)


def test_gray_is_luma() -> None:
    red = np.full((2, 2, 3), (255, 0, 0), np.uint8)
    assert to_gray(red)[0, 0] == 76  # 0.299 x 255
    assert to_gray(LEFT_DARK) is LEFT_DARK


def test_a_face_of_the_right_size_is_left_alone() -> None:
    face = np.arange(48 * 48, dtype=np.uint32).astype(np.uint8).reshape(48, 48)
    assert resize_face(face) is face
    assert resize_face(LEFT_DARK).shape == (48, 48)


@pytest.mark.parametrize("form", ["GIF", "WEBP", "PNG"])
def test_of_a_picture_that_moves_it_is_said_that_the_first_was_read(form: str) -> None:
    assert animation_note(animated(form)) == "It moves; only its first picture was read."
    assert animation_note(encode(Image.fromarray(LEFT_DARK), form)) == ""
    assert animation_note(b"no picture") == ""


def test_a_heic_picture_is_upright() -> None:
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 6
    left_dark = Image.fromarray(np.repeat(np.repeat(LEFT_DARK, 4, axis=0), 4, axis=1)).convert("RGB")
    image = read_rgb(encode(left_dark, "HEIF", exif=exif.tobytes()))
    assert image.shape == (120, 48, 3)
    assert image[:36].mean() == pytest.approx(40, abs=3) and image[44:].mean() == pytest.approx(200, abs=3)


def test_a_folder_gets_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(ImageError, match="cannot be read"):
        read_rgb(tmp_path)
