import numpy as np
import pytest

from emotion_core.datasets import DatasetError, FaceDataset
from emotion_core.datasets.split import train_validation_split


def with_copies(sample: FaceDataset) -> FaceDataset:
    """The sample with every fifth picture there three times."""
    return sample.take(np.concatenate([np.arange(len(sample)), np.repeat(np.arange(0, len(sample), 5), 2)]))


@pytest.mark.parametrize("fraction", [0.1, 0.2, 0.5])
def test_sizes_strata_and_copies(fraction: float, sample: FaceDataset) -> None:
    dataset = with_copies(sample)
    training, validation = train_validation_split(dataset, fraction, seed=3)
    assert np.array_equal(np.sort(np.concatenate([training, validation])), np.arange(len(dataset)))
    assert len(validation) == int(len(dataset) * fraction)
    shares = np.array(list(dataset.take(validation).counts().values())) / np.array(list(dataset.counts().values()))
    assert np.allclose(shares, fraction, atol=0.01)
    assert not set(dataset.picture_ids[training]) & set(dataset.picture_ids[validation])


def test_the_seed_decides(sample: FaceDataset) -> None:
    first, again, other = (train_validation_split(sample, 0.2, seed)[1] for seed in (1, 1, 2))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_too_few_faces_get_a_sentence(sample: FaceDataset) -> None:
    with pytest.raises(DatasetError, match="too few faces"):
        train_validation_split(sample.take(np.arange(3)), 0.2, seed=0)
