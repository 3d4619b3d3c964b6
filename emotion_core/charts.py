"""DataFrames and reports as Plotly figures; every chart of the app is made here."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import plotly.graph_objects as go
from pandas.io.formats.style import Styler

from emotion_core.emotions import COLOURS, EMOTIONS

_TRAINING, _VALIDATION = "#8C8C8C", "#0072B2"
_MOST_COLOURED = 200_000  # cells; Streamlit refuses a styled table of more than 262,144
_MARGIN = {"l": 8, "r": 8, "t": 36, "b": 8}
_LEGEND_ABOVE, _LEGEND_BELOW = {"orientation": "h", "y": 1.12}, {"orientation": "h", "y": -0.3}


def probability_bars(probabilities: Mapping[str, float] | None) -> go.Figure:
    """Seven horizontal bars, always in the same order and to the same scale; empty ones without a face."""
    values = [probabilities[name] if probabilities else 0.0 for name in EMOTIONS]
    figure = go.Figure(
        go.Bar(
            x=values,
            y=list(EMOTIONS),
            orientation="h",
            marker_color=[COLOURS[name] for name in EMOTIONS],
            text=[f"{value:.0%}" if probabilities else "" for value in values],
            textposition="outside",
            cliponaxis=False,
            hovertemplate="%{y}: %{x:.1%}<extra></extra>",
        )
    )
    figure.update_xaxes(range=[0, 1.12], visible=False, fixedrange=True)
    figure.update_yaxes(autorange="reversed", fixedrange=True, tickfont_size=14)
    figure.update_layout(height=260, margin={"l": 8, "r": 8, "t": 8, "b": 8}, showlegend=False, bargap=0.25)
    return figure


def coloured(table: pd.DataFrame) -> Styler | pd.DataFrame:
    """A table of faces without its empty columns, the `emotion` column written in the emotions' colours, but in a table
    of many thousand faces."""
    filled = table.dropna(axis="columns", how="all")
    if "emotion" not in filled or filled.size > _MOST_COLOURED:
        return filled
    return filled.style.map(lambda emotion: f"color: {COLOURS.get(emotion, 'inherit')}; font-weight: 600", ["emotion"])


def timeline(table: pd.DataFrame) -> go.Figure:
    """One face's probabilities over time.

    table: columns `time` (seconds) and the seven emotions.
    """
    steps = table["time"].diff()
    longest_step = 1.5 * steps.median()  # after a longer one the line breaks, as no face was found there
    gaps = table["time"][steps > longest_step] - longest_step / 2
    table = pd.concat([table, pd.DataFrame({"time": gaps})]).sort_values("time")
    figure = go.Figure(
        [
            go.Scatter(
                x=table["time"],
                y=table[name],
                name=name,
                mode="lines+markers",
                marker_size=4,
                line={"color": COLOURS[name], "width": 2},
                hovertemplate="%{y:.0%}",
            )
            for name in EMOTIONS
        ]
    )
    figure.update_yaxes(range=[0, 1.02], tickformat=".0%", title="probability")
    figure.update_xaxes(title="time in seconds")
    figure.update_layout(height=340, hovermode="x unified", margin=_MARGIN, legend=_LEGEND_ABOVE)
    return figure


def class_counts(counts: pd.DataFrame) -> go.Figure:
    """Faces of each emotion, a group of bars an emotion, a shade a split.

    counts: a row an emotion, a column a split.
    """
    shades = ["#0072B2", "#56B4E9", "#D55E00", "#E8B000", "#7A7F87"]
    figure = go.Figure(
        [
            go.Bar(
                x=counts.index,
                y=counts[split],
                name=str(split),
                marker_color=shades[place % len(shades)],
                text=[f"{value:,}" for value in counts[split]],
                textposition="outside",
                cliponaxis=False,
                hovertemplate="%{x}: %{y:,}<extra></extra>",
            )
            for place, split in enumerate(counts)
        ]
    )
    figure.update_xaxes(fixedrange=True)
    figure.update_yaxes(title="faces", fixedrange=True)
    figure.update_layout(height=340, margin=_MARGIN, barmode="group", legend=_LEGEND_ABOVE)
    return figure


def training_curves(history: pd.DataFrame, epochs: int, measure: str) -> go.Figure:
    """Training and validation over the epochs, the best one marked; the axis already spans the whole run.

    history: columns `epoch`, `measure`, `val_` + `measure`; measure: "accuracy" or "loss".
    """
    figure = go.Figure()
    for column, name, colour in ((measure, "training", _TRAINING), (f"val_{measure}", "validation", _VALIDATION)):
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
    figure.update_layout(title=measure.capitalize(), height=320, margin=_MARGIN, legend=_LEGEND_BELOW)
    return figure


def learning_rate(history: pd.DataFrame, epochs: int) -> go.Figure:
    """The learning rate at the end of each epoch, on the same axis as the curves.

    history: columns `epoch` and `learning_rate`.
    """
    figure = go.Figure()
    if "learning_rate" in history:
        figure.add_scatter(
            x=history["epoch"], y=history["learning_rate"], mode="lines+markers", line_color=_TRAINING, name="rate"
        )
    figure.update_xaxes(**_epoch_axis(epochs))
    figure.update_yaxes(rangemode="tozero", exponentformat="power")
    figure.update_layout(title="Learning rate", height=320, margin=_MARGIN, showlegend=False)
    return figure


def confusion_matrix(matrix: Sequence[Sequence[int]], labels: Sequence[str], as_shares: bool = False) -> go.Figure:
    """A row per true and a column per predicted class, coloured by the share of the true class; counts or shares as
    text. Each cell holds an invisible point, as a heat map's own cells cannot be chosen."""
    shares = [[count / max(1, sum(row)) for count in row] for row in matrix]
    texts = [[f"{value:.0%}" for value in row] for row in shares] if as_shares else matrix
    figure = go.Figure(
        go.Heatmap(
            z=shares,
            x=list(labels),
            y=list(labels),
            text=texts,
            texttemplate="%{text}",
            colorscale="Blues",
            zmin=0,
            zmax=1,
            showscale=False,
            hoverinfo="skip",
        )
    )
    cells = [(answered, true) for true in labels for answered in labels]
    figure.add_scatter(
        x=[answered for answered, _ in cells],
        y=[true for _, true in cells],
        mode="markers",
        marker={"symbol": "square", "size": 40, "opacity": 0},
        customdata=[pair for rows in zip(matrix, shares, strict=True) for pair in zip(*rows, strict=True)],
        hovertemplate="true %{y}, answered %{x}: %{customdata[0]} (%{customdata[1]:.0%} of %{y})<extra></extra>",
        selected={"marker": {"opacity": 0.25}},
        unselected={"marker": {"opacity": 0}},
        showlegend=False,
    )
    figure.update_xaxes(title="answered", side="bottom", fixedrange=True)
    figure.update_yaxes(title="true", autorange="reversed", fixedrange=True)
    figure.update_layout(height=420, margin=_MARGIN, clickmode="event+select", dragmode=False)
    return figure


def per_class_bars(per_class: Mapping[str, Mapping[str, Any]]) -> go.Figure:
    """Recall of each emotion, in its colour."""
    names = list(per_class)
    figure = go.Figure(
        go.Bar(
            x=names,
            y=[per_class[name]["recall"] for name in names],
            marker_color=[COLOURS[name] for name in names],
            text=[f"{per_class[name]['recall']:.0%}" for name in names],
            textposition="outside",
            hovertemplate="%{x}: %{y:.1%} of its faces recognised<extra></extra>",
        )
    )
    figure.update_yaxes(range=[0, 1.1], tickformat=".0%", title="recall", fixedrange=True)
    figure.update_xaxes(fixedrange=True)
    figure.update_layout(height=420, margin=_MARGIN)
    return figure


def reliability_diagram(bins: Sequence[Mapping[str, float]]) -> go.Figure:
    """Share of right answers over confidence, beside the diagonal that an honest confidence follows.

    bins: `confidence` and `accuracy` (means of a bin) and `count`, as `evaluation.calibration.reliability` makes them.
    """
    figure = go.Figure(
        [
            go.Scatter(
                x=[0, 1],
                y=[0, 1],
                mode="lines",
                name="ideal",
                line={"color": _TRAINING, "dash": "dash"},
                hoverinfo="skip",
            ),
            go.Scatter(
                x=[entry["confidence"] for entry in bins],
                y=[entry["accuracy"] for entry in bins],
                customdata=[entry["count"] for entry in bins],
                mode="lines+markers",
                name="model",
                line_color=_VALIDATION,
                hovertemplate="said %{x:.0%}, right %{y:.0%} of %{customdata:,} faces<extra></extra>",
            ),
        ]
    )
    figure.update_xaxes(title="confidence", range=[0, 1.02], tickformat=".0%", fixedrange=True)
    figure.update_yaxes(title="right", range=[0, 1.02], tickformat=".0%", fixedrange=True)
    figure.update_layout(height=360, margin=_MARGIN, legend=_LEGEND_ABOVE)
    return figure


def risk_coverage(curve: Sequence[Mapping[str, float]], threshold: float) -> go.Figure:
    """How many of the answers given are right, over the share of faces answered; the threshold in use marked.

    curve: `threshold`, `coverage`, `accuracy`, as `evaluation.calibration.risk_coverage` makes it.
    """
    used = next((point for point in curve if point["threshold"] >= threshold), None)
    figure = go.Figure(
        go.Scatter(
            x=[point["coverage"] for point in curve],
            y=[point["accuracy"] for point in curve],
            customdata=[point["threshold"] for point in curve],
            mode="lines",
            name="all thresholds",
            line_color=_VALIDATION,
            hovertemplate="from %{customdata:.0%} on: %{x:.0%} answered, %{y:.0%} of them right<extra></extra>",
        )
    )
    if used:
        figure.add_scatter(
            x=[used["coverage"]],
            y=[used["accuracy"]],
            mode="markers",
            name=f"in use: uncertain below {threshold:.0%}",
            marker={"symbol": "star", "size": 14, "color": COLOURS["happy"]},
            hoverinfo="skip",
        )
    figure.update_xaxes(title="faces answered", range=[0, 1.02], tickformat=".0%", fixedrange=True)
    figure.update_yaxes(title="right", tickformat=".0%", fixedrange=True)
    figure.update_layout(height=360, margin=_MARGIN, legend=_LEGEND_ABOVE)
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
        margin=_MARGIN,
        legend=_LEGEND_BELOW,
    )
    return figure


def recall_differences(recalls: Mapping[str, Mapping[str, float]]) -> go.Figure:
    """Recall of each emotion in several runs, side by side. recalls: by run, by emotion, 0 to 1."""
    figure = go.Figure(
        [
            go.Bar(
                x=list(recall),
                y=list(recall.values()),
                name=name,
                text=[f"{value:.0%}" for value in recall.values()],
                textposition="outside",
                hovertemplate="%{x}: %{y:.1%}<extra>" + name + "</extra>",
            )
            for name, recall in recalls.items()
        ]
    )
    figure.update_yaxes(range=[0, 1.05], tickformat=".0%", title="recall", fixedrange=True)
    figure.update_xaxes(fixedrange=True)
    figure.update_layout(height=380, margin=_MARGIN, barmode="group", legend=_LEGEND_ABOVE)
    return figure


def _epoch_axis(epochs: int) -> dict[str, Any]:
    """Spans the whole run from the beginning."""
    return {"range": [0.5, epochs + 0.5], "title": "epoch", "dtick": 1 if epochs <= 12 else None}
