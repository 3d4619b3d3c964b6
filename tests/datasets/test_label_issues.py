import numpy as np
import pandas as pd

from emotion_core.datasets.label_issues import find_label_issues
from emotion_core.emotions import EMOTIONS


def predictions(truth: np.ndarray, answers: np.ndarray, sure: float = 0.9) -> pd.DataFrame:
    probabilities = np.full((len(truth), 7), (1 - sure) / 6)
    probabilities[np.arange(len(truth)), answers] = sure
    table = pd.DataFrame(probabilities, columns=list(EMOTIONS))
    table.insert(0, "truth", [EMOTIONS[label] for label in truth])
    table.insert(0, "reference", [f"face {row}" for row in range(len(truth))])
    return table


def test_planted_wrong_labels_are_found_and_no_others() -> None:
    answers = np.arange(700) % 7
    truth = answers.copy()
    planted = np.arange(0, 700, 50)
    truth[planted] = (truth[planted] + 3) % 7
    found = find_label_issues(predictions(truth, answers))
    assert set(found["reference"]) == {f"face {row}" for row in planted}


def test_the_most_doubtful_come_first() -> None:
    answers = np.arange(700) % 7
    truth = answers.copy()
    truth[[3, 10]] = (truth[[3, 10]] + 1) % 7
    table = predictions(truth, answers)
    surer = list(EMOTIONS)
    table.loc[10, surer] = 0.0001
    table.loc[10, EMOTIONS[answers[10]]] = 0.9994
    assert find_label_issues(table)["reference"].tolist() == ["face 10", "face 3"]


def test_labels_of_one_kind_raise_no_doubt() -> None:
    same = np.zeros(10, int)
    assert find_label_issues(predictions(same, same)).empty
