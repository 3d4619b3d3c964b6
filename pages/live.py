"""Live: the webcam's faces, boxed and classified frame by frame."""

from contextlib import suppress

import streamlit as st
from streamlit_webrtc import WebRtcMode, webrtc_streamer

from emotion_core.registry.model_folder import ModelError
from emotion_core.vision.detection.available import LIVE_DETECTOR, LIVE_DETECTORS, new_detector
from emotion_core.vision.detection.landmarks import LandmarkDetector
from emotion_core.vision.faces.classifier import Classifier
from emotion_core.vision.faces.drawing import Overlay
from emotion_core.vision.faces.face import Face
from emotion_core.vision.live.pipeline import HALF_LIFE, LiveOptions
from emotion_core.vision.live.session_log import TIMELINE_SECONDS
from emotion_core.vision.live.stream import LiveStream
from pages.components import access
from pages.components.cache import (
    IN_USE,
    classifier_or_stop,
    enter_through_app,
    model_names,
    named_classifier,
    search_threads,
    stream_slots,
    warn_of_drawn_faces,
)
from pages.components.correction_form import offer_correction
from pages.components.live_charts import bars_html, timeline_html
from pages.components.server_load import camera_rate, giving_way, refresh_seconds
from pages.components.session_panel import show_session
from pages.components.snapshot import show_snapshot
from pages.components.webrtc import (
    CAMERA_SENTENCES,
    SILENCE,
    is_relayed,
    rtc_configuration,
    show_camera_help,
    waiting_since,
    watch_connection,
)

WAITING_SECONDS = 3.0
HELD = "held"  # in what the stream keeps
VIDEO = {"width": {"ideal": 640}, "height": {"ideal": 480}, "facingMode": "user"}


@st.fragment(run_every=WAITING_SECONDS)
def wait_for_slot(stream: LiveStream) -> None:
    """Stand in line for a place; the page goes on by itself when there is one."""
    if stream_slots().wait(stream.slot_key):
        st.rerun()
    minutes = access.limits().stream_minutes
    st.warning(
        f"All {stream_slots().limit} places for video on this server are taken. You stand in line: one comes free "
        f"after {minutes:g} minutes at the latest. Take a picture meanwhile."
    )


enter_through_app()
st.title("Live")
st.write(
    "Your camera's frames are sent to this server, read in memory and not stored"
    + (", and may be relayed by a TURN server on the way. " if is_relayed() else ". ")
    + "The model reads an expression, not what a person feels; [About](about) says what that is good for, and where "
    "it is forbidden."
)
classifier = classifier_or_stop()
if "stream" not in st.session_state:
    st.session_state.stream = LiveStream(
        new_detector(LIVE_DETECTOR, live=True),
        LandmarkDetector(),
        classifier,
        stream_slots(),
        searches=search_threads(),
    )
    st.session_state.found_with = LIVE_DETECTOR
stream: LiveStream = st.session_state.stream

as_snapshot = st.segmented_control("Camera", ["Stream", "Snapshot"], default="Stream", key="camera") == "Snapshot"
was_playing = st.session_state.get("was_playing", False)
stream.max_stay = 60 * access.limits().stream_minutes
is_waiting = not as_snapshot and not was_playing and stream_slots().is_full_for(stream.slot_key)
if as_snapshot or is_waiting:
    stream.end()
    if is_waiting:
        wait_for_slot(stream)
    st.session_state.was_playing = False
    show_snapshot(classifier)
    st.stop()

video_column, answer_column = st.columns([3, 2], gap="large")
refresh = refresh_seconds(stream_slots().taken)
if not was_playing:  # a camera that runs keeps its rate
    st.session_state.camera_rate = camera_rate(stream_slots().taken)
with video_column:
    context = webrtc_streamer(
        key="live",
        mode=WebRtcMode.SENDRECV,
        rtc_configuration=rtc_configuration(),
        media_stream_constraints={
            "video": {**VIDEO, "frameRate": {"ideal": st.session_state.camera_rate}},
            "audio": False,
        },
        video_frame_callback=giving_way(stream.process),  # runs on a thread of its own: it must not touch st.*
        async_processing=True,  # a slow frame is dropped, never queued
        on_video_ended=stream.end,  # at STOP, on another page, with a closed tab
        translations=CAMERA_SENTENCES,
    )
    since = waiting_since(context)
    if since is not None:
        watch_connection(since)
    elif not context.state.playing:
        show_camera_help()

playing = context.state.playing
if playing and not was_playing:
    stream.begin()
elif was_playing and not playing:
    stream.end()
st.session_state.was_playing = playing


def show_settings() -> Classifier:
    """Everything that may be switched while the video plays; the network that reads the faces."""
    shown, read, found = st.columns(3)
    with shown:
        boxes = st.toggle("Boxes", True)
        bars = st.toggle("Bars on the video", False)
        landmarks = st.toggle("Landmarks", False)
        mirror = st.toggle("Mirror", True)
    with read:
        hints = st.toggle("Hints", True, help="What would help: light, distance, direction.")
        explanation = st.toggle(
            "Explain", False, help="Colours the parts of the face without which its emotion is less probable."
        )
        smoothing = st.slider(
            "Smoothing", 0.0, 1.0, HALF_LIFE, 0.05, format="%.2f s", help="0 shows every frame's answer."
        )
    with found:
        detector = st.selectbox("Face detector", list(LIVE_DETECTORS))
        st.caption(LIVE_DETECTORS[detector])
        st.session_state.model_name = st.selectbox("Model", [IN_USE, *model_names()])
    reading = classifier
    with suppress(ModelError):  # the answer's fragment goes on with the one it has
        reading = named_classifier(st.session_state.model_name)
    with read:
        asked = st.slider(
            "Sure from",
            0.0,
            0.99,
            min(0.99, round(reading.uncertain_below, 2)),
            0.01,
            key=f"sure from {reading.model.fingerprint} {reading.uncertain_below}",  # each model has one of its own
            help="Below, it says uncertain.",
        )
    if detector != st.session_state.found_with:
        stream.pipeline.use_detector(new_detector(detector, live=True))
        st.session_state.found_with = detector
    stream.options = LiveOptions(Overlay(boxes, bars, landmarks), mirror, explanation, hints, smoothing, asked)
    return reading


with video_column:
    with st.expander("Settings", icon=":material/tune:"):
        reading = show_settings()
    if reading is not classifier:
        warn_of_drawn_faces(reading)


def choose_face(key: str) -> None:
    stream.chosen = st.session_state[key]


@st.fragment(run_every=refresh if playing else None)
def show_answer() -> None:
    with suppress(ModelError):  # the one it has still works
        if named_classifier(st.session_state.model_name) is not reading:
            st.rerun()  # another one was promoted meanwhile, with a threshold of its own
        stream.pipeline.use(reading)
    state = stream.state
    silent = playing and stream.silence > SILENCE
    faces = state.faces if playing and not silent else ()
    face = stream.chosen_face(faces)
    if face and len(faces) > 1:
        options = [None, *sorted(face.track_id for face in faces)]
        key = f"face {options}"  # another widget for other faces: the choice outlives one that is out of sight
        st.selectbox(
            "Face",
            options,
            options.index(stream.chosen) if stream.chosen in options else 0,
            format_func=lambda number: f"number {number}" if number else "the largest",
            key=key,
            on_change=choose_face,
            args=(key,),
        )
    if face:
        st.subheader(face.answer)
    else:
        st.subheader("Not running" if not playing else "No picture arrives" if silent else "No face in sight")
    if state.refused:
        st.warning(
            "Your time is over, because somebody waits for a place. Press STOP; START puts you in line again."
            if stream_slots().was_evicted(stream.slot_key)
            else "All places for video on this server are taken. Press STOP, then START to stand in line."
        )
    elif silent:
        st.warning(
            "Is the camera unplugged, or taken by another program? Press STOP, then START again. "
            "A tab in the background may rest until it is in front again."
        )
    st.html(bars_html(face.probabilities if face else None))
    if not playing:
        return
    track = stream.chosen if face and face.track_id == stream.chosen else None  # a number that is gone says nothing
    st.html(timeline_html(stream.session.recent(track), TIMELINE_SECONDS))
    st.caption(
        f"{state.frames:,} frames, {state.frames_with_faces:,} with a face · "
        f"{state.frames_per_second:.0f} frames a second · {state.milliseconds:.0f} ms a frame · faces: {len(faces)}"
    )
    if state.hint:
        st.caption(state.hint)
    if state.failures:
        st.warning(f"{state.failures} frames could not be processed; the log of the server says why.")


@st.fragment
def hold_face() -> None:
    """A snapshot of the face whose answer is shown, to look at it and to correct it. Gone at STOP."""
    if st.button("Hold this face", icon=":material/photo_camera:", disabled=not playing):
        stream.kept[HELD] = stream.chosen_face(stream.state.faces if stream.silence <= SILENCE else ())
        st.session_state.held_number = st.session_state.get("held_number", 0) + 1
        if stream.kept[HELD] is None:
            st.caption("No face is in sight.")
    held: Face | None = stream.kept.get(HELD)
    if held and held.crop is not None:
        picture, words = st.columns([1, 3], vertical_alignment="center")
        picture.image(held.crop, width=96)
        words.write(held.answer)
        offer_correction(held, f"held {st.session_state.held_number}")


with answer_column:
    show_answer()
    hold_face()
if playing:
    with video_column:
        show_session(stream)
