"""What was found in a visitor's pictures and videos, and everything to take home."""

from collections.abc import Mapping

import pandas as pd
import streamlit as st

from emotion_core.charts.face_charts import coloured, probability_bars
from emotion_core.emotions import EMOTIONS
from emotion_core.exports import to_csv, to_parquet, without_formulas
from emotion_core.vision.media.uploads import Analysis, to_json, to_zip
from emotion_core.wording import counted, literal
from pages.components import analyses
from pages.components.cache import shared_classifier
from pages.components.correction_form import offer_correction
from pages.components.downloads import offer_file
from pages.components.explanation_view import offer_explanation
from pages.components.face_table import SHARE
from pages.components.own_profile import offer_neutral
from pages.components.video_results import as_chosen, named_table, show_video


def show_result(key: str, analysis: Analysis) -> None:
    """One picture or video, or the sentence why it could not be analyzed. key: tells it from the others."""
    st.subheader(literal(analysis.name))
    if analysis.error:
        st.error(literal(analysis.error))
        return
    if analysis.note:
        st.warning(analysis.note)
    if analysis.is_video:
        show_video(key, analysis)
    else:
        _show_picture(key, analysis)


def show_summary(results: Mapping[str, Analysis]) -> None:
    """How much was found, and the downloads; then all faces in one table."""
    results = {key: as_chosen(key, analysis) for key, analysis in results.items()}
    table = pd.concat([named_table(key, analysis) for key, analysis in results.items()], ignore_index=True)
    failed, empty = sum(bool(a.error) for a in results.values()), sum(not a.face_count for a in results.values())
    words = f"{counted(int(table['face'].notna().sum()), 'face')} in {counted(len(results), 'file')}"
    words += f", {empty - failed} without a face" if empty > failed else ""
    st.write(f"**{words}{f', {failed} that could not be read' if failed else ''}.**")
    row = st.container(horizontal=True)
    offer_file(row, "Table (CSV)", lambda: to_csv(table), "emotions.csv")
    offer_file(row, "Table (Parquet)", lambda: to_parquet(table), "emotions.parquet")
    offer_file(row, "Table (JSON)", lambda: to_json(results.values()), "emotions.jsonl")
    annotated = [analysis for analysis in results.values() if analysis.annotated]
    if len(annotated) == 1:
        only = annotated[0]
        kind = "video" if only.is_video else "picture"
        offer_file(row, f"Annotated {kind}", only.annotated, only.annotated_name)
    elif annotated:
        offer_file(row, "Annotated files (.zip)", lambda: to_zip(annotated), "emotions.zip")
    row.button("Forget them", on_click=analyses.forget, icon=":material/delete:", width="stretch")
    with st.expander("All faces", icon=":material/table_view:"):
        st.dataframe(
            coloured(without_formulas(table)),
            hide_index=True,
            column_config=dict.fromkeys(("confidence", *EMOTIONS), SHARE),
        )


def _show_picture(key: str, analysis: Analysis) -> None:
    picture, words = st.columns([3, 2], gap="large")
    if analysis.annotated:
        picture.image(analysis.annotated, width="stretch", alt="the picture with the faces that were found")
    faces = analysis.faces
    with words:
        if not faces:
            st.info("No face was found. The other detector may see more.")
            return
        number = 0
        if len(faces) > 1:
            names = [f"{i + 1}: {face.answer}" for i, face in enumerate(faces)]
            number = st.selectbox(
                "Face, largest first", range(len(faces)), format_func=names.__getitem__, key=f"face {key}"
            )
        face = faces[number]
        st.subheader(face.answer)
        st.plotly_chart(probability_bars(face.probabilities), key=f"bars {key}", config={"displayModeBar": False})
        offer_explanation(face, shared_classifier(), f"{key} {number}")
        offer_neutral(face, shared_classifier().model, f"{key} {number}")
        offer_correction(face, f"{key} {number}")
