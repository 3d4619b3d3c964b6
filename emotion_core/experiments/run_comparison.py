"""Several runs side by side."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pandas as pd

from emotion_core.experiments import jobs
from emotion_core.experiments.run import Run
from emotion_core.experiments.shipped import ShippedRun


@dataclass(frozen=True)
class Disagreement:
    """Two runs on the validation faces that both kept back.

    common: how many faces these are; table: those on which they disagree, with reference, truth, and answer and
    confidence of each, in columns that its name ends; first_right, second_right: how many of these each answers right.
    """

    common: int
    table: pd.DataFrame
    first_right: int
    second_right: int


def overview(runs: Sequence[Run]) -> pd.DataFrame:
    """One row a run: run, state, network, data, epochs, accuracy and balanced (on its validation faces), minutes,
    started (local time), note, problem."""
    return pd.DataFrame([_row(run) for run in runs])


def have_same_validation(runs: Sequence[Run]) -> bool:
    """Whether all runs that have a report are known to be measured on the same validation faces; those that keep no
    predictions, as the shipped models, are not."""
    measured = [(_digest(run), *sorted(run.predictions["reference"])) for run in runs if run.report]
    return len(measured) < 2 or (len(set(measured)) == 1 and len(measured[0]) > 1)


def differing_settings(runs: Sequence[Run]) -> pd.DataFrame:
    """A row for each setting in which they differ, a column for each run whose settings can be read, all as text."""
    settings = {run.name: _flat(run.config.to_dict()) for run in runs if run.config}
    table = pd.DataFrame(settings).astype(str)
    return table[table.nunique(axis=1) > 1]


def disagreement(first: Run, second: Run) -> Disagreement | str:
    """Where the models of two runs disagree, or a sentence why that cannot be told."""
    one, other = first.predictions, second.predictions
    if one.empty or other.empty or first.config is None or second.config is None:
        return "One of them has no predictions."
    if first.config.data != second.config.data or _digest(first) != _digest(second):
        return "They learnt from different data."
    shown = ["reference", "answer", "confidence"]
    names = [f"{column}, {run.name}" for run in (first, second) for column in ("answer", "confidence")]
    both = one[["truth", *shown]].merge(other[shown], on="reference")
    both.columns = pd.Index(["truth", "reference", *names])
    differ = both[both[names[0]] != both[names[2]]]
    right = [int((differ[name] == differ["truth"]).sum()) for name in (names[0], names[2])]
    return Disagreement(len(both), differ[["reference", "truth", *names]], *right)


def _digest(run: Run) -> str | None:
    """Of its data as they were at its first start."""
    return run.frozen_data.digest if run.frozen_data else None


def _row(run: Run) -> dict[str, Any]:
    config, report, status = run.config, run.report, run.status
    card = run.model.card if isinstance(run, ShippedRun) else None  # it says more than settings of another version
    return {
        "run": run.name,
        "state": jobs.state(run),
        "network": card.architecture if card else config and config.architecture,
        "data": card.data.name if card else config and config.data,
        "epochs": len(run.history),
        "accuracy": report.validation.accuracy if report else None,
        "balanced": report.validation.balanced_accuracy if report else None,
        "minutes": report.seconds / 60 if report else None,
        "started": datetime.fromtimestamp(status.begun or status.started),  # local, as its name
        "note": run.note,
        "problem": " ".join(run.problems),
    }


def _flat(settings: dict[str, Any]) -> dict[str, Any]:
    return {**settings.pop("augmentation"), **settings}
