"""A video by person: lanes, one person's time line, shares and strongest moments, names given by hand."""

from contextlib import suppress
from dataclasses import replace

import pandas as pd
import streamlit as st

from emotion_core.charts.person_charts import lanes, person_timeline, seconds_of
from emotion_core.emotions import EMOTIONS
from emotion_core.vision.faces.classifier import Classifier
from emotion_core.vision.faces.profile import ProfileError
from emotion_core.vision.media.personal_video import with_neutral
from emotion_core.vision.media.records import with_names
from emotion_core.vision.media.uploads import Analysis
from pages.components.live_charts import shares_html

# In the session's state: names by file and person; the moment of the neutral face, in seconds, by file and person.
_NAMES, _NEUTRAL = "person_names", "person_neutral"
_NO_BAR = {"displayModeBar": False}
_MOST_LANES = 30


def as_chosen(key: str, analysis: Analysis, reader: Classifier | None) -> Analysis:
    """The analysis with answers relative to the neutral faces that the visitor chose in it. key: of the upload; reader:
    the network that read it, None where that is not in use any more: then nothing is changed."""
    if reader is None:
        return analysis
    for person, time in st.session_state.get(_NEUTRAL, {}).get(key, {}).items():
        with suppress(ProfileError, ValueError):  # a moment of other samples
            numbers = _numbers(key, person)
            records = with_neutral(analysis.records, analysis.features, numbers, time, reader)
            analysis = replace(analysis, records=records)
    return analysis


def forget_choices() -> None:
    """Names and neutral faces, of all files."""
    for name in (_NAMES, _NEUTRAL):
        st.session_state.pop(name, None)


def named_table(key: str, analysis: Analysis) -> pd.DataFrame:
    """The faces of an upload; of a video with the names that the visitor gave. key: of the upload."""
    return named(key, analysis.table) if analysis.is_video else analysis.table


def named(key: str, table: pd.DataFrame) -> pd.DataFrame:
    """The table of one video with the names that the visitor gave. key: of the video."""
    return with_names(table, _names(key))


def show_video(key: str, analysis: Analysis, reader: Classifier | None) -> None:
    """The annotated video of an upload and everybody in it. reader: as for `as_chosen`."""
    table = named_table(key, as_chosen(key, analysis, reader))
    show_people(key, table, analysis.annotated or None, analysis, may_choose=reader is not None)


def show_people(
    key: str,
    table: pd.DataFrame,
    video: bytes | str | None,
    analysis: Analysis | None = None,
    may_choose: bool = False,
) -> None:
    """Everybody in a video. table: of it, one row a face; video: to play, or its path; analysis: where the pictures of
    the strongest moments, and what answers are made of, are still in memory; may_choose: whether a moment can be taken
    for a neutral face."""
    film, beside = st.columns([3, 2], gap="large")
    table = table.dropna(subset=["person"])
    start = 0.0
    if table.empty:
        beside.info("No face was found in this video.")
    else:
        persons = _seen_again(table)
        if len(persons) > 1:
            _show_lanes(key, table, persons)
        with beside:
            person = _show_person(key, analysis, table, persons)
        rows = table[table["person"] == person]
        start = _show_timeline(key, rows, person)
        if analysis and analysis.features is not None and may_choose:
            _ask_neutral(key, analysis, person, _nearest(rows["time"], start))
    if video:
        film.video(video, start_time=start)


def _seen_again(table: pd.DataFrame) -> list[int]:
    """Persons who are in more than one sample, rising; all where there is none such. What is taken for a face once, and
    never again, is seldom one."""
    counts = table["person"].value_counts()
    often = counts[counts > 1]
    return sorted(int(person) for person in (often if len(often) else counts).index)


def _show_lanes(key: str, table: pd.DataFrame, persons: list[int]) -> None:
    most = table.loc[table["person"].isin(persons), "person"].value_counts().index[:_MOST_LANES]
    figure = lanes(table[table["person"].isin(most)], _labels(key, persons))
    st.plotly_chart(figure, key=f"lanes {key}", config=_NO_BAR)
    if len(persons) > _MOST_LANES:
        st.caption(f"The {_MOST_LANES} who are in sight the longest, of {len(persons)}.")


def _show_person(key: str, analysis: Analysis | None, table: pd.DataFrame, persons: list[int]) -> int:
    """One person's shares and strongest moments. The person's number."""
    person = st.selectbox("Person", persons, format_func=_labels(key, persons).__getitem__, key=f"person {key}")
    st.html(shares_html(seconds_of(table[table["person"] == person])))
    if analysis:
        _show_moments(analysis, key, person)
    _ask_names(key, persons)
    return person


def _show_timeline(key: str, rows: pd.DataFrame, person: int) -> float:
    """Second of the video that was clicked, 0 without a click."""
    clicked = st.plotly_chart(
        person_timeline(rows),
        key=f"timeline {key} {person}",
        on_select="rerun",
        selection_mode="points",
        config=_NO_BAR,
    )
    st.caption("A click on the time line starts the video there. Gray: uncertain.")
    points = clicked["selection"]["points"] if clicked else []
    return float(points[0]["x"]) if points else 0.0


def _nearest(times: pd.Series, time: float) -> float:
    """The one of these times that is the nearest."""
    return float(times.iloc[int((times - time).abs().argmin())])


def _ask_neutral(key: str, analysis: Analysis, person: int, time: float) -> None:
    """Whether a moment shows the person's neutral face; with it, before and after. time: of it, in seconds."""
    chosen: dict[int, float] = st.session_state.setdefault(_NEUTRAL, {}).setdefault(key, {})
    row = st.container(horizontal=True, vertical_alignment="center")
    if row.button(
        f"At {time:.1f} s this is the person's neutral face",
        icon=":material/sentiment_neutral:",
        help="All answers of this person are then relative to it. Click the time line to choose another moment.",
        key=f"neutral {key} {person}",
    ):
        chosen[person] = time
        st.rerun()
    if person not in chosen:
        return
    if row.button("Take it back", icon=":material/undo:", key=f"not neutral {key} {person}"):
        del chosen[person]
        st.rerun()
    st.caption(
        f"Relative to the face at {chosen[person]:.1f} s; the table says so in its column profile. The strongest "
        "moments and the annotated video still show the answers from before:"
    )
    before = named_table(key, analysis)
    st.plotly_chart(person_timeline(before[before["person"] == person]), key=f"before {key} {person}", config=_NO_BAR)


def _numbers(key: str, person: int) -> set[int]:
    """All numbers that a person has who was merged by name."""
    names = _names(key)
    return {person, *(number for number, name in names.items() if name and name == names.get(person))}


def _show_moments(analysis: Analysis, key: str, person: int) -> None:
    """The person's strongest moment of each emotion."""
    same = _numbers(key, person)
    row = st.container(horizontal=True)
    for emotion in EMOTIONS:
        found = [moment for (p, e), moment in analysis.moments.items() if p in same and e == emotion]
        if found:
            best = max(found, key=lambda moment: moment.probability)
            words = f"{emotion} {best.probability:.0%} at {best.time:.1f} s"
            row.image(best.jpeg, words, width=96, alt=words)


def _ask_names(key: str, persons: list[int]) -> None:
    with st.expander("Name or merge people", icon=":material/badge:"):
        st.caption("The program recognises nobody. People with the same name are merged, in the table too.")
        names = _names(key)
        before = pd.DataFrame({"person": persons, "name": [names.get(person, "") for person in persons]})
        edited = st.data_editor(before, hide_index=True, disabled=["person"], key=f"names {key} {persons}")
        wanted = dict(zip(edited["person"], edited["name"].fillna("").astype(str).str.strip(), strict=True))
        if st.button("Use these names", key=f"use names {key}"):
            given = {number: name for person, name in wanted.items() for number in _numbers(key, person)}
            st.session_state.setdefault(_NAMES, {})[key] = {**names, **given}
            st.rerun()


def _names(key: str) -> dict[int, str]:
    names: dict[int, str] = st.session_state.get(_NAMES, {}).get(key, {})
    return names


def _labels(key: str, persons: list[int]) -> dict[int, str]:
    """What each person is called on the page, each differently."""
    names = _names(key)
    return {person: f"{person}: {names[person]}" if names.get(person) else f"person {person}" for person in persons}
