"""Emotion Classifier: `streamlit run streamlit_app.py`."""

import streamlit as st
import streamlit_webrtc  # noqa: F401  before anything that could load TensorFlow: the other order crashes in pylibsrtp

st.set_page_config(page_title="Emotion Classifier", page_icon="🎭", layout="wide")

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
