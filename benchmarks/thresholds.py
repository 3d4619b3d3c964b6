"""Is a threshold of its own for each emotion better than one for all, below which an answer is "uncertain"?

    python -m benchmarks.thresholds --data FER2013

The model's validation rows are cut into halves at random, again and again: thresholds are chosen on one half and
measured on the other.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from emotion_core.datasets import load
from emotion_core.evaluation.calibration import risk_coverage, uncertain_threshold
from emotion_core.evaluation.comparison import unseen_rows
from emotion_core.evaluation.metrics import predict, true_columns
from emotion_core.registry.active import active_model
from emotion_core.registry.model_folder import open_model
from emotion_core.vision.faces.classifier import Classifier

_HALVINGS = 50

Rule = Callable[[np.ndarray, np.ndarray], np.ndarray]


def one_for_all(truth: np.ndarray, probabilities: np.ndarray) -> np.ndarray:
    """The app's threshold, float [K]: the lowest at which three in four of all answers are right."""
    return np.full(probabilities.shape[1], uncertain_threshold(risk_coverage(truth, probabilities)))


def one_for_each(truth: np.ndarray, probabilities: np.ndarray) -> np.ndarray:
    """Float [K]: for each emotion the lowest at which three in four of the answers with it are right."""
    answers, thresholds = probabilities.argmax(axis=1), np.zeros(probabilities.shape[1])
    for emotion in np.unique(answers):
        rows = answers == emotion
        thresholds[emotion] = uncertain_threshold(risk_coverage(truth[rows], probabilities[rows]))
    return thresholds


def one_as_strict(truth: np.ndarray, probabilities: np.ndarray) -> np.ndarray:
    """Float [K]: one threshold that answers as many faces as `one_for_each` does."""
    answers, confidence = probabilities.argmax(axis=1), probabilities.max(axis=1)
    refused = (confidence < one_for_each(truth, probabilities)[answers]).mean()
    return np.full(probabilities.shape[1], np.quantile(confidence, refused))


RULES: dict[str, Rule] = {
    "one for all": one_for_all,
    "one for each emotion": one_for_each,
    "one for all, as strict": one_as_strict,
}


def measure_thresholds(rule: Rule, truth: np.ndarray, probabilities: np.ndarray) -> np.ndarray:
    """Float [1 + K]: the share of faces that get an answer, then the share of answers with each emotion that are right.

    truth: int [N], positions of the columns; probabilities: float [N, K]. Means over the halvings.
    """
    answers, confidence = probabilities.argmax(axis=1), probabilities.max(axis=1)
    random, measured = np.random.default_rng(0), []
    for _ in range(_HALVINGS):
        chosen, held = np.array_split(random.permutation(len(truth)), 2)
        thresholds = rule(truth[chosen], probabilities[chosen])
        given = held[confidence[held] >= thresholds[answers[held]]]
        right = truth[given] == answers[given]
        of_each = [right[answers[given] == emotion] for emotion in range(probabilities.shape[1])]
        shares = [part.mean() if len(part) else np.nan for part in of_each]
        measured.append([len(given) / len(held), right.mean(), *shares])
    return np.nanmean(measured, axis=0)


def main(data: Annotated[str, typer.Option()], model: Annotated[Path | None, typer.Option()] = None) -> None:
    folder = open_model(model) if model else active_model()
    classifier = Classifier(folder)
    rows = unseen_rows(load(data), folder)
    truth, probabilities = true_columns(classifier, rows), predict(classifier, rows)
    print(f"{folder.name}, {len(rows)} validation faces\n")
    print(f"| threshold | answered | right | {' | '.join(classifier.labels)} |")
    print("|---|---|---|" + "---|" * len(classifier.labels))
    for name, rule in RULES.items():
        print(f"| {name} | {' | '.join(f'{value:.1%}' for value in measure_thresholds(rule, truth, probabilities))} |")


if __name__ == "__main__":
    typer.run(main)
