import numpy as np
import tensorflow as tf

from emotion_core.datasets import FaceDataset
from emotion_core.experiments.config import Augmentation, RunConfig
from emotion_core.training.input_pipeline import training_batches, validation_batches

NONE = Augmentation(flip=False, rotation=0, shift=0, zoom=0, contrast=0, brightness=0)


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


def test_a_share_of_the_faces_is_shown_aligned() -> None:
    images, targets = np.zeros((400, 48, 48), np.uint8), np.eye(400, dtype=np.float32)
    half = config(aligned_fraction=0.5)
    batches = training_batches(images, targets, half, 1, 48, seed=1, aligned=np.full_like(images, 200))
    shown = np.concatenate([faces.numpy()[:, 24, 24, 0] for faces, _ in batches])
    assert set(np.round(shown)) == {0, 200} and 0.4 < (shown > 100).mean() < 0.6
    assert not images.any(), "the faces themselves are not changed"


def test_a_face_looks_otherwise_in_the_next_epoch(sample: FaceDataset) -> None:
    alone = RunConfig(data="sample", batch_size=1)
    batches = training_batches(sample.images[:1], np.eye(1, dtype=np.float32), alone, 1, 48, seed=1)
    first, second = (next(iter(batches))[0].numpy() for _ in range(2))
    assert not np.array_equal(first, second)


def test_the_same_seed_gives_the_same_batches(sample: FaceDataset) -> None:
    targets = np.eye(100, dtype=np.float32)
    strong = RunConfig(data="sample", batch_size=32)
    runs = [training_batches(sample.images[:100], targets, strong, 1, 48, seed) for seed in (1, 1, 2)]
    first, again, other = (np.concatenate([faces.numpy() for faces, _ in batches]) for batches in runs)
    assert np.array_equal(first, again) and not np.array_equal(first, other)


def test_validation_batches_keep_the_order(sample: FaceDataset) -> None:
    batches = list(validation_batches(sample.images, sample.labels, channels=1))
    assert np.array_equal(np.concatenate([truth.numpy() for _, truth in batches]), sample.labels)
    assert np.array_equal(np.concatenate([faces.numpy()[..., 0] for faces, _ in batches]), sample.images)
