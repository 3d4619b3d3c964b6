"""What the live session has seen so far: shares of time, changes, files to take home."""

import io

import streamlit as st
from PIL import Image

from emotion_core.exports import to_csv
from emotion_core.vision.live.session_log import SessionLog
from emotion_core.vision.live.stream import LiveStream
from pages.components.downloads import offer_file
from pages.components.live_charts import shares_html

REFRESH_SECONDS = 2.0
FILES = "files"  # in what the stream keeps


def show_session(stream: LiveStream) -> None:
    """The session of a stream that plays."""
    st.subheader("This session")
    _show_shares(stream)
    _offer_files(stream)


@st.fragment(run_every=REFRESH_SECONDS)
def _show_shares(stream: LiveStream) -> None:
    session = stream.session
    seconds = session.seconds
    st.html(shares_html(seconds))
    st.caption(
        f"{sum(seconds.values()):.0f} seconds of faces, {session.changes} changes of an answer. Kept in memory only, "
        "and gone at STOP or in Snapshot: download before."
    )


@st.fragment
def _offer_files(stream: LiveStream) -> None:
    """Files made at a click and held: Streamlit forgets one that the download itself makes after two reruns, and this
    page has four a second."""
    prepare, table, picture, reset = st.columns(4)
    if prepare.button(
        "Prepare files",
        icon=":material/save:",
        width="stretch",
        help="CSV and picture of this moment. Boxes in the CSV are in pixels of the camera's first frame, unmirrored.",
    ):
        stream.kept[FILES] = (_csv(stream.session), _jpeg(stream))
    if reset.button("Reset", icon=":material/restart_alt:", width="stretch"):
        stream.session.reset()
        stream.kept.pop(FILES, None)
    if FILES in stream.kept:
        csv, jpeg = stream.kept[FILES]
        offer_file(table, "Download CSV", csv, "emotions.csv", icon=":material/table:")
        if jpeg:
            offer_file(picture, "Download picture", jpeg, "emotions.jpg", icon=":material/image:")


def _csv(session: SessionLog) -> str:
    return to_csv(session.table.round(4))


def _jpeg(stream: LiveStream) -> bytes:
    buffer = io.BytesIO()
    if stream.picture is not None:
        Image.fromarray(stream.picture).save(buffer, "JPEG", quality=92)
    return buffer.getvalue()
