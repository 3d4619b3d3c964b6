"""Labels that a model doubts: confident learning (Northcutt et al. 2021, https://arxiv.org/abs/1911.00068)."""

import numpy as np
import pandas as pd

from emotion_core.emotions import EMOTIONS


def find_label_issues(predictions: pd.DataFrame) -> pd.DataFrame:
    """The rows whose label is probably wrong, the most doubtful first.

    predictions: columns `reference`, `truth` and one of probabilities for each emotion, from a model that did not learn
    from these rows, and any others. Returns the same columns.
    """
    # imported here: it costs a second, and only this function needs it
    from cleanlab.filter import find_label_issues as rank_label_issues

    names = [name for name in EMOTIONS if name in predictions]
    probabilities = predictions[names].to_numpy(float)
    labels = np.array([names.index(name) for name in predictions["truth"]])
    if len(np.unique(labels)) < 2:
        return predictions.head(0)
    rows = rank_label_issues(labels, probabilities, return_indices_ranked_by="self_confidence", n_jobs=1)
    return predictions.iloc[rows].reset_index(drop=True)
