"""Live: the webcam's faces, boxed and classified frame by frame."""

from contextlib import suppress

import streamlit as st
from streamlit_webrtc import WebRtcMode, webrtc_streamer

from emotion_core.charts import probability_bars
from emotion_core.store.models import ModelError
from emotion_core.vision.analyzer import FaceAnalyzer
from emotion_core.vision.cascade import LIVE_SETTINGS, CascadeDetector
from emotion_core.vision.stream import LiveStream
from pages.correction import offer_correction
from pages.resources import classifier_or_stop, enter_through_app, rtc_configuration, shared_classifier

REFRESH_SECONDS = 0.5
VIDEO = {"width": {"ideal": 640}, "height": {"ideal": 480}, "frameRate": {"ideal": 30}, "facingMode": "user"}

enter_through_app()
st.title("Live")
st.write("Press START and allow the camera. Each face gets a box, an emotion and how sure the model is of it.")

classifier = classifier_or_stop()
if "stream" not in st.session_state:
    st.session_state.stream = LiveStream(FaceAnalyzer(CascadeDetector(LIVE_SETTINGS), classifier))
stream: LiveStream = st.session_state.stream

video_column, answer_column = st.columns([3, 2], gap="large")
with video_column:
    context = webrtc_streamer(
        key="live",
        mode=WebRtcMode.SENDRECV,
        rtc_configuration=rtc_configuration(),
        media_stream_constraints={"video": VIDEO, "audio": False},
        video_frame_callback=stream.process,  # runs on a thread of its own: it must not touch st.*
        async_processing=True,  # a slow frame is dropped, never queued
    )


playing = context.state.playing
if playing and not st.session_state.get("was_playing"):
    stream.reset()
st.session_state.was_playing = playing


@st.fragment(run_every=REFRESH_SECONDS if playing else None)
def show_answer() -> None:
    with suppress(ModelError):  # the one it has still works
        stream.use(shared_classifier())  # another one as soon as it is promoted
    state = stream.state
    face = state.faces[0] if state.faces and playing else None
    if face:
        st.subheader(face.answer)
    else:
        st.subheader("No face in sight" if playing else "Not running")
    st.plotly_chart(
        probability_bars(face.probabilities if face else None), key="bars", config={"displayModeBar": False}
    )
    if playing:
        others = f" The bars show the largest of {len(state.faces)} faces." if len(state.faces) > 1 else ""
        st.caption(
            f"{state.frames:,} frames, {state.frames_with_faces:,} with a face · "
            f"{state.frames_per_second:.0f} frames a second · {state.milliseconds:.0f} ms a frame.{others}"
        )
        if state.failures:
            st.warning(f"{state.failures} frames could not be processed; the log of the server says why.")


@st.fragment
def hold_face() -> None:
    """A snapshot of the largest face, to look at its answer and to correct it."""
    if st.button("Hold this face", icon=":material/photo_camera:", disabled=not playing):
        faces = stream.state.faces
        st.session_state.held = faces[0] if faces else None
        st.session_state.held_number = st.session_state.get("held_number", 0) + 1
    held = st.session_state.get("held")
    if held:
        picture, words = st.columns([1, 3], vertical_alignment="center")
        picture.image(held.crop, width=96)
        words.write(held.answer)
        offer_correction(held, f"held {st.session_state.held_number}")


with answer_column:
    show_answer()
    hold_face()
