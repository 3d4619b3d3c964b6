"""The visitor's own profile, recorded on the live page, for single pictures."""

import streamlit as st

from emotion_core.registry.model_folder import ModelFolder
from emotion_core.vision.faces.profile import Profile


def own_profile(model: ModelFolder) -> Profile | None:
    """The profile that this session has for the model, if the visitor wants it here; asks where there is one."""
    stream = st.session_state.get("stream")  # the live page's
    profile: Profile | None = stream.pipeline.personal.state.profile if stream else None
    if profile is None or profile.model.fingerprint != model.fingerprint:
        return None
    help_ = "In pictures with one face, which is taken for yours. You recorded your profile on the live page."
    return profile if st.toggle("Answers relative to my face", True, key="profile_here", help=help_) else None
