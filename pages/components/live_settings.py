"""What may be switched on the live page while the video plays."""

from contextlib import suppress

import streamlit as st

from emotion_core.registry.model_folder import ModelError
from emotion_core.vision.detection.available import LIVE_DETECTOR, LIVE_DETECTORS, new_detector
from emotion_core.vision.faces.classifier import Classifier
from emotion_core.vision.faces.drawing import Overlay
from emotion_core.vision.faces.smoothing import HALF_LIFE
from emotion_core.vision.live.pipeline import LiveOptions
from emotion_core.vision.live.stream import LiveStream
from pages.components.cache import IN_USE, model_names, named_classifier

_DETECTOR = "live_detector"  # in the session's state: the one that the stream uses now
_MODEL = "model_name"


def show_settings(stream: LiveStream, classifier: Classifier) -> Classifier:
    """The settings, which reach the stream at once; the network that reads the faces, `classifier` where another one
    was not chosen or cannot be used."""
    shown, read, found = st.columns(3)
    with shown:
        boxes = st.toggle("Boxes", True)
        bars = st.toggle("Bars on the video", False)
        landmarks = st.toggle("Landmarks", False)
        mirror = st.toggle("Mirror", True)
    with found:
        _choose_detector(stream)
        st.session_state[_MODEL] = st.selectbox("Model", [IN_USE, *model_names()])
    reading = classifier
    with suppress(ModelError):  # the answer's fragment goes on with the one it has
        reading = chosen_classifier()
    with read:
        hints = st.toggle("Hints", True, help="Says what would help: light, distance, direction.")
        explanation = st.toggle("Explain", False, help="Colours the parts of the face that the answer depends on.")
        smoothing = st.slider(
            "Smoothing",
            0.0,
            1.0,
            HALF_LIFE,
            0.05,
            format="%.2f s",
            help="Half-life of the averaging over time. 0 shows each frame's own answer.",
        )
        asked = st.slider(
            "Uncertainty threshold",
            0.0,
            0.99,
            min(0.99, round(reading.uncertain_below, 2)),
            0.01,
            key=f"sure from {reading.model.fingerprint} {reading.uncertain_below}",  # each model has one of its own
            help="Below this confidence the answer is called uncertain. The default comes from the model.",
        )
    stream.options = LiveOptions(Overlay(boxes, bars, landmarks), mirror, explanation, hints, smoothing, asked)
    return reading


def chosen_classifier() -> Classifier:
    """The network of the model that was chosen last. Raises `ModelError`."""
    return named_classifier(st.session_state[_MODEL])


def _choose_detector(stream: LiveStream) -> None:
    detector = st.selectbox("Detector", list(LIVE_DETECTORS))
    st.caption(LIVE_DETECTORS[detector])
    if detector != st.session_state.get(_DETECTOR, LIVE_DETECTOR):
        stream.pipeline.use_detector(new_detector(detector, live=True))
    st.session_state[_DETECTOR] = detector
