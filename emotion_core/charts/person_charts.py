"""People in a video as Plotly figures: a lane for each, and one person's probabilities."""

import pandas as pd
import plotly.graph_objects as go

from emotion_core.charts.face_charts import timeline
from emotion_core.charts.style import LEGEND_ABOVE, MARGIN, UNCERTAIN_GRAY
from emotion_core.emotions import COLOURS, EMOTIONS
from emotion_core.wording import UNCERTAIN

_LANE, _AROUND = 34, 120  # pixels


def stretches(table: pd.DataFrame) -> pd.DataFrame:
    """When which answer stood, one row a stretch: person, answer (an emotion or "uncertain"), start and end in seconds.

    table: of one video, with person, time, emotion and uncertain. A stretch ends one step after its last sample.
    While a person is out of sight there is none.
    """
    seen = table.dropna(subset=["person"]).sort_values(["person", "time"])
    step = float(table["time"].drop_duplicates().sort_values().diff().median())
    step = step if step > 0 else 1.0  # of a video with one sample
    answer = seen["emotion"].where(~seen["uncertain"].astype(bool), UNCERTAIN)
    is_new = (
        (seen["person"] != seen["person"].shift()) | (answer != answer.shift()) | (seen["time"].diff() > 1.5 * step)
    )
    groups = seen.assign(answer=answer, stretch=is_new.cumsum()).groupby("stretch")
    found = groups.agg(
        person=("person", "first"), answer=("answer", "first"), start=("time", "min"), end=("time", "max")
    )
    return found.assign(end=found["end"] + step).reset_index(drop=True)


def lanes(table: pd.DataFrame, names: dict[int, str]) -> go.Figure:
    """A lane for each person, coloured by answer, gray where it was uncertain, empty where nobody was seen."""
    found = stretches(table)
    figure = go.Figure()
    for answer in (*EMOTIONS, UNCERTAIN):
        rows = found[found["answer"] == answer]
        if len(rows):
            figure.add_bar(
                name=answer,
                orientation="h",
                y=[names[person] for person in rows["person"]],
                base=rows["start"],
                x=rows["end"] - rows["start"],
                marker_color=COLOURS.get(answer, UNCERTAIN_GRAY),
                marker_line_width=0,
                customdata=rows[["start", "end"]],
                hovertemplate=f"{answer}: %{{customdata[0]:.1f}} to %{{customdata[1]:.1f}} s<extra>%{{y}}</extra>",
            )
    order = [names[person] for person in sorted(found["person"].unique())]
    figure.update_yaxes(categoryorder="array", categoryarray=order[::-1], fixedrange=True)
    figure.update_xaxes(title="time in seconds", rangemode="tozero")
    height = _AROUND + _LANE * len(order)
    legend = {**LEGEND_ABOVE, "yref": "container", "y": 1.0, "yanchor": "top"}  # over a low plot, not in it
    figure.update_layout(barmode="overlay", bargap=0.25, height=height, margin={**MARGIN, "t": 36}, legend=legend)
    return figure


def person_timeline(table: pd.DataFrame) -> go.Figure:
    """One person's seven probabilities over time, with a gray ground where the answer was uncertain."""
    figure = timeline(table)
    found = stretches(table)
    for row in found[found["answer"] == UNCERTAIN].itertuples():
        figure.add_vrect(row.start, row.end, fillcolor=UNCERTAIN_GRAY, opacity=0.3, line_width=0, layer="below")
    return figure


def seconds_of(table: pd.DataFrame) -> dict[str, float]:
    """How long each answer stood, in seconds; of one person or of several together."""
    found = stretches(table)
    total = (found["end"] - found["start"]).groupby(found["answer"]).sum()
    return {str(answer): float(seconds) for answer, seconds in total.items()}
