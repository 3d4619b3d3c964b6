"""What a live session has seen: shares of time, the time line, the files to take home."""

import streamlit as st

from emotion_core.exports import to_csv
from emotion_core.images import to_jpeg
from emotion_core.vision.live.session_log import TIMELINE_SECONDS
from emotion_core.vision.live.stream import LiveStream
from emotion_core.wording import counted
from pages.components.downloads import offer_file
from pages.components.fragments import fragment
from pages.components.live_charts import shares_html, timeline_html

REFRESH_SECONDS = 2.0
_LAST = "The last face that was seen"


@fragment(run_every=REFRESH_SECONDS)
def show_shares(stream: LiveStream) -> None:
    """How the time was divided so far, while the video plays."""
    st.html(shares_html(stream.session.seconds))
    st.caption(f"{_summary(stream)} STOP shows the session, with its files.")


def show_session(stream: LiveStream) -> None:
    """The session that has ended, until START or "Forget it"."""
    st.subheader("Your session")
    session = stream.session
    st.html(shares_html(session.seconds))
    st.html(f'<div class="live-answer">{timeline_html(session.recent(), TIMELINE_SECONDS)}</div>')
    st.caption(f"{_summary(stream)} Kept in memory for you alone, until START, or until you close the page.")
    row = st.container(horizontal=True)
    # made at once, not at the click: nothing runs on this page any more that would let a file lapse
    offer_file(row, "Table (CSV)", to_csv(session.table.round(4)), "emotions.csv", icon=":material/table:")
    if (picture := stream.keepsake) is not None:
        offer_file(row, "Picture", to_jpeg(picture), "emotions.jpg", icon=":material/image:")
    row.button("Forget it", on_click=stream.forget, icon=":material/delete:", key="forget_session")


def show_keepsake(stream: LiveStream) -> None:
    """The latest picture with a face, its name and bars on it."""
    if (picture := stream.keepsake) is not None:
        st.image(picture, _LAST, width="stretch", alt=_LAST)


def _summary(stream: LiveStream) -> str:
    seconds, changed = sum(stream.session.seconds.values()), counted(stream.session.changes, "time")
    return f"Faces in sight for {seconds:.0f} seconds, added up over all; the answer changed {changed}."
