"""What a confidence is worth: temperature, reliability, and how many answers are right above a threshold."""

import numpy as np
from scipy.optimize import minimize

from emotion_core.registry.model_schemas import CoveragePoint, ReliabilityBin
from emotion_core.vision.faces.calibrated_confidence import calibrated

BINS = 15  # as in Guo et al. 2017
WANTED_ACCURACY = 0.75  # of the answers that are given, three in four shall be right
_CURVE_POINTS = 100


def fit_calibration(truth: np.ndarray, probabilities: np.ndarray) -> tuple[float, float]:
    """The temperature (0.1 to 10) and smoothing (0 to 0.5) of `calibrated` under which the truth is most likely.

    truth: int [N], positions of the columns; probabilities: float [N, K].
    """

    def negative_log_likelihood(parameters: np.ndarray) -> float:
        log_temperature, smoothing = parameters
        likely = calibrated(probabilities, float(np.exp(log_temperature)), float(smoothing))
        return -float(np.log(likely[np.arange(len(truth)), truth].clip(1e-12)).mean())

    bounds = [(np.log(0.1), np.log(10)), (0.0, 0.5)]
    found = minimize(negative_log_likelihood, x0=[0.0, 0.01], bounds=bounds, method="Nelder-Mead").x
    return float(np.exp(found[0])), float(found[1])


def reliability(truth: np.ndarray, probabilities: np.ndarray) -> tuple[float, list[ReliabilityBin]]:
    """Expected calibration error over 15 equal bins of confidence (Guo et al. 2017, https://arxiv.org/abs/1706.04599),
    and the bins that have rows."""
    confidence = probabilities.max(axis=1)
    correct = probabilities.argmax(axis=1) == truth
    bin_of_row = np.minimum((confidence * BINS).astype(int), BINS - 1)
    bins, error = [], 0.0
    for number in np.unique(bin_of_row):
        rows = bin_of_row == number
        mean_confidence, accuracy = float(confidence[rows].mean()), float(correct[rows].mean())
        error += abs(mean_confidence - accuracy) * rows.mean()
        bins.append(ReliabilityBin(confidence=mean_confidence, accuracy=accuracy, count=int(rows.sum())))
    return float(error), bins


def risk_coverage(truth: np.ndarray, probabilities: np.ndarray) -> list[CoveragePoint]:
    """For 100 thresholds from 0 to 0.99: the share of faces whose confidence reaches it (`coverage`), and how many
    of those answers are right (`accuracy`; where there are none the point is left out). Geifman & El-Yaniv 2017,
    https://arxiv.org/abs/1705.08500."""
    confidence = probabilities.max(axis=1)
    correct = probabilities.argmax(axis=1) == truth
    points = []
    for threshold in np.arange(_CURVE_POINTS) / _CURVE_POINTS:
        answered = confidence >= threshold
        if answered.any():
            accuracy = float(correct[answered].mean())
            points.append(CoveragePoint(threshold=float(threshold), coverage=float(answered.mean()), accuracy=accuracy))
    return points


def uncertain_threshold(curve: list[CoveragePoint]) -> float:
    """The lowest threshold at which three in four of the answers given are right; where none is enough, the one with
    most answers right."""
    enough = [point for point in curve if point.accuracy >= WANTED_ACCURACY]
    best = enough[0] if enough else max(curve, key=lambda point: point.accuracy)
    return best.threshold
