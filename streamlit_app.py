"""Emotion Classifier: `streamlit run streamlit_app.py`."""

import streamlit as st
import streamlit_webrtc  # noqa: F401  before anything that could load TensorFlow: the other order crashes in pylibsrtp

# What the pages need, loaded before it is set aside below.
from emotion_core import charts, memory  # noqa: F401
from emotion_core.vision import stream, uploads  # noqa: F401
from pages.connection import drop_late_frames

st.set_page_config(page_title="Emotion Classifier", page_icon="🎭", layout="wide")


@st.cache_resource
def prepare_process() -> None:
    """Once for all visitors."""
    memory.give_pictures_back()
    memory.set_aside_imported_modules()
    drop_late_frames()


prepare_process()

page = st.navigation(
    [
        st.Page("pages/live.py", title="Live", icon=":material/videocam:", default=True),
        st.Page("pages/analyze.py", title="Photos and video", icon=":material/image_search:"),
        st.Page("pages/data.py", title="Data", icon=":material/table_view:"),
        st.Page("pages/train.py", title="Train", icon=":material/model_training:"),
        st.Page("pages/runs.py", title="Runs", icon=":material/compare_arrows:"),
        st.Page("pages/about.py", title="About", icon=":material/info:"),
    ],
    position="top",
)
try:
    page.run()
finally:  # also when a page stops early
    st.caption(
        "The model reads the expression in a picture, not what a person feels. "
        "Pictures and videos are processed on this server and not kept, but for faces that you ask to keep. "
        "Data sets that you bring are kept until you delete them."
    )
