"""What the live session has seen so far: shares of time, changes, files to take home."""

import io

import streamlit as st
from PIL import Image

from emotion_core.charts import shares_of_time
from emotion_core.vision.session import SessionLog
from emotion_core.vision.stream import LiveStream

REFRESH_SECONDS = 2.0


def show_session(stream: LiveStream) -> None:
    """The session of a stream that plays."""
    st.subheader("This session")
    _show_shares(stream)
    _offer_files(stream)


@st.fragment(run_every=REFRESH_SECONDS)
def _show_shares(stream: LiveStream) -> None:
    session = stream.session
    seconds = session.seconds
    st.plotly_chart(shares_of_time(seconds), key="shares", config={"displayModeBar": False})
    st.caption(
        f"{sum(seconds.values()):.0f} seconds of faces, {session.changes} changes of an answer. Kept in memory only, "
        "and gone at STOP: download before."
    )


@st.fragment  # not refreshed by itself: that would break off a download
def _offer_files(stream: LiveStream) -> None:
    table, picture, reset = st.columns(3)
    table.download_button(
        "Download CSV",
        lambda: _csv(stream.session),
        "emotions.csv",
        "text/csv",
        icon=":material/table:",
        width="stretch",
    )
    picture.download_button(
        "Download picture",
        lambda: _jpeg(stream),
        "emotions.jpg",
        "image/jpeg",
        icon=":material/image:",
        width="stretch",
    )
    if reset.button("Reset", icon=":material/restart_alt:", width="stretch"):
        stream.session.reset()


def _csv(session: SessionLog) -> str:
    return session.table.round(4).to_csv(index=False)


def _jpeg(stream: LiveStream) -> bytes:
    buffer = io.BytesIO()
    if stream.picture is not None:
        Image.fromarray(stream.picture).save(buffer, "JPEG", quality=92)
    return buffer.getvalue()
