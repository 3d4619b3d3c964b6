"""A wrong answer put right by the person who sees it, and kept only when that person agrees."""

import streamlit as st

from emotion_core.datasets import DatasetError
from emotion_core.datasets.own_faces import forget_face, keep_face, kept_as
from emotion_core.emotions import EMOTIONS
from emotion_core.vision.face import Face

CONSENT = "Keep this face, 48 × 48 gray pixels, and my answer on this server to teach the model."


def offer_correction(face: Face, key: str) -> None:
    """One button an emotion, behind "Not right?"; nothing is kept without the tick above them, nor after it is taken
    away."""
    if face.crop is None:
        return
    with st.popover("Not right?", icon=":material/edit:"):
        st.image(face.crop, width=96, caption="What the network saw")
        agreed = st.checkbox(CONSENT, key=f"consent {key}")
        right = st.pills("It is", EMOTIONS, key=f"right {key}", disabled=not agreed)
        kept = kept_as(face.crop)
        try:
            if agreed and right and kept != right:
                keep_face(face.crop, right)
            elif kept and not (agreed and right) and st.session_state.get(f"kept {key}"):
                forget_face(face.crop)  # thought better of it
        except DatasetError as error:
            st.error(str(error))
            return
        st.session_state[f"kept {key}"] = bool(agreed and right)
        if agreed and right:
            st.success(f"Kept as {right}. The page Data shows your own faces and can delete them.")
