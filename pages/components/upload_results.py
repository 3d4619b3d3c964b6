"""What was found in a visitor's pictures and videos, and everything to take home."""

from collections.abc import Mapping

import pandas as pd
import streamlit as st

from emotion_core.charts.face_charts import probability_bars
from emotion_core.exports import to_csv, to_parquet
from emotion_core.vision.faces.classifier import Classifier
from emotion_core.vision.faces.face import Face
from emotion_core.vision.faces.quality import remarks
from emotion_core.vision.media.uploads import Analysis, to_json, to_zip
from emotion_core.wording import listed, literal
from pages.components import analyses
from pages.components.analyses import Made
from pages.components.correction_form import offer_correction
from pages.components.downloads import offer_file
from pages.components.explanation_view import offer_explanation
from pages.components.face_table import say_found, show_found
from pages.components.gallery import choose_face
from pages.components.own_profile import offer_neutral
from pages.components.video_results import as_chosen, named_table, show_video

_MANY = 8  # faces of one picture that are chosen from a list


def show_results(made: Mapping[str, Made], classifier: Classifier) -> None:
    """Everything that came out: how much, the downloads, what could not be read, the pictures, then each video.

    classifier: in use."""
    results = {key: one.analysis for key, one in made.items()}
    fingerprint = classifier.model.fingerprint
    readers = {key: classifier if one.used[0] == fingerprint else None for key, one in made.items()}
    _show_summary(results, readers)
    if None in readers.values():
        st.caption(
            "Some results were read by a model that is not in use any more. Their faces are not explained, and none is "
            "taken for a neutral one."
        )
    for analysis in results.values():
        if analysis.error:
            st.error(literal(analysis.error))
    pictures = {key: a for key, a in results.items() if not a.is_video and not a.error}
    if len(pictures) > 1 or any(len(analysis.faces) > _MANY for analysis in pictures.values()):
        _show_gallery(pictures, readers)
    else:
        for key, analysis in pictures.items():
            show_picture(key, analysis, readers[key])
    for key, analysis in results.items():
        if analysis.is_video and not analysis.error:
            _show_heading(analysis)
            show_video(key, analysis, readers[key])


def _show_summary(results: Mapping[str, Analysis], readers: Mapping[str, Classifier | None]) -> None:
    """How much was found, and the downloads; then all faces in one table."""
    results = {key: as_chosen(key, analysis, readers[key]) for key, analysis in results.items()}
    table = pd.concat([named_table(key, analysis) for key, analysis in results.items()], ignore_index=True)
    failed, empty = sum(bool(a.error) for a in results.values()), sum(not a.face_count for a in results.values())
    say_found(table, len(results), empty - failed, failed)
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
    row.button("Forget the results", on_click=analyses.forget, icon=":material/delete:", width="stretch")
    with st.expander("All faces", icon=":material/table_view:"):
        show_found(table)


def _show_heading(analysis: Analysis) -> None:
    st.subheader(literal(analysis.name))
    if analysis.note:
        st.warning(analysis.note)


def _show_gallery(pictures: Mapping[str, Analysis], readers: Mapping[str, Classifier | None]) -> None:
    """A list of all faces, and the picture of the one that is open."""
    chosen = choose_face(pictures)
    if chosen:
        key, place = chosen
        show_picture(key, pictures[key], readers[key], place)


def show_picture(
    key: str,
    analysis: Analysis,
    reader: Classifier | None,
    place: int | None = None,
    may_serve_others: bool = True,
) -> None:
    """A picture, and one of its faces.

    reader: the network that read it, None where that is not in use any more; place: of that face; where there is none,
    it is asked for. may_serve_others: whether the face may be taken for the neutral one of other pictures.
    """
    _show_heading(analysis)
    picture, words = st.columns([3, 2], gap="large")
    shown = analysis.shown or analysis.annotated
    if shown:
        picture.image(shown, width="stretch", alt="the picture with the faces that were found")
    faces = analysis.faces
    with words:
        if not faces:
            st.info("No face was found. The other detector may see more.")
            return
        if place is None:
            names = [f"{i + 1}: {face.answer}" for i, face in enumerate(faces)]
            place = (
                0
                if len(faces) == 1
                else st.selectbox(
                    "Face, largest first", range(len(faces)), format_func=names.__getitem__, key=f"face {key}"
                )
            )
        _show_face(faces[place], analysis, f"{key} {place}", reader, may_serve_others)


def _show_face(face: Face, analysis: Analysis, key: str, reader: Classifier | None, may_serve_others: bool) -> None:
    st.subheader(face.answer)
    record = analysis.records[0]
    found = remarks(face, record["width"], record["height"])
    if found:
        st.caption(f"Hard to read: the face is {listed(found)}.")
    st.plotly_chart(probability_bars(face.probabilities), key=f"bars {key}", config={"displayModeBar": False})
    if reader:
        offer_explanation(face, reader, key)
    if reader and may_serve_others:
        offer_neutral(face, reader.model, key)
    offer_correction(face, key)
