"""One picture from the camera instead of a stream: needs no video connection."""

import numpy as np
import streamlit as st

from emotion_core.charts.face_charts import probability_bars
from emotion_core.images import ImageError, reading_rgb, shrink
from emotion_core.vision.detection.available import PICTURE_DETECTOR
from emotion_core.vision.faces.analyzer import FaceAnalyzer
from emotion_core.vision.faces.classifier import Classifier
from emotion_core.vision.faces.drawing import draw_faces
from emotion_core.vision.faces.profile import Profile, relative_if_alone
from pages.components import access
from pages.components.cache import kept_analyzer
from pages.components.correction_form import offer_correction
from pages.components.own_profile import own_profile

MAX_SIDE = 1920  # pixels; cameras give the page no more, and what was made to look like one of theirs gets small


def show_snapshot(classifier: Classifier) -> None:
    """A camera picture with the same boxes and probabilities."""
    access.note_session(may_upload=True)
    taken = st.camera_input("Take a picture", help="Sent to this server, read in memory, not stored.")
    if taken is None:
        return
    try:
        with reading_rgb(taken.getvalue(), "The picture") as picture:
            image = shrink(picture, MAX_SIDE)
    except ImageError as error:
        st.error(str(error))
        return
    _show(image, kept_analyzer(PICTURE_DETECTOR, classifier), own_profile(classifier.model))


def _show(image: np.ndarray, analyzer: FaceAnalyzer, profile: Profile | None) -> None:
    faces = relative_if_alone(analyzer.analyze(image), profile, analyzer.classifier.uncertain_below)
    picture, answers = st.columns([3, 2], gap="large")
    picture.image(draw_faces(image, faces))
    with answers:
        if not faces:
            st.info("No face was found: come closer, turn to the camera, or turn on a light.")
        for number, face in enumerate(faces, start=1):
            st.subheader(face.answer)
            st.plotly_chart(probability_bars(face.probabilities), key=f"snapshot bars {number}")
            offer_correction(face, f"snapshot {number}")
