import numpy as np
import pytest

from emotion_core.evaluation.calibration import fit_calibration, reliability, risk_coverage, uncertain_threshold
from emotion_core.registry.model_schemas import CoveragePoint
from emotion_core.vision.faces.calibrated_confidence import calibrated


def softmax(logits: np.ndarray) -> np.ndarray:
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def test_calibration_error_of_a_case_counted_by_hand() -> None:
    # Four answers at 0.9, three of them right; four at 0.6, one right: (0.15 x 4 + 0.35 x 4) / 8.
    probabilities = np.array([[0.9, 0.1]] * 4 + [[0.6, 0.4]] * 4)
    truth = np.array([0, 0, 0, 1, 0, 1, 1, 1])
    ece, bins = reliability(truth, probabilities)
    assert ece == pytest.approx(0.25)
    assert [entry.count for entry in bins] == [4, 4]


def test_a_temperature_is_division_of_the_logits() -> None:
    logits = np.random.default_rng(0).normal(size=(20, 7))
    for temperature in (0.4, 1.0, 2.5):
        assert np.allclose(calibrated(softmax(logits), temperature), softmax(logits / temperature))
    certain = np.array([[1.0, 0.0, 0.0]], np.float32)
    assert calibrated(certain, 1.0).dtype == np.float32 and np.isfinite(calibrated(certain, 0.1)).all()


@pytest.mark.parametrize("temperature", [0.5, 1.0, 2.0])
def test_the_temperature_of_a_network_that_is_too_sure_or_not_sure_enough_is_found(temperature: float) -> None:
    random = np.random.default_rng(1)
    honest = random.normal(scale=2, size=(20_000, 7))
    truth = np.array([random.choice(7, p=row) for row in softmax(honest)])
    said = softmax(honest * temperature)
    found, smoothing = fit_calibration(truth, said)
    assert found == pytest.approx(temperature, rel=0.05) and smoothing < 0.01
    before, after = (reliability(truth, shown)[0] for shown in (said, calibrated(said, temperature)))
    assert after < 0.015 and (temperature == 1.0 or before > 0.05)


def test_what_smoothed_labels_added_is_found_and_taken_out() -> None:
    random = np.random.default_rng(2)
    honest = softmax(random.normal(scale=4, size=(20_000, 7)))
    truth = np.array([random.choice(7, p=row) for row in honest])
    said = 0.9 * honest + 0.1 / 7
    temperature, smoothing = fit_calibration(truth, said)
    assert smoothing == pytest.approx(0.1, abs=0.02) and temperature == pytest.approx(1, abs=0.1)
    assert reliability(truth, calibrated(said, temperature, smoothing))[0] < 0.01 < reliability(truth, said)[0]
    sure = calibrated(np.array([[0.98, 0.02]]), 1.0, 0.1)
    assert sure.sum() == pytest.approx(1) and sure.min() > 0


def test_risk_and_coverage_of_a_case_counted_by_hand() -> None:
    confidence = np.array([0.9, 0.8, 0.6, 0.5])
    probabilities = np.stack([confidence, 1 - confidence], axis=1)
    curve = risk_coverage(np.array([0, 0, 1, 1]), probabilities)
    points = {point.threshold: (point.coverage, point.accuracy) for point in curve}
    assert points[0.0] == (1.0, 0.5) and points[0.55] == (0.75, pytest.approx(2 / 3)) and points[0.7] == (0.5, 1.0)
    assert max(points) == 0.9, "no answer is surer than that"


def test_the_threshold_is_the_lowest_that_keeps_three_of_four_answers_right() -> None:
    curve = [
        CoveragePoint(threshold=0.0, coverage=1.0, accuracy=0.6),
        CoveragePoint(threshold=0.3, coverage=0.8, accuracy=0.76),
        CoveragePoint(threshold=0.5, coverage=0.5, accuracy=0.9),
    ]
    assert uncertain_threshold(curve) == 0.3
    assert uncertain_threshold([point.model_copy(update={"accuracy": point.accuracy / 2}) for point in curve]) == 0.5
