"""Each way of spoiling a picture does what its name says."""

import numpy as np
import pytest

from benchmarks.robustness import CLEAN, SPOILERS
from emotion_core.images import to_gray
from emotion_core.vision.geometry import Box

BOX = Box(100, 80, 200, 200)


@pytest.fixture(scope="module")
def spoilt(example: np.ndarray) -> dict[str, tuple[np.ndarray, Box]]:
    gray = to_gray(example)
    return {name: spoil(gray, BOX, np.random.default_rng(0)) for name, spoil in SPOILERS.items()}


@pytest.fixture(scope="module")
def gray(example: np.ndarray) -> np.ndarray:
    return to_gray(example).astype(float)


def test_pictures_stay_pictures_and_the_original_is_not_touched(
    spoilt: dict[str, tuple[np.ndarray, Box]], gray: np.ndarray
) -> None:
    for image, _ in spoilt.values():
        assert image.shape == gray.shape and image.dtype == np.uint8
    assert np.array_equal(spoilt[CLEAN][0], gray) and spoilt[CLEAN][1] == BOX


@pytest.mark.parametrize(
    ("name", "mean", "spread"),
    [
        ("a fifth of the light", 0.2, 0.2),
        ("a quarter of the contrast", None, 0.25),
        ("noise, deviation 25 of 255", 1, None),
    ],
)
def test_light_and_contrast_fall_as_stated(name, mean, spread, spoilt, gray) -> None:  # type: ignore[no-untyped-def]
    image = spoilt[name][0]
    if mean:
        assert image.mean() == pytest.approx(gray.mean() * mean, rel=0.03)
    if spread:
        assert image.std() == pytest.approx(gray.std() * spread, rel=0.03)
    else:
        assert 15 < np.std(image - gray) < 26


def test_the_covered_part_is_a_tenth_of_the_face_and_lies_in_it(spoilt, gray) -> None:  # type: ignore[no-untyped-def]
    changed = spoilt["a tenth of the face covered"][0] != gray
    rows, columns = np.flatnonzero(changed.any(axis=1)), np.flatnonzero(changed.any(axis=0))
    assert rows[0] >= BOX.y and rows[-1] < BOX.y + BOX.height and columns[0] >= BOX.x
    assert (rows[-1] - rows[0] + 1) * (columns[-1] - columns[0] + 1) == pytest.approx(0.1 * 200 * 200, rel=0.05)


def test_wrong_boxes_are_as_wrong_as_stated(spoilt: dict[str, tuple[np.ndarray, Box]]) -> None:
    small, large = spoilt["box 20 % too small"][1], spoilt["box 20 % too large"][1]
    assert (small.to_list(), large.to_list()) == ([120, 100, 160, 160], [80, 60, 240, 240])
    moved = spoilt["box a tenth of its side off"][1]
    assert np.hypot(moved.x - BOX.x, moved.y - BOX.y) == pytest.approx(20, abs=1)
