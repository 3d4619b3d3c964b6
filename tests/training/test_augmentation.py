import numpy as np
import pytest
import tensorflow as tf

from emotion_core.datasets import FaceDataset
from emotion_core.store.run_config import Augmentation, RunConfig
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
    return augment(tf.constant(faces), strength, size=faces.shape[1]).numpy()


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


def test_faces_come_out_in_the_size_asked_for(faces: np.ndarray) -> None:
    smaller = augment(tf.constant(faces), NONE, size=32).numpy()
    assert smaller.shape == (64, 32, 32)
    assert np.allclose(smaller.mean(axis=(1, 2)), faces.mean(axis=(1, 2)), atol=3)
    position = np.tile(np.arange(48, dtype=np.float32), (1, 48, 1))  # each pixel's column
    assert np.allclose(augment(tf.constant(position), NONE, size=24).numpy()[0, 0], np.arange(24) * 2 + 0.5, atol=0.01)


def test_blur_takes_detail_away_and_no_light(faces: np.ndarray) -> None:
    changed = run(faces, only(blur=2.0))
    detail = [np.abs(np.diff(pictures, axis=1)).mean(axis=(1, 2)) for pictures in (faces, changed)]
    assert (detail[1] < detail[0] * 1.01).all()
    assert 0.25 < (detail[1] < detail[0] * 0.9).mean() < 0.75, "about half stay sharp"
    assert np.allclose(changed.mean(axis=(1, 2)), faces.mean(axis=(1, 2)), atol=4)


def test_noise_is_as_strong_as_asked_at_most(faces: np.ndarray) -> None:
    gray = np.full_like(faces, 128)
    spread = run(gray, only(noise=0.1)).std(axis=(1, 2))
    assert spread.max() < 27 and spread.max() > 20 and spread.min() < 5  # 0.1 x 255 = 25.5


def test_erasing_covers_a_rectangle_of_some_faces(faces: np.ndarray) -> None:
    white = np.full_like(faces, 255)
    covered = run(white, only(erasing=0.5)) != 255
    touched = covered.any(axis=(1, 2))
    assert 0.25 < touched.mean() < 0.75
    assert covered[touched].mean(axis=(1, 2)).max() < 0.22
    for face in covered[touched]:
        rows, columns = np.flatnonzero(face.any(axis=1)), np.flatnonzero(face.any(axis=0))
        assert face[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1].all()


def config(**settings: float) -> RunConfig:
    return RunConfig(data="sample", batch_size=32, augmentation=NONE, **settings)  # type: ignore[arg-type]


def test_batches_cover_every_row_once_an_epoch_in_a_new_order(sample: FaceDataset) -> None:
    images, targets = sample.images[:100], np.eye(100, dtype=np.float32)
    batches = training_batches(images, targets, config(), channels=3, size=48, seed=1)
    epochs = [np.concatenate([truth.numpy().argmax(axis=1) for _, truth in batches]) for _ in range(2)]
    assert all(sorted(order) == list(range(100)) for order in epochs)
    assert not np.array_equal(*epochs)
    faces, truth = next(iter(batches))
    assert faces.shape == (32, 48, 48, 3) and faces.dtype == tf.float32
    assert np.allclose(faces[..., 0], images[truth.numpy().argmax(axis=1)], atol=0.01)


def test_mixup_blends_a_face_and_its_target_with_the_same_share() -> None:
    gray = np.tile(np.arange(0, 250, 10, dtype=np.uint8)[:, np.newaxis, np.newaxis], (1, 48, 48))
    batches = training_batches(gray, np.eye(25, dtype=np.float32), config(mixup=1.0), channels=1, size=48, seed=1)
    faces, truth = next(iter(batches))
    assert np.allclose(truth.numpy().sum(axis=1), 1)
    assert np.allclose(faces.numpy().mean(axis=(1, 2, 3)), truth.numpy() @ np.arange(0, 250, 10), atol=0.1)
    assert (truth.numpy().max(axis=1) < 0.99).mean() > 0.5
    assert (truth.numpy().max(axis=1) >= 0.5).all(), "the face itself keeps the larger share"


def test_validation_batches_keep_the_order(sample: FaceDataset) -> None:
    batches = list(validation_batches(sample.images, sample.labels, channels=1))
    assert np.array_equal(np.concatenate([truth.numpy() for _, truth in batches]), sample.labels)
    assert np.array_equal(batches[0][0].numpy()[..., 0], sample.images[:256])
