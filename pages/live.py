"""Live: the webcam's faces, boxed and classified frame by frame."""

import streamlit as st
from streamlit_webrtc import WebRtcMode, webrtc_streamer
from streamlit_webrtc.component import WebRtcStreamerContext

from emotion_core.vision.detection.available import LIVE_DETECTOR, new_detector
from emotion_core.vision.detection.landmarks import LandmarkDetector
from emotion_core.vision.faces.classifier import Classifier
from emotion_core.vision.live.stream import LiveStream
from pages.components import access, cache
from pages.components.live_answer import hold_face, show_answer
from pages.components.live_settings import show_settings
from pages.components.profile_panel import show_profile
from pages.components.server_load import camera_rate, giving_way, refresh_seconds
from pages.components.session_panel import show_session
from pages.components.snapshot import show_snapshot
from pages.components.webrtc import (
    CAMERA_SENTENCES,
    is_relayed,
    rtc_configuration,
    show_camera_help,
    waiting_since,
    watch_connection,
)

WAITING_SECONDS = 3.0
VIDEO = {"width": {"ideal": 640}, "height": {"ideal": 480}, "facingMode": "user"}


def visitors_stream(classifier: Classifier) -> LiveStream:
    """The stream of this session, made at the first look at the page."""
    if "stream" not in st.session_state:
        detector = new_detector(LIVE_DETECTOR, live=True)
        st.session_state.stream = LiveStream(
            detector, LandmarkDetector(), classifier, cache.stream_slots(), searches=cache.search_threads()
        )
    stream: LiveStream = st.session_state.stream
    stream.max_stay = 60 * access.limits().stream_minutes
    return stream


@st.fragment(run_every=WAITING_SECONDS)
def wait_for_slot(stream: LiveStream) -> None:
    """Stand in line for a slot; the page goes on by itself when there is one."""
    if cache.stream_slots().wait(stream.slot_key):
        st.rerun()
    slots, minutes = cache.stream_slots().limit, access.limits().stream_minutes
    st.warning(
        f"All {slots} video slots of this server are taken. You stand in line: one comes free after "
        f"{minutes:g} minutes at the latest. Take a picture meanwhile."
    )


def show_video(stream: LiveStream, rate: int) -> WebRtcStreamerContext:
    """The camera's video with START and STOP. rate: frames a second to ask the camera for."""
    slots = cache.stream_slots()
    context = webrtc_streamer(
        key="live",
        mode=WebRtcMode.SENDRECV,
        rtc_configuration=rtc_configuration(),
        media_stream_constraints={"video": {**VIDEO, "frameRate": {"ideal": rate}}, "audio": False},
        video_frame_callback=giving_way(
            stream.process, lambda: slots.taken
        ),  # runs on a thread of its own: it must not touch st.*
        async_processing=True,  # a slow frame is dropped, never queued
        on_video_ended=stream.end,  # at STOP, on another page, with a closed tab
        translations=CAMERA_SENTENCES,
    )
    since = waiting_since(context)
    if since is not None:
        watch_connection(since)
    elif not context.state.playing:
        show_camera_help()
    return context


cache.enter_through_app()
st.title("Live")
st.write(
    "Your camera's frames are sent to this server, read in memory and not stored"
    + (", and may be relayed by a TURN server on the way. " if is_relayed() else ". ")
    + "The model reads an expression, not what a person feels; [About](about) says what that is good for, and where "
    "it is forbidden."
)
classifier = cache.classifier_or_stop()
stream = visitors_stream(classifier)
as_snapshot = st.segmented_control("Camera", ["Stream", "Snapshot"], default="Stream", key="camera") == "Snapshot"
was_playing = st.session_state.get("was_playing", False)
is_waiting = not as_snapshot and not was_playing and cache.stream_slots().is_full_for(stream.slot_key)
if as_snapshot or is_waiting:
    stream.end()
    if is_waiting:
        wait_for_slot(stream)
    st.session_state.was_playing = False
    show_snapshot(classifier)
    st.stop()

video_column, answer_column = st.columns([3, 2], gap="large")
if not was_playing:  # a camera that runs keeps its rate
    st.session_state.camera_rate = camera_rate(cache.stream_slots().taken)
with video_column:
    playing = show_video(stream, st.session_state.camera_rate).state.playing
    if playing and not was_playing:
        stream.begin()
    elif was_playing and not playing:
        stream.end()
    st.session_state.was_playing = playing
    with st.expander("Settings", icon=":material/tune:"):
        reading = show_settings(stream, classifier)
    if reading is not classifier:
        cache.warn_of_drawn_faces(reading)
with answer_column:
    show_answer(stream, reading, playing, refresh_seconds(cache.stream_slots().taken))
    hold_face(stream, reading, playing)
    show_profile(stream, reading, playing)
if playing:
    with video_column:
        show_session(stream)
