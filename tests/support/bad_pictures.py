"""The catalogue's pictures."""

from collections.abc import Callable

from tests.support import hostile_formats as formats
from tests.support import hostile_pictures as pictures
from tests.support.bad_inputs import EITHER, PICTURE, READ, REFUSED, BadInput
from tests.support.hostile_pictures import face, saved


def _picture(
    file_name: str, wrong: str, make: Callable[[], bytes], outcome: str = EITHER, slow: bool = False
) -> BadInput:
    return BadInput(file_name.rpartition(".")[0], PICTURE, file_name, wrong, lambda canary: make(), outcome, slow)


PICTURES = [
    _picture("empty.jpg", "no bytes at all", lambda: b"", REFUSED),
    _picture("cut_short.jpg", "the first half of a JPEG", lambda: _half(saved(face(), "JPEG")), REFUSED),
    _picture("cut_png.png", "the first half of a PNG", lambda: _half(saved(face(), "PNG")), REFUSED),
    _picture("wrong_suffix.jpg", "a PNG by another name", lambda: saved(face(), "PNG"), READ),
    _picture("one_pixel.png", "1 x 1", lambda: pictures.black_png(1, 1, 8, 2), READ),
    _picture("thin.png", "60,000 x 1", lambda: pictures.black_png(60_000, 1, 8, 0), REFUSED),
    _picture("tall.png", "1 x 60,000", lambda: pictures.black_png(1, 60_000, 8, 0), REFUSED),
    _picture(
        "png_header.png",
        "says 20,000 x 20,000, holds 1,000 bytes",
        lambda: pictures.png_header(20_000, 20_000),
        REFUSED,
    ),
    _picture("png_rgba_large.png", "49 megapixels with alpha", lambda: pictures.black_png(7_000, 7_000, 8, 6), REFUSED),
    _picture(
        "png_16_bit_large.png", "49 megapixels of 16 bit gray", lambda: pictures.black_png(7_000, 7_000, 16, 0), REFUSED
    ),
    _picture(
        "png_rgb_limit.png",
        "24 megapixels of RGB, as many as are read",
        lambda: pictures.black_png(6_000, 4_000, 8, 2),
        READ,
        slow=True,
    ),
    _picture(
        "png_rgba_limit.png",
        "12 megapixels with alpha, as many as are read",
        lambda: pictures.black_png(4_000, 3_000, 8, 6),
        READ,
    ),
    _picture(
        "png_16_bit_rgb.png", "12 megapixels of 16 bit RGB", lambda: pictures.black_png(4_000, 3_000, 16, 2), READ
    ),
    _picture(
        "png_interlaced.png", "24 megapixels in seven passes", lambda: pictures.png_interlaced(4_890), READ, slow=True
    ),
    _picture("png_bomb.png", "8 x 8 pixels that unpack to 200 MiB", pictures.png_bomb, READ),
    _picture("png_text_bomb.png", "a comment that unpacks to 100 MiB", pictures.png_text_bomb, REFUSED),
    _picture("png_many_texts.png", "60 comments that unpack to a megabyte each", pictures.png_many_texts, READ),
    _picture(
        "png_profile_bomb.png", "a colour profile that unpacks to 100 MiB", pictures.png_colour_profile_bomb, REFUSED
    ),
    _picture("png_odd_palette.png", "pixels that name colours which are not there", pictures.png_odd_palette, READ),
    _picture("png_bad_checksum.png", "a checksum that is wrong", pictures.png_bad_checksum, REFUSED),
    _picture("png_huge_exif.png", "EXIF of 20 MB", pictures.png_huge_exif, READ),
    _picture("webp_maximal.webp", "28 bytes, 49 megapixels", lambda: pictures.webp(7_000, 7_000), REFUSED),
    _picture(
        "webp_alpha_limit.webp", "28 bytes, 12 megapixels with alpha", lambda: pictures.webp(4_000, 3_000, True), READ
    ),
    _picture("webp_largest.webp", "28 bytes, 268 megapixels", lambda: pictures.webp(16_383, 16_383, True), REFUSED),
    _picture("webp_frames.webp", "an animation of 100 frames", lambda: pictures.webp_frames(100), READ, slow=True),
    _picture("gif_frames.gif", "10,000 frames", lambda: pictures.gif_frames(10_000), READ),
    _picture("gif_screen.gif", "a pixel on a screen of 65,535 x 65,535", pictures.gif_screen, REFUSED),
    _picture("jpeg_header.jpg", "says 65,500 x 65,500", lambda: pictures.jpeg_header(65_500, 65_500), REFUSED),
    _picture("jpeg_limit.jpg", "says 48 megapixels, holds fewer", lambda: pictures.jpeg_header(8_000, 6_000), READ),
    _picture("jpeg_scans.jpg", "9 megapixels in 300 scans", lambda: pictures.jpeg_scans(300), REFUSED, slow=True),
    _picture("jpeg_orientation.jpg", "EXIF orientation 9 of 8", pictures.jpeg_odd_orientation, READ),
    _picture("jpeg_huge_exif.jpg", "5,000 EXIF entries for the same 60,000 bytes", pictures.jpeg_huge_exif, READ),
    _picture("cmyk.jpg", "four inks", pictures.cmyk_jpeg, READ),
    _picture("two_in_one.jpg", "MPO, two pictures in a file", pictures.mpo, READ),
    _picture("archive_behind.jpg", "a .zip behind the picture", formats.archive_behind_picture, READ),
    _picture("tiff_loop.tiff", "a directory that follows itself", formats.tiff_loop, READ),
    _picture("tiff_huge_strip.tiff", "a strip of 4 GiB", formats.tiff_huge_strip, REFUSED),
    _picture("tiff_tile_bomb.tiff", "64 x 64 pixels in a tile of 40,000 x 40,000", formats.tiff_tile_bomb, REFUSED),
    _picture("tiff_float_large.tiff", "49 megapixels of float", lambda: formats.tiff_float(7_000), REFUSED, slow=True),
    _picture("tiff_not_numbers.tiff", "pixels that are not numbers", formats.tiff_not_numbers, READ),
    _picture("bmp_negative.bmp", "-8 x -2,147,483,648", lambda: formats.bmp(-8, -(2**31)), REFUSED),
    _picture("bmp_cut.bmp", "24 megapixels that are not there", lambda: formats.bmp(6_000, 4_000), REFUSED),
    _picture("bmp_run_lengths.bmp", "49 megapixels in two bytes", formats.bmp_run_lengths, REFUSED),
    _picture("ico_bomb.png", "an icon that holds a PNG of 20,000 x 20,000", formats.ico_bomb, REFUSED),
    _picture("photoshop.png", "Photoshop with rows that are not there", formats.psd, REFUSED),
    _picture("ppm_header.png", "PPM with pixels that are not there", lambda: formats.ppm_header(7_000, 7_000), REFUSED),
    _picture("jpeg2000_header.jpg", "JPEG 2000 that says 60,000 x 60,000", formats.jpeg2000_header, REFUSED),
    _picture("jpeg2000_large.jpg", "24 megapixels of JPEG 2000", lambda: formats.jpeg2000(4_890), REFUSED, slow=True),
    _picture("avif_large.jpg", "24 megapixels of AVIF", lambda: formats.avif(4_890), REFUSED, slow=True),
    _picture("dds_header.png", "a texture with pixels that are not there", formats.dds_header, REFUSED),
    _picture("fits_header.png", "an astronomer's picture without pixels", formats.fits_header, REFUSED),
    _picture("metafile.png", "drawing commands for Windows", formats.windows_metafile, REFUSED),
    _picture("drawing.png", "SVG with a script and an entity that reads a file", formats.svg, REFUSED),
    _picture("web_page.jpg", "HTML with a script", formats.html, REFUSED),
    _picture("document.png", "PDF", formats.pdf, REFUSED),
    _picture("postscript.png", "EPS, which Pillow hands to Ghostscript", formats.eps, REFUSED),
]


def _half(content: bytes) -> bytes:
    return content[: len(content) // 2]
