"""Statistics of a network's features."""

import numpy as np
import pytest

from emotion_core.training.features import feature_statistics


def test_differences_lead_from_neutral_to_each_emotion_and_whitening_makes_directions_alike() -> None:
    random = np.random.default_rng(0)
    labels = random.integers(0, 3, 4000)
    means = np.array([[0.0, 0, 0, 0], [5.0, 0, 0, 0], [0, -3.0, 0, 1]])
    spread = np.array([4.0, 2.0, 1.0, 2.0])
    features = means[labels] + random.normal(size=(4000, 4)) * spread
    statistics = feature_statistics(features.astype(np.float32), labels, neutral=0)
    assert statistics.differences == pytest.approx(means, abs=0.5)
    assert not statistics.differences[0].any()
    residuals = (features - means[labels]) @ statistics.whitening
    covariance = np.cov(residuals.T)
    assert np.abs(covariance - np.diag(np.diag(covariance))).max() < 0.02
    shrunk = spread**2 / (spread**2 + 0.1 * np.mean(spread**2))
    assert sorted(np.diag(covariance)) == pytest.approx(sorted(shrunk), abs=0.05)
