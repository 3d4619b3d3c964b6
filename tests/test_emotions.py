from itertools import combinations

import numpy as np
import pytest
from skimage.color import deltaE_ciede2000, rgb2lab

from emotion_core.emotions import COLOURS, EMOTIONS, FER2013_NUMBERS, colour_rgb, parse_emotion

# What each kind of colour blindness leaves of linear RGB: severity 1.0 of Machado, Oliveira & Fernandes 2009,
# https://doi.org/10.1109/TVCG.2009.113, table 1.
SIGHT = {
    "usual": np.eye(3),
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
}
TELLS_APART = 10  # CIEDE2000; about 2 is just noticeable side by side


def as_seen(emotion: str, matrix: object) -> np.ndarray:
    value = np.array(colour_rgb(emotion)) / 255
    linear = np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)
    seen = np.clip(np.array(matrix) @ linear, 0, 1)
    return rgb2lab(np.where(seen <= 0.0031308, seen * 12.92, 1.055 * seen ** (1 / 2.4) - 0.055))


@pytest.mark.parametrize("sight", SIGHT)
def test_every_two_colours_can_be_told_apart(sight: str) -> None:
    too_close = {
        (a, b): round(distance, 1)
        for a, b in combinations(EMOTIONS, 2)
        if (distance := deltaE_ciede2000(as_seen(a, SIGHT[sight]), as_seen(b, SIGHT[sight])).item()) < TELLS_APART
    }
    assert not too_close


def test_order_and_numbers() -> None:
    assert EMOTIONS == ("angry", "disgust", "fear", "happy", "neutral", "sad", "surprise")
    assert set(FER2013_NUMBERS) == set(COLOURS) == set(EMOTIONS)
    assert [FER2013_NUMBERS[number] for number in (4, 5, 6)] == ["sad", "surprise", "neutral"]


@pytest.mark.parametrize(
    ("name", "emotion"),
    [("Happy", "happy"), (" sadness ", "sad"), ("ANGER", "angry"), ("contempt", None), ("", None)],
)
def test_names_of_other_data_sets(name: str, emotion: str | None) -> None:
    assert parse_emotion(name) == emotion
