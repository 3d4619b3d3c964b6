"""The visitor's own profile for single pictures: recorded on the live page, or taken from a picture here."""

import streamlit as st

from emotion_core.emotions import NEUTRAL
from emotion_core.registry.model_folder import ModelFolder
from emotion_core.vision.faces.face import Face
from emotion_core.vision.faces.profile import Profile, take_of

_FROM_PICTURE = "picture_profile"  # in the session's state


def own_profile(model: ModelFolder) -> Profile | None:
    """The profile that this session has for the model, if the visitor wants it here; asks where there is one."""
    stream = st.session_state.get("stream")  # the live page's
    recorded: Profile | None = stream.pipeline.personal.state.profile if stream else None
    profile: Profile | None = recorded or st.session_state.get(_FROM_PICTURE)
    if profile is None or profile.model.fingerprint != model.fingerprint:
        return None
    whose = "You recorded your profile on the live page." if recorded else "You took it from a picture."
    row = st.container(horizontal=True, vertical_alignment="center")
    help_ = f"Applied only to pictures with a single face, which is taken to be this person's. {whose}"
    is_on = row.toggle("Answers relative to my face", True, key="profile_here", help=help_)
    if not recorded:
        row.button("Forget it", on_click=_forget, icon=":material/delete:", key="forget_picture_profile")
    return profile if is_on else None


def offer_neutral(face: Face, model: ModelFolder, key: str) -> None:
    """Take a face of a picture for the person's neutral one. face: as the model alone reads it."""
    if face.has_profile:
        return
    if st.button(
        "This is the person's neutral face",
        icon=":material/sentiment_neutral:",
        help="All pictures with one face are then read relative to it, until you forget it or close the page.",
        key=f"neutral {key}",
    ):
        st.session_state[_FROM_PICTURE] = Profile(model, [take_of(NEUTRAL, [face], model.labels)])
        st.rerun()


def _forget() -> None:
    st.session_state.pop(_FROM_PICTURE, None)
