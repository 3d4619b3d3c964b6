"""Faces as Plotly figures and tables."""

from collections.abc import Mapping

import pandas as pd
import plotly.graph_objects as go
from pandas.io.formats.style import Styler

from emotion_core.charts.style import LEGEND_ABOVE, MARGIN
from emotion_core.emotions import COLOURS, EMOTIONS

_MAX_COLOURED_CELLS = 200_000  # cells; Streamlit refuses a styled table of more than 262,144


def probability_bars(probabilities: Mapping[str, float]) -> go.Figure:
    """Seven horizontal bars, always in the same order and to the same scale."""
    values = [probabilities[name] for name in EMOTIONS]
    figure = go.Figure(
        go.Bar(
            x=values,
            y=list(EMOTIONS),
            orientation="h",
            marker_color=[COLOURS[name] for name in EMOTIONS],
            text=[f"{value:.0%}" for value in values],
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
    if "emotion" not in filled or filled.size > _MAX_COLOURED_CELLS:
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
    figure.update_layout(height=340, hovermode="x unified", margin=MARGIN, legend=LEGEND_ABOVE)
    return figure
