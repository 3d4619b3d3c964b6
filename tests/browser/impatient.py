"""The app on a server that gives up a silent browser after some seconds instead of half a minute:
`python -m tests.browser.impatient run streamlit_app.py …`."""

import streamlit_webrtc  # noqa: F401  before anything that could load TensorFlow: the other order crashes in pylibsrtp
from aioice import ice
from streamlit.web import cli

ice.CONSENT_INTERVAL = 1  # seconds between two questions, of which six may go unanswered (RFC 7675)

if __name__ == "__main__":
    cli.main(prog_name="streamlit")
