"""A run, or several, as Plotly figures."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from emotion_core.charts.style import LEGEND_BELOW, MARGIN, TRAINING, VALIDATION
from emotion_core.emotions import COLOURS


def training_curves(history: pd.DataFrame, epochs: int, measure: str) -> go.Figure:
    """Training and validation over the epochs, the best one marked; the axis already spans the whole run.

    history: columns `epoch`, `measure`, `val_` + `measure`; measure: "accuracy" or "loss".
    """
    figure = go.Figure()
    for column, name, colour in ((measure, "training", TRAINING), (f"val_{measure}", "validation", VALIDATION)):
        if column in history:
            figure.add_scatter(
                x=history["epoch"], y=history[column], name=name, mode="lines+markers", line_color=colour
            )
    if "val_accuracy" in history and len(history):
        best = history.iloc[int(history["val_accuracy"].argmax())]
        figure.add_scatter(
            x=[best["epoch"]],
            y=[best[f"val_{measure}"]],
            name=f"best epoch ({best['epoch']:.0f})",
            mode="markers",
            marker={"symbol": "star", "size": 14, "color": COLOURS["happy"]},
        )
    figure.update_xaxes(**_epoch_axis(epochs))
    figure.update_yaxes(tickformat=".0%" if measure == "accuracy" else ".2f")
    figure.update_layout(title=measure.capitalize(), height=320, margin=MARGIN, legend=LEGEND_BELOW)
    return figure


def learning_rate(history: pd.DataFrame, epochs: int) -> go.Figure:
    """The learning rate at the end of each epoch, on the same axis as the curves.

    history: columns `epoch` and `learning_rate`.
    """
    figure = go.Figure()
    if "learning_rate" in history:
        figure.add_scatter(
            x=history["epoch"], y=history["learning_rate"], mode="lines+markers", line_color=TRAINING, name="rate"
        )
    figure.update_xaxes(**_epoch_axis(epochs))
    figure.update_yaxes(rangemode="tozero", exponentformat="power")
    figure.update_layout(title="Learning rate", height=320, margin=MARGIN, showlegend=False)
    return figure


def overlaid_curves(histories: Mapping[str, pd.DataFrame], measure: str) -> go.Figure:
    """Validation curves of several runs over their epochs.

    histories: by name of the run, columns `epoch` and `measure`.
    """
    figure = go.Figure(
        [
            go.Scatter(x=history["epoch"], y=history[measure], name=name, mode="lines", hovertemplate="%{y:.3f}")
            for name, history in histories.items()
            if measure in history
        ]
    )
    figure.update_xaxes(title="epoch")
    figure.update_yaxes(tickformat=".0%" if "accuracy" in measure else ".2f")
    figure.update_layout(
        title=measure.replace("val_", "Validation "),
        height=340,
        hovermode="x unified",
        margin=MARGIN,
        legend=LEGEND_BELOW,
    )
    return figure


def _epoch_axis(epochs: int) -> dict[str, Any]:
    """Spans the whole run from the beginning."""
    return {"range": [0.5, epochs + 0.5], "title": "epoch", "dtick": 1 if epochs <= 12 else None}
