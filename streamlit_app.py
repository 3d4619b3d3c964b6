"""Emotion Classifier: `streamlit run streamlit_app.py`."""

import gc

import streamlit as st
import streamlit_webrtc  # noqa: F401  before anything that could load TensorFlow: the other order crashes in pylibsrtp

from pages import resources  # noqa: F401  loads what all pages need, before it is set aside below

st.set_page_config(page_title="Emotion Classifier", page_icon="🎭", layout="wide")


@st.cache_resource
def set_aside_imported_modules() -> None:
    """Spare the garbage collector a walk through every imported module after every rerun.

    Streamlit collects all generations whenever a script ends, and the live page's ends twice a second for each visitor:
    100 ms each with the interpreter locked, in which no frame moves. Modules stay anyway and need no visit.
    """
    gc.collect()
    gc.freeze()


set_aside_imported_modules()

page = st.navigation(
    [
        st.Page("pages/live.py", title="Live", icon=":material/videocam:", default=True),
        st.Page("pages/analyze.py", title="Photos and video", icon=":material/image_search:"),
        st.Page("pages/train.py", title="Train", icon=":material/model_training:"),
    ],
    position="top",
)
page.run()
st.caption(
    "The model reads the expression in a picture, not what a person feels. "
    "Pictures are processed in memory on this server and are not stored."
)
