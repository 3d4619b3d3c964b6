"""A wrong answer put right by the person who sees it, and kept only when that person agrees."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import streamlit as st

from emotion_core.datasets import DatasetError
from emotion_core.datasets.consent import withdraw_consent
from emotion_core.datasets.corrections import corrected_emotion, file_name, save_correction
from emotion_core.emotions import EMOTIONS
from emotion_core.registry.model_schemas import Emotion
from emotion_core.vision.faces.face import Face
from pages.components import access

_SEEN = "What the network saw"
CONSENT = (
    "Keep this face, 48 × 48 gray pixels, and my answer on this computer to teach the model. The person in the "
    "picture agrees to this. The page Data shows kept faces and deletes them, one by one or all."
)


def offer_correction(face: Face, key: str, teach: Callable[[Emotion | None], None] | None = None) -> None:
    """Behind "Not right?", an emotion to pick, and then the question whether the face may be kept: nothing is kept
    without that tick, nor after it is taken away. teach: adds the face to the visitor's own profile, in memory only."""
    if face.crop is None:
        return
    key = f"{key} {file_name(face.crop)}"  # what was said of one face is never taken for what is said of another
    kept = corrected_emotion(face.crop) if access.is_owner() else None
    mine = kept if st.session_state.get(f"kept {key}") else None
    with st.popover("Not right?", icon=":material/edit:"):
        st.image(face.crop, _SEEN, width=96, alt=_SEEN)
        # widgets that were out of sight have forgotten what was said
        st.session_state.setdefault(f"right {key}", mine)
        right = st.pills(
            "What does it show?",
            EMOTIONS,
            key=f"right {key}",
            on_change=(lambda: teach(st.session_state[f"right {key}"])) if teach else None,
        )
        if teach:
            st.caption("Your choice is added to your own profile at once, in memory only.")
        if not access.is_owner():
            access.explain_closed("Visitors' faces are never kept, so they cannot teach the model here.")
            return
        agreed = False
        if right:
            st.session_state.setdefault(f"consent {key}", mine is not None)
            agreed = st.checkbox(CONSENT, key=f"consent {key}")
        _keep_or_delete(face.crop, right if agreed else None, kept, mine, f"kept {key}")


def _keep_or_delete(
    crop: np.ndarray, right: Emotion | None, kept: Emotion | None, mine: Emotion | None, key: str
) -> None:
    """right: what was agreed to; kept, mine: what is kept of this face, and whether by this answer."""
    try:
        if right and kept != right:
            access.check("Keeping faces")
            save_correction(crop, right, access.limits())
        elif mine and not right:
            access.check("Deleting faces")
            withdraw_consent(Path(file_name(crop)).stem)  # thought better of it
    except (DatasetError, OSError) as error:
        st.error(str(error))
        return
    st.session_state[key] = bool(right)
    if right:
        st.success(f"Kept as {right}. The page Data shows it among the faces you corrected, and can delete them.")
