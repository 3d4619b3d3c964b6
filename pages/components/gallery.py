"""Many pictures' faces in one list, to filter, to sort and to open one by one."""

from collections.abc import Mapping

import pandas as pd
import streamlit as st

from emotion_core.charts.face_charts import coloured
from emotion_core.emotions import EMOTIONS
from emotion_core.exports import without_formulas
from emotion_core.images import to_data_url
from emotion_core.vision.faces.quality import remarks
from emotion_core.vision.media.uploads import Analysis
from emotion_core.wording import UNCERTAIN, counted
from pages.components.face_table import ROW_HEIGHT, SHARE

_MOST = 1_000  # rows that are listed: each carries its face
_AS_BROUGHT, _SUREST, _LEAST_SURE, _BY_EMOTION = "as brought", "surest first", "least sure first", "emotion"
_SORTED_BY = {_SUREST: ("confidence", False), _LEAST_SURE: ("confidence", True), _BY_EMOTION: ("emotion", True)}
_COLUMNS = {"face": st.column_config.ImageColumn("face", width="small"), "confidence": SHARE}


def choose_face(pictures: Mapping[str, Analysis]) -> tuple[str, int] | None:
    """The picture's key and the face's place in it that was opened, the first of the list until one is; None where the
    filter leaves none. pictures: by key of the upload."""
    rows = _filtered(faces_of(pictures))
    if rows.empty:
        st.info("No face is left by the filter.")
        return None
    shown = rows.head(_MOST)
    said = f"{counted(len(rows), 'row')}; a click opens one."
    st.caption(said if len(shown) == len(rows) else f"{said} The first {_MOST:,} are listed; the table has all.")
    listed = shown.drop(columns=["key", "place"]).dropna(axis="columns", how="all")
    chosen = st.dataframe(
        coloured(without_formulas(listed)),
        hide_index=True,
        height=min(420, (len(shown) + 1) * ROW_HEIGHT),
        row_height=ROW_HEIGHT,
        column_config=_COLUMNS,
        on_select="rerun",
        selection_mode="single-cell",
        key=f"gallery {hash(tuple(zip(shown['key'], shown['place'], strict=True)))}",
    )
    clicked = chosen["selection"]["cells"]  # a row and the name of a column
    row = shown.iloc[min(clicked[0][0], len(shown) - 1) if clicked else 0]
    return str(row["key"]), int(row["place"])


def faces_of(pictures: Mapping[str, Analysis]) -> pd.DataFrame:
    """One row a face: face (a picture of it), picture, number, emotion, confidence, uncertain, remarks, key and place;
    a picture without faces has one too."""
    rows = []
    for key, analysis in pictures.items():
        record = analysis.records[0]
        for place, face in enumerate(analysis.faces):
            rows.append(
                {
                    "face": to_data_url(face.crop) if face.crop is not None else None,
                    "picture": analysis.name,
                    "number": place + 1,
                    "emotion": face.emotion,
                    "confidence": face.confidence,
                    "uncertain": face.is_uncertain,
                    "remarks": ", ".join(remarks(face, record["width"], record["height"])),
                    "key": key,
                    "place": place,
                }
            )
        if not analysis.faces:
            rows.append({"picture": analysis.name, "remarks": "no face", "key": key, "place": 0})
    return pd.DataFrame(rows)


def _filtered(rows: pd.DataFrame) -> pd.DataFrame:
    emotions, order = st.columns([3, 2])
    wanted = emotions.pills("Show", [*EMOTIONS, UNCERTAIN], selection_mode="multi", key="gallery emotions")
    by = order.selectbox("Sort", [_AS_BROUGHT, *_SORTED_BY], key="gallery order")
    if wanted and "emotion" in rows:
        is_uncertain = rows["uncertain"].fillna(False).astype(bool)
        rows = rows[rows["emotion"].isin(wanted) & ~is_uncertain | (is_uncertain & (UNCERTAIN in wanted))]
    if by in _SORTED_BY and "emotion" in rows:
        name, rising = _SORTED_BY[by]
        rows = rows.sort_values([name], ascending=rising, kind="stable", na_position="last")
    return rows
