"""What was found in a visitor's pictures and videos, and everything to take home."""

from collections.abc import Sequence

import streamlit as st

from emotion_core.charts.face_charts import coloured, probability_bars, timeline
from emotion_core.emotions import EMOTIONS
from emotion_core.exports import without_formulas
from emotion_core.vision.media.uploads import Analysis, all_faces, to_csv, to_json, to_zip
from emotion_core.wording import literal
from pages.components.correction_form import offer_correction
from pages.components.downloads import offer_file
from pages.components.face_table import SHARE


def show_result(key: str, analysis: Analysis) -> None:
    """One picture or video, or the sentence why it could not be analyzed. key: tells it from the others."""
    st.subheader(literal(analysis.name))
    if analysis.error:
        st.error(literal(analysis.error))
        return
    if analysis.note:
        st.warning(analysis.note)
    if analysis.is_video:
        _show_video(key, analysis)
    else:
        _show_picture(key, analysis)


def show_table(results: Sequence[Analysis]) -> None:
    """All faces in one table, and the downloads."""
    st.subheader("All faces")
    st.dataframe(
        coloured(without_formulas(all_faces(results))),
        hide_index=True,
        column_config=dict.fromkeys(("confidence", *EMOTIONS), SHARE),
    )
    csv, lines, pictures = st.columns(3)
    offer_file(csv, "Table (CSV)", lambda: to_csv(results), "emotions.csv")
    offer_file(lines, "Table (JSON)", lambda: to_json(results), "emotions.jsonl")
    annotated = [analysis for analysis in results if analysis.annotated]
    if len(annotated) == 1:
        only = annotated[0]
        kind = "video" if only.is_video else "picture"
        offer_file(pictures, f"Annotated {kind}", only.annotated, only.annotated_name)
    elif annotated:
        offer_file(pictures, "Annotated files (.zip)", lambda: to_zip(annotated), "emotions.zip")


def _show_picture(key: str, analysis: Analysis) -> None:
    picture, words = st.columns([3, 2], gap="large")
    if analysis.annotated:
        picture.image(analysis.annotated, width="stretch")
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
        offer_correction(face, f"{key} {number}")


def _show_video(key: str, analysis: Analysis) -> None:
    if analysis.annotated:
        st.video(analysis.annotated)
    if analysis.face_count:
        table = analysis.table
        st.plotly_chart(timeline(table[table["face"] == 1]), key=f"timeline {key}")
        st.caption("The largest face of each sampled moment.")
    else:
        st.info("No face was found in this video.")
