"""What a game leaves to share: one picture of its seven moments, and a looping animation of them."""

import io
from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from emotion_core.emotions import NEUTRAL, colour_rgb
from emotion_core.vision.faces.portrait import PORTRAIT_SIDE as CROP
from emotion_core.vision.live.game import MOST_POINTS, Moment

TITLE = "Show all seven"
_GAP, _CAPTION, _HEAD = 16, 56, 96  # pixels
_COLUMNS = 4
_PAPER, _INK = (250, 250, 248), (29, 39, 51)
_FRAME, _HOLD = 120, 900  # milliseconds of a picture that leads to a moment, and of the moment itself
MOST_BYTES = 2 * 2**20  # of an animation
_PALETTES = (128, 64, 32, 16)  # colours; the first that keeps it within that, since a camera's noise fills a file


def collage(moments: Sequence[Moment]) -> bytes:
    """A PNG file, 1,040 x 720 pixels: the moments with names and points in two rows, and their sum."""
    rows = -(-(len(moments) + 1) // _COLUMNS)
    width = _COLUMNS * (CROP + _GAP) + _GAP
    picture = Image.new("RGB", (width, _HEAD + rows * (CROP + _CAPTION + _GAP)), _PAPER)
    draw = ImageDraw.Draw(picture)
    draw.text((_GAP, _HEAD // 2), TITLE, _INK, ImageFont.load_default(44), anchor="lm")
    draw.text((width - _GAP, _HEAD // 2), "Emotion Classifier", _INK, ImageFont.load_default(26), anchor="rm")
    for number, moment in enumerate(moments):
        picture.paste(_card(moment, moment.crop), place(number))
    x, y = place(len(moments))
    total = sum(moment.points for moment in moments)
    middle = x + CROP // 2
    draw.text((middle, y + CROP // 2 - 20), f"{total}", _INK, ImageFont.load_default(84), anchor="mm")
    draw.text((middle, y + CROP // 2 + 44), f"of {MOST_POINTS} points", _INK, ImageFont.load_default(26), anchor="mm")
    return _saved(picture, "PNG")


def place(number: int) -> tuple[int, int]:
    """Left and top of a moment in the collage, in pixels."""
    row, column = divmod(number, _COLUMNS)
    return _GAP + column * (CROP + _GAP), _HEAD + row * (CROP + _CAPTION + _GAP)


def animation(moments: Sequence[Moment]) -> bytes:
    """A GIF file that loops: what led to each moment, and the moment with its name and points."""
    cards, durations = list[Image.Image](), list[int]()
    for moment in moments:
        for crop in (*moment.lead, moment.crop):
            cards.append(_card(moment, crop))
            durations.append(_FRAME)
        durations[-1] = _HOLD
    content = b""
    for colours in _PALETTES:
        content = _gif([card.quantize(colours) for card in cards], durations)
        if len(content) <= MOST_BYTES:
            break
    return content


def _gif(frames: Sequence[Image.Image], durations: Sequence[int]) -> bytes:
    return _saved(frames[0], "GIF", save_all=True, append_images=frames[1:], duration=durations, loop=0)


def _card(moment: Moment, crop: np.ndarray) -> Image.Image:
    """A face with its name and points below."""
    card = Image.new("RGB", (CROP, CROP + _CAPTION), colour_rgb(moment.emotion))
    card.paste(Image.fromarray(crop))
    words = f"{moment.emotion}" if moment.emotion == NEUTRAL else f"{moment.emotion} {moment.points}"
    draw, middle = ImageDraw.Draw(card), (CROP // 2, CROP + _CAPTION // 2)
    draw.text(middle, words, "white", ImageFont.load_default(32), anchor="mm", stroke_width=2, stroke_fill=(20, 20, 20))
    return card


def _saved(picture: Image.Image, form: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, form, **options)
    return buffer.getvalue()
