"""The visitor's stream, and the camera's video with START and STOP."""

import streamlit as st
from streamlit_webrtc import WebRtcMode, webrtc_streamer
from streamlit_webrtc.component import generate_frontend_component_key

from emotion_core.vision.detection.available import LIVE_DETECTOR, new_detector
from emotion_core.vision.detection.landmarks import LandmarkDetector
from emotion_core.vision.faces.classifier import Classifier
from emotion_core.vision.live.stream import LiveStream
from pages.components import access, cache
from pages.components.server_load import camera_rate, giving_way
from pages.components.webrtc import CAMERA_SENTENCES, rtc_configuration, waiting_since, watch_connection

_KEY = "live"
_SIZE = {"width": {"ideal": 640}, "height": {"ideal": 480}}
_FACING = {"Front camera": "user", "Back camera": "environment"}
_NO_PLAYER = {
    "autoPlay": True,
    "controls": False,  # nothing to pause, no clock, no sound
    "playsInline": True,
    "muted": True,
    "style": {"width": "100%", "display": "block"},
}


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


def was_playing() -> bool:
    """Whether the video played in the last run of the page."""
    return bool(st.session_state.get("was_playing"))


def note_playing(stream: LiveStream, playing: bool) -> None:
    """Begin or end the session where the video began or ended since the last run."""
    if playing and not was_playing():
        stream.begin()
    elif was_playing() and not playing:
        stream.end()
    st.session_state.was_playing = playing


def choose_facing() -> str:
    """Front or back camera, on a phone or tablet; elsewhere the style hides it."""
    with st.container(key="facing", width="content"):
        chosen = st.segmented_control(
            "Camera of the phone",
            list(_FACING),
            default="Front camera",
            key="facing_mode",
            label_visibility="collapsed",
            disabled=was_playing(),
            help="STOP first." if was_playing() else None,
        )
    return _FACING[chosen or "Front camera"]


def show_video(stream: LiveStream, facing: str) -> bool:
    """The video with START and STOP. True while it plays. facing: the camera, as browsers call it."""
    slots = cache.stream_slots()
    if not was_playing():  # a camera that runs keeps its rate
        st.session_state.camera_rate = camera_rate(slots.taken)
    _hold_connection()
    video = {**_SIZE, "facingMode": facing, "frameRate": {"ideal": st.session_state.camera_rate}}
    context = webrtc_streamer(
        key=_KEY,
        mode=WebRtcMode.SENDRECV,
        rtc_configuration=rtc_configuration(),
        media_stream_constraints={"video": video, "audio": False},
        video_frame_callback=giving_way(
            stream.process, lambda: slots.taken
        ),  # runs on a thread of its own: it must not touch st.*
        async_processing=True,  # a slow frame is dropped, never queued
        on_video_ended=stream.end,  # at STOP, on another page, with a closed tab
        video_html_attrs=_NO_PLAYER,
        media_toggle_controls=False,
        translations=CAMERA_SENTENCES,
    )
    note_playing(stream, context.state.playing)
    since = waiting_since(context)
    if since is not None:
        watch_connection(since)
    return bool(context.state.playing)


def _hold_connection() -> None:
    """A video that the last run drew goes on. streamlit-webrtc 0.79 ends one of which it believes that a run passed it
    over; it counts runs as Streamlit sends their ends, which may be two at once where the server is busy. Streamlit
    itself drops the value of a component with the first run that passes it over."""
    if _KEY in st.session_state and generate_frontend_component_key(_KEY) in st.session_state:
        st.session_state[_KEY]._last_rendered_run_count = None
