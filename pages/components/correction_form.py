"""A wrong answer put right by the person who sees it, and kept only when that person agrees."""

from collections.abc import Callable
from pathlib import Path

import streamlit as st

from emotion_core.datasets import DatasetError
from emotion_core.datasets.consent import withdraw_consent
from emotion_core.datasets.corrections import corrected_emotion, file_name, save_correction
from emotion_core.emotions import EMOTIONS
from emotion_core.registry.model_schemas import Emotion
from emotion_core.vision.faces.face import Face
from pages.components import access

CONSENT = (
    "Keep this face, 48 × 48 gray pixels, and my answer on this computer to teach the model. Whoever is in the picture "
    "agrees. The page Data shows kept faces and deletes them, one by one or all."
)


def offer_correction(face: Face, key: str, teach: Callable[[Emotion | None], None] | None = None) -> None:
    """One button an emotion, behind "Not right?"; nothing is kept without the tick above them, nor after it is taken
    away. teach: adds the face to the visitor's own profile, which is in memory only."""
    if face.crop is None:
        return
    key = f"{key} {file_name(face.crop)}"  # what was said of one face is never taken for what is said of another
    with st.popover("Not right?", icon=":material/edit:"):
        st.image(face.crop, width=96, caption="What the network saw")
        if teach:
            shown = f"shown {key}"
            st.pills("My face shows", EMOTIONS, key=shown, on_change=lambda: teach(st.session_state[shown]))
            st.caption("Added to your own profile at once, in memory only.")
        if not access.is_owner():
            access.explain_closed("Visitors' faces are never kept, so they cannot teach the model here.")
            return
        kept = corrected_emotion(face.crop)
        mine = kept if st.session_state.get(f"kept {key}") else None
        # widgets that were out of sight have forgotten what was said
        st.session_state.setdefault(f"consent {key}", mine is not None)
        st.session_state.setdefault(f"right {key}", mine)
        agreed = st.checkbox(CONSENT, key=f"consent {key}")
        right = st.pills("It is", EMOTIONS, key=f"right {key}", disabled=not agreed)
        try:
            if agreed and right and kept != right:
                access.check("Keeping faces")
                save_correction(face.crop, right, access.limits())
            elif mine and not (agreed and right):
                access.check("Deleting faces")
                withdraw_consent(Path(file_name(face.crop)).stem)  # thought better of it
        except (DatasetError, OSError) as error:
            st.error(str(error))
            return
        st.session_state[f"kept {key}"] = bool(agreed and right)
        if agreed and right:
            st.success(f"Kept as {right}. The page Data shows it among the faces you corrected, and can delete them.")
