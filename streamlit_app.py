"""Emotion Classifier: `streamlit run streamlit_app.py`.

Streamlit reads this file twice: once as the server, which finds `app` below with the gate in front of it, and then at
every run of a visitor's page as the script of that page.
"""

import streamlit as st
from starlette.middleware import Middleware

from pages.components.gateway import Gateway
from pages.components.serving import prepare_process, show_failure, while_serving


def run_page() -> None:
    """The page that the visitor is on, with navigation above and the notice below."""
    # Only here: the server has no use for what pages import. streamlit_webrtc comes before anything that could load
    # TensorFlow: the other order crashes in pylibsrtp.
    import streamlit_webrtc  # noqa: F401

    from pages.components.app_style import use_app_style
    from pages.components.footer import show_footer

    st.set_page_config(page_title="Emotion Classifier", page_icon="🎭", layout="wide")
    prepare_process()
    use_app_style()
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
    body = st.container()
    show_footer()  # before the page, which may stop early
    with body:
        page.run()


if st.runtime.exists():
    run_page()
else:
    app = st.App(__file__, middleware=[Middleware(Gateway)], lifespan=while_serving, on_script_error=show_failure)
