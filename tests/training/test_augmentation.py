import numpy as np
import pytest
import tensorflow as tf

from emotion_core.datasets import FaceDataset
from emotion_core.store.run_config import Augmentation
from emotion_core.training.augmentation import augment
from emotion_core.training.pipeline import training_batches, validation_batches

NONE = Augmentation(flip=False, rotation=0, shift=0, zoom=0, contrast=0, brightness=0)


def only(**strength: float | bool) -> Augmentation:
    return Augmentation(**{**NONE.__dict__, **strength})


@pytest.fixture(scope="module")
def faces(sample: FaceDataset) -> np.ndarray:
    return sample.images[:64].astype(np.float32)


def run(faces: np.ndarray, strength: Augmentation) -> np.ndarray:
    tf.random.set_seed(0)
    return augment(tf.constant(faces), strength).numpy()


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
    spot = np.zeros((32, 47, 47), np.float32)
    spot[:, 23, 23] = 255  # the very middle
    spot[:, 23, 40] = 255
    changed = run(spot, only(**{name: strength}))
    assert (changed[:, 23, 23] > 150).all()
    assert np.std(changed[:, 23, 40]) > 20, "the other spot moves, differently in each picture"


def test_shift_moves_by_no_more_than_asked() -> None:
    spot = np.zeros((64, 48, 48), np.float32)
    spot[:, 24, 24] = 255
    changed = run(spot, only(shift=0.1))
    rows, columns = np.array([np.unravel_index(face.argmax(), face.shape) for face in changed]).T
    moved = np.abs(np.stack([rows, columns]) - 24)
    assert 3 <= moved.max() <= 5  # 0.1 x 48 = 4.8


def test_tone_changes_stay_in_range(faces: np.ndarray) -> None:
    changed = run(faces, only(contrast=0.9, brightness=0.9))
    assert changed.min() >= 0 and changed.max() <= 255
    assert np.std(changed.mean(axis=(1, 2)) - faces.mean(axis=(1, 2))) > 20


def test_batches_cover_every_row_once_an_epoch_in_a_new_order(sample: FaceDataset) -> None:
    images, labels = sample.images[:100], np.arange(100)
    batches = training_batches(images, labels, batch_size=32, strength=NONE, channels=3, seed=1)
    epochs = [np.concatenate([truth.numpy() for _, truth in batches]) for _ in range(2)]
    assert all(sorted(order) == list(range(100)) for order in epochs)
    assert not np.array_equal(*epochs)
    faces, truth = next(iter(batches))
    assert faces.shape == (32, 48, 48, 3) and faces.dtype == tf.float32
    assert np.allclose(faces[..., 0], images[truth.numpy()], atol=0.01)


def test_validation_batches_keep_the_order(sample: FaceDataset) -> None:
    batches = list(validation_batches(sample.images, sample.labels, channels=1))
    assert np.array_equal(np.concatenate([truth.numpy() for _, truth in batches]), sample.labels)
    assert np.array_equal(batches[0][0].numpy()[..., 0], sample.images[:256])
