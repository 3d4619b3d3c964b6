"""One picture from the camera instead of a stream: needs no video connection."""

import numpy as np
import streamlit as st

from emotion_core.charts.face_charts import probability_bars
from emotion_core.images import ImageError, reading_rgb, shrink, to_jpeg
from emotion_core.vision.detection.available import PICTURE_DETECTOR
from emotion_core.vision.faces.analyzer import FaceAnalyzer
from emotion_core.vision.faces.classifier import Classifier
from emotion_core.vision.faces.drawing import draw_faces
from emotion_core.vision.faces.profile import Profile, relative_if_alone
from pages.components import access, uploading
from pages.components.cache import kept_analyzer
from pages.components.correction_form import offer_correction
from pages.components.downloads import offer_file
from pages.components.explanation_view import offer_explanation
from pages.components.own_profile import own_profile

MAX_SIDE = 1920  # pixels; cameras give the page no more, and what was made to look like one of theirs gets small
_PICTURE, _NUMBER = "snapshot", "snapshot_number"  # in the session's state; the number makes the camera a new widget


def show_snapshot(classifier: Classifier) -> None:
    """The camera; once a picture was taken, that one with boxes and answers in the camera's place."""
    picture: np.ndarray | None = st.session_state.get(_PICTURE)
    if picture is None:
        _take_picture()
        return
    profile = own_profile(classifier.model)
    _show(picture, kept_analyzer(PICTURE_DETECTOR, classifier), profile)


def _take_picture() -> None:
    access.note_session(may_upload=True)
    with st.columns([3, 2])[0]:
        number = st.session_state.get(_NUMBER, 0)
        taken = st.camera_input("Take a picture", key=f"camera picture {number}")
        st.caption("Your picture is sent to this server, read in memory and not stored.")
    if taken is None:
        return
    try:
        with reading_rgb(taken.getvalue(), "The picture") as picture:
            st.session_state[_PICTURE] = shrink(picture, MAX_SIDE).copy()
    except ImageError as error:
        st.error(str(error))
        return
    st.rerun()


def _forget() -> None:
    st.session_state.pop(_PICTURE, None)
    st.session_state[_NUMBER] = st.session_state.get(_NUMBER, 0) + 1
    uploading.release()


def _show(image: np.ndarray, analyzer: FaceAnalyzer, profile: Profile | None) -> None:
    faces = relative_if_alone(analyzer.analyze(image), profile, analyzer.classifier.uncertain_below)
    picture, answers = st.columns([3, 2], gap="large")
    drawn = draw_faces(image, faces)
    with picture:
        st.image(drawn, width="stretch", alt="your picture with the faces that were found")
        row = st.container(horizontal=True)
        row.button("Take another", on_click=_forget, icon=":material/photo_camera:", width="stretch")
        offer_file(row, "Download", to_jpeg(drawn), "snapshot.jpg", icon=":material/download:")
        st.caption("Read in this server's memory and not stored. It is gone with the next one, or with this page.")
    with answers:
        if not faces:
            st.info("No face was found: come closer, turn to the camera, or turn on a light.")
        for number, face in enumerate(faces, start=1):
            st.subheader(face.answer)
            st.plotly_chart(probability_bars(face.probabilities), key=f"snapshot bars {number}")
            offer_explanation(face, analyzer.classifier, f"snapshot {number}")
            offer_correction(face, f"snapshot {number}")
