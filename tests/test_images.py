import io
import struct
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from emotion_core import images
from emotion_core.images import ImageError, read_rgb, resize_face, to_gray

LEFT_DARK = np.repeat(np.array([[40] * 10 + [200] * 20], np.uint8), 12, axis=0)  # 30 wide, 12 high


def encode(image: Image.Image, form: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, form, **options)
    return buffer.getvalue()


def sixteen_bit() -> bytes:
    return encode(Image.fromarray(LEFT_DARK.astype(np.uint16) * 257), "PNG")


def transparent() -> bytes:
    """Dark where opaque; black under full transparency, which must read as white paper."""
    rgba = np.zeros((12, 30, 4), np.uint8)
    rgba[:, :10] = (40, 40, 40, 255)
    return encode(Image.fromarray(rgba), "PNG")


@pytest.mark.parametrize(
    ("content", "left", "right"),
    [
        (encode(Image.fromarray(LEFT_DARK), "PNG"), 40, 200),
        (encode(Image.fromarray(LEFT_DARK).convert("RGB"), "PNG"), 40, 200),
        (encode(Image.fromarray(LEFT_DARK).convert("P"), "PNG"), 40, 200),
        (encode(Image.fromarray(LEFT_DARK).convert("RGB").convert("CMYK"), "TIFF"), 40, 200),
        (sixteen_bit(), 40, 200),
        (transparent(), 40, 255),
    ],
    ids=["gray", "rgb", "palette", "cmyk", "16-bit", "rgba"],
)
def test_every_colour_mode_reads_as_a_person_sees_it(content: bytes, left: int, right: int) -> None:
    image = read_rgb(content)
    assert image.shape == (12, 30, 3) and image.dtype == np.uint8
    assert image[:, :9].mean() == pytest.approx(left, abs=3)
    assert image[:, 11:].mean() == pytest.approx(right, abs=3)


@pytest.mark.parametrize("error", [struct.error("short"), TypeError("no number")])
def test_whatever_a_picture_does_to_its_reader_it_gets_a_sentence(
    error: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(image: Image.Image) -> None:
        raise error

    monkeypatch.setattr("PIL.ImageOps.exif_transpose", fail)  # as a malformed orientation does
    with pytest.raises(ImageError, match=r"face\.jpg is damaged"):
        read_rgb(encode(Image.fromarray(LEFT_DARK), "PNG"), "face.jpg")


@pytest.mark.parametrize("orientation", range(1, 9))
def test_exif_rotation_is_applied(orientation: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    upright = read_rgb(encode(Image.fromarray(LEFT_DARK), "JPEG", exif=exif, quality=95))
    assert upright.shape[:2] == ((12, 30) if orientation < 5 else (30, 12))
    dark = {1: "left", 2: "right", 3: "right", 4: "left", 5: "top", 6: "top", 7: "bottom", 8: "bottom"}[orientation]
    edges = {"left": upright[:, :8], "right": upright[:, -8:], "top": upright[:8], "bottom": upright[-8:]}
    assert edges[dark].mean() == pytest.approx(40, abs=6)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "not a picture"),
        (b"not a picture at all", "not a picture"),
        (encode(Image.effect_noise((200, 200), 50), "PNG")[:5000], "damaged"),
    ],
    ids=["empty", "text", "cut off"],
)
def test_what_is_no_picture_gets_a_sentence(content: bytes, sentence: str) -> None:
    with pytest.raises(ImageError, match=sentence):
        read_rgb(content)


def test_a_missing_file_and_a_huge_picture_get_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ImageError, match=r"gone\.png does not exist"):
        read_rgb(tmp_path / "gone.png")
    monkeypatch.setattr(images, "MAX_PIXELS", 100)
    with pytest.raises(ImageError, match="limit"):
        read_rgb(encode(Image.fromarray(LEFT_DARK), "PNG"))


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
