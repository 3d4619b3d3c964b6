import numpy as np

from emotion_core.datasets.synthetic import generate_sample
from emotion_core.emotions import EMOTIONS


def test_the_sample_is_balanced_repeatable_and_marked() -> None:
    first, again = generate_sample(4, 2), generate_sample(4, 2)
    assert first.digest == again.digest != generate_sample(4, 2, seed=1).digest
    assert first.is_sample
    assert set(first.counts().values()) == {6} and len(first.counts()) == len(EMOTIONS)
    assert len(np.unique(first.picture_ids)) == len(first)
