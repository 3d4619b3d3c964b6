"""Live: the webcam's faces, boxed and classified frame by frame."""

import streamlit as st

from emotion_core.vision.faces.classifier import Classifier
from emotion_core.vision.live.stream import LiveStream
from pages.components import access, cache, sample
from pages.components.camera import choose_facing, note_playing, show_video, visitors_stream, was_playing
from pages.components.camera_problems import camera_problem
from pages.components.fragments import fragment
from pages.components.full_screen import offer_full_screen
from pages.components.game_panel import show_game
from pages.components.idle import show_clip, show_start, show_welcome
from pages.components.live_answer import hold_face, show_answer
from pages.components.live_settings import show_settings
from pages.components.live_style import STAGE, hide_leftovers, use_live_style
from pages.components.pose_controls import show_pose
from pages.components.profile_panel import show_profile
from pages.components.server_load import refresh_seconds
from pages.components.session_panel import show_keepsake, show_session, show_shares
from pages.components.snapshot import show_snapshot
from pages.components.webrtc import is_connecting

WAITING_SECONDS = 3.0
NO_SLOT = "All video slots of this server are in use. Try again in a minute, or take a snapshot in the meantime."


@fragment(run_every=WAITING_SECONDS)
def wait_for_slot(stream: LiveStream) -> None:
    """Stand in line for a slot; the page goes on by itself when there is one."""
    if cache.stream_slots().wait(stream.slot_key):
        st.rerun()
    slots, minutes = cache.stream_slots().limit, access.limits().stream_minutes
    st.warning(
        f"All {slots} video slots of this server are in use. You are in the queue: one becomes free within "
        f"{minutes:g} minutes. You can take a snapshot in the meantime."
    )


def show_sample(stream: LiveStream, reading: Classifier) -> None:
    """The sample clip in the video's place, until STOP or its end."""
    hide_leftovers()
    video, answer = st.columns([3, 2], gap="large")
    with video.container(key="sample"):
        picture = st.empty()
    video.button("STOP", on_click=sample.stop, args=(stream,), type="primary")
    if not sample.play(stream, reading, picture, answer.empty()):
        st.session_state.no_slot = True
    st.rerun()


def show_stage(stream: LiveStream, reading: Classifier, facing: str) -> None:
    """Camera and answer; before START the clip and a welcome, after STOP the session."""
    video, answer = st.columns([3, 2], gap="large")
    with video:
        playing = show_video(stream, facing)
        problem = camera_problem()
        if playing:
            show_pose(stream)
        is_over = not playing and len(stream.session) > 0
        if not playing and show_start(problem):
            sample.start(stream)
            st.rerun()
        if is_over:
            show_keepsake(stream)
        elif not playing and not is_connecting():  # a clip takes time of the processor that begins to encode
            show_clip()
    with answer:
        if playing:
            show_answer(stream, reading, playing, refresh_seconds(cache.stream_slots().taken))
        elif is_over:
            show_session(stream)
        else:
            show_welcome()
        if playing or is_over:
            hold_face(stream, reading, playing)
            show_game(stream, playing)
        show_profile(stream, reading, playing)
        if playing:
            show_shares(stream)


cache.begin_page()
use_live_style()
classifier = cache.classifier_or_stop()
stream = visitors_stream(classifier)
controls = st.container(horizontal=True, vertical_alignment="center")
with controls:
    as_snapshot = (
        st.segmented_control(
            "Camera", ["Video", "Snapshot"], default="Video", key="camera", label_visibility="collapsed"
        )
        == "Snapshot"
    )
is_waiting = not (as_snapshot or was_playing() or sample.is_playing()) and cache.stream_slots().is_full_for(
    stream.slot_key
)
if as_snapshot or is_waiting:
    sample.stop(stream)
    note_playing(stream, False)
    if is_waiting:
        wait_for_slot(stream)
    show_snapshot(classifier)
    st.stop()

with controls:
    with st.popover("Settings", icon=":material/tune:"):
        reading = show_settings(stream, classifier)
        facing = choose_facing()
    offer_full_screen()
with st.container():  # always there: what comes and goes above a video would end it
    if reading is not classifier:
        cache.warn_of_drawn_faces(reading)
    if st.session_state.pop("no_slot", False):
        st.warning(NO_SLOT)
with st.container(key=STAGE):
    if sample.is_playing():
        show_sample(stream, reading)
    else:
        show_stage(stream, reading, facing)
