import numpy as np
import pytest

from emotion_core.datasets import FaceDataset
from emotion_core.datasets.augmentation import augment, preview
from emotion_core.experiments.config import Augmentation

NONE = Augmentation(flip=False, rotation=0, shift=0, zoom=0, contrast=0, brightness=0)


def only(**strength: float | bool) -> Augmentation:
    return Augmentation(**{**dict(NONE), **strength})


@pytest.fixture(scope="module")
def faces(sample: FaceDataset) -> np.ndarray:
    return sample.images[:64]


def run(faces: np.ndarray, strength: Augmentation) -> np.ndarray:
    return augment(faces, strength, np.random.default_rng(0), size=faces.shape[1])


def test_no_strength_changes_nothing(faces: np.ndarray) -> None:
    assert np.allclose(run(faces, NONE), faces, atol=0.01)


def test_flip_mirrors_about_half(faces: np.ndarray) -> None:
    changed = run(faces, only(flip=True))
    mirrored = [np.allclose(new, old[:, ::-1], atol=0.01) for new, old in zip(changed, faces, strict=True)]
    kept = [np.allclose(new, old, atol=0.01) for new, old in zip(changed, faces, strict=True)]
    assert all(a != b for a, b in zip(mirrored, kept, strict=True))
    assert 15 < sum(mirrored) < 49


@pytest.mark.parametrize(("name", "strength"), [("rotation", 20.0), ("zoom", 0.2)])
def test_turn_and_zoom_keep_the_middle(name: str, strength: float) -> None:
    spot = np.zeros((32, 47, 47), np.uint8)
    spot[:, 23, 23] = 255  # the very middle
    spot[:, 23, 40] = 255
    changed = run(spot, only(**{name: strength}))
    assert (changed[:, 23, 23] > 150).all()
    assert np.std(changed[:, 23, 40]) > 20, "the other spot moves, differently in each picture"


def test_shift_moves_by_no_more_than_asked() -> None:
    spot = np.zeros((64, 48, 48), np.uint8)
    spot[:, 24, 24] = 255
    changed = run(spot, only(shift=0.1))
    rows, columns = np.array([np.unravel_index(face.argmax(), face.shape) for face in changed]).T
    moved = np.abs(np.stack([rows, columns]) - 24)
    assert 3 <= moved.max() <= 5  # 0.1 x 48 = 4.8


def test_tone_changes_stay_in_range(faces: np.ndarray) -> None:
    changed = run(faces, only(contrast=0.9, brightness=0.9))
    assert changed.min() >= 0 and changed.max() <= 255
    assert np.std(changed.mean(axis=(1, 2)) - faces.mean(axis=(1, 2))) > 20


def test_faces_come_out_in_the_size_asked_for(faces: np.ndarray) -> None:
    smaller = augment(faces, NONE, np.random.default_rng(0), size=32)
    assert smaller.shape == (64, 32, 32)
    assert np.allclose(smaller.mean(axis=(1, 2)), faces.mean(axis=(1, 2)), atol=3)
    position = np.tile(np.arange(48, dtype=np.uint8), (1, 48, 1))  # each pixel's column
    halved = augment(position, NONE, np.random.default_rng(0), size=24)
    assert np.allclose(halved[0, 0], np.arange(24) * 2 + 0.5, atol=0.05)


def test_blur_takes_detail_away_and_no_light(faces: np.ndarray) -> None:
    changed = run(faces, only(blur=2.0))
    detail = [np.abs(np.diff(pictures.astype(float), axis=1)).mean(axis=(1, 2)) for pictures in (faces, changed)]
    assert (detail[1] < detail[0] * 1.01).all()
    assert 0.25 < (detail[1] < detail[0] * 0.9).mean() < 0.75, "about half stay sharp"
    assert np.allclose(changed.mean(axis=(1, 2)), faces.mean(axis=(1, 2)), atol=4)


def test_noise_is_as_strong_as_asked_at_most_and_on_half_of_the_faces(faces: np.ndarray) -> None:
    gray = np.full_like(faces, 128)
    spread = run(gray, only(noise=0.1)).std(axis=(1, 2))
    assert spread.max() < 27 and spread.max() > 20  # 0.1 x 255 = 25.5
    assert 0.25 < (spread < 0.01).mean() < 0.75, "about half stay as they are"


def test_erasing_covers_a_rectangle_of_some_faces(faces: np.ndarray) -> None:
    white = np.full_like(faces, 255)
    covered = run(white, only(erasing=0.5)) != 255
    touched = covered.any(axis=(1, 2))
    assert 0.25 < touched.mean() < 0.75
    assert covered[touched].mean(axis=(1, 2)).max() < 0.22
    for face in covered[touched]:
        rows, columns = np.flatnonzero(face.any(axis=1)), np.flatnonzero(face.any(axis=0))
        assert face[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1].all()


def test_the_same_chance_gives_the_same_faces(faces: np.ndarray) -> None:
    everything = Augmentation(blur=1, noise=0.1, erasing=0.5)
    first, again, other = (augment(faces, everything, np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert np.array_equal(first, again) and not np.array_equal(first, other)
    assert first.dtype == np.float32 and first.min() >= 0 and first.max() <= 255


def test_a_preview_shows_the_same_faces_before_and_after(sample: FaceDataset) -> None:
    rows = preview(sample.images, Augmentation(), columns=5, epochs=2)
    assert [row.shape for row in rows] == [(5, 48, 48)] * 3 and all(row.dtype == np.uint8 for row in rows)
    assert all((face == sample.images).all(axis=(1, 2)).any() for face in rows[0])
    assert not np.array_equal(rows[1], rows[2]) and np.array_equal(
        rows[1], preview(sample.images, Augmentation(), 5)[1]
    )
