"""Data sets and reports as Plotly figures."""

from collections.abc import Mapping, Sequence

import pandas as pd
import plotly.graph_objects as go

from emotion_core.charts.style import LEGEND_ABOVE, MARGIN, TRAINING, VALIDATION
from emotion_core.emotions import COLOURS
from emotion_core.registry.model_schemas import ClassFigures, CoveragePoint, Emotion, ReliabilityBin


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
    figure.update_layout(height=340, margin=MARGIN, barmode="group", legend=LEGEND_ABOVE)
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
    figure.update_layout(height=420, margin=MARGIN, clickmode="event+select", dragmode=False)
    return figure


def per_class_bars(per_class: Mapping[Emotion, ClassFigures]) -> go.Figure:
    """Recall of each emotion, in its colour."""
    names = list(per_class)
    figure = go.Figure(
        go.Bar(
            x=names,
            y=[per_class[name].recall for name in names],
            marker_color=[COLOURS[name] for name in names],
            text=[f"{per_class[name].recall:.0%}" for name in names],
            textposition="outside",
            hovertemplate="%{x}: %{y:.1%} of its faces recognised<extra></extra>",
        )
    )
    figure.update_yaxes(range=[0, 1.1], tickformat=".0%", title="recall", fixedrange=True)
    figure.update_xaxes(fixedrange=True)
    figure.update_layout(height=420, margin=MARGIN)
    return figure


def reliability_diagram(bins: Sequence[ReliabilityBin]) -> go.Figure:
    """Accuracy over confidence, beside the diagonal of a perfect calibration."""
    figure = go.Figure(
        [
            go.Scatter(
                x=[0, 1],
                y=[0, 1],
                mode="lines",
                name="ideal",
                line={"color": TRAINING, "dash": "dash"},
                hoverinfo="skip",
            ),
            go.Scatter(
                x=[entry.confidence for entry in bins],
                y=[entry.accuracy for entry in bins],
                customdata=[entry.count for entry in bins],
                mode="lines+markers",
                name="model",
                line_color=VALIDATION,
                hovertemplate="confidence %{x:.0%}, accuracy %{y:.0%} on %{customdata:,} faces<extra></extra>",
            ),
        ]
    )
    figure.update_xaxes(title="confidence", range=[0, 1.02], tickformat=".0%", fixedrange=True)
    figure.update_yaxes(title="accuracy", range=[0, 1.02], tickformat=".0%", fixedrange=True)
    figure.update_layout(height=360, margin=MARGIN, legend=LEGEND_ABOVE)
    return figure


def risk_coverage(curve: Sequence[CoveragePoint], threshold: float) -> go.Figure:
    """Accuracy of the answers given, over the share of faces answered; the threshold in use is marked."""
    used = next((point for point in curve if point.threshold >= threshold), None)
    figure = go.Figure(
        go.Scatter(
            x=[point.coverage for point in curve],
            y=[point.accuracy for point in curve],
            customdata=[point.threshold for point in curve],
            mode="lines",
            name="all thresholds",
            line_color=VALIDATION,
            hovertemplate="from %{customdata:.0%} on: %{x:.0%} answered, %{y:.0%} of them right<extra></extra>",
        )
    )
    if used:
        figure.add_scatter(
            x=[used.coverage],
            y=[used.accuracy],
            mode="markers",
            name=f"in use: uncertain below {threshold:.0%}",
            marker={"symbol": "star", "size": 14, "color": COLOURS["happy"]},
            hoverinfo="skip",
        )
    figure.update_xaxes(title="faces answered", range=[0, 1.02], tickformat=".0%", fixedrange=True)
    figure.update_yaxes(title="accuracy", tickformat=".0%", fixedrange=True)
    figure.update_layout(height=360, margin=MARGIN, legend=LEGEND_ABOVE)
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
    figure.update_layout(height=380, margin=MARGIN, barmode="group", legend=LEGEND_ABOVE)
    return figure
