"""The answer beside the video: what the model reads now, and how it came about."""

from contextlib import suppress

import streamlit as st

from emotion_core.registry.model_folder import ModelError
from emotion_core.vision.faces.classifier import Classifier
from emotion_core.vision.faces.face import Face
from emotion_core.vision.live.stream import LiveStream, StreamState
from pages.components.cache import stream_slots
from pages.components.correction_form import offer_correction
from pages.components.explanation_view import offer_explanation
from pages.components.fragments import fragment
from pages.components.live_charts import answer_html
from pages.components.live_settings import chosen_classifier
from pages.components.webrtc import SILENCE

_HELD, _HELD_OWNER = "held", "held_owner"  # in what the stream keeps: a face, and whose profile is for it
_LARGEST = 0  # stands for no number; the widget shows nothing where None is chosen
_HELD_NUMBER = "held_number"  # in the session's state


def show_answer(stream: LiveStream, reading: Classifier, playing: bool, refresh: float) -> None:
    """The answer, read anew while the video plays. refresh: seconds in between."""
    fragment(refresh if playing else None)(_show_answer)(stream, reading, playing)


def _show_answer(stream: LiveStream, reading: Classifier, playing: bool) -> None:
    with suppress(ModelError):  # the one it has still works
        if chosen_classifier() is not reading:
            st.rerun()  # another one was promoted meanwhile, with a threshold of its own
        stream.pipeline.use(reading)
    state = stream.state
    silent = playing and stream.silence > SILENCE
    faces = state.faces if playing and not silent else ()
    st.html(moment_html(stream, state, faces, "No video received" if silent else "No face in sight"))
    _choose_face(stream, faces)
    _warn(stream, state, silent)


def moment_html(stream: LiveStream, state: StreamState, faces: tuple[Face, ...], without: str) -> str:
    """What the stream says now, from one state. faces: those in sight; without: the heading when there are none."""
    face = stream.chosen_face(faces)
    # a number that is gone says nothing
    track_id = stream.chosen if face and face.track_id == stream.chosen else None
    figures = (
        f"{state.frames:,} frames, {state.frames_with_faces:,} with a face · {state.frames_per_second:.0f} frames a "
        f"second · {state.milliseconds:.0f} ms a frame · faces: {len(faces)}"
    )
    rows = stream.session.recent(track_id)
    return answer_html(face.answer if face else without, state.hint, face, faces, rows, figures)


def _choose_face(stream: LiveStream, faces: tuple[Face, ...]) -> None:
    if len(faces) < 2:
        return
    options = [_LARGEST, *sorted(face.track_id for face in faces if face.track_id)]
    key = f"face {options}"  # another widget for other faces: the choice outlives one that is out of sight
    st.selectbox(
        "Face",
        options,
        options.index(stream.chosen) if stream.chosen in options else 0,
        format_func=lambda number: f"number {number}" if number else "the largest",
        key=key,
        on_change=_keep_choice,
        args=(stream, key),
    )


def _keep_choice(stream: LiveStream, key: str) -> None:
    stream.chosen = st.session_state[key] or None


def _warn(stream: LiveStream, state: StreamState, silent: bool) -> None:
    if state.refused:
        st.warning(
            "Your turn has ended because somebody else is waiting. Press STOP, then START to join the queue again."
            if stream_slots().was_evicted(stream.slot_key)
            else "All video slots of this server are in use. Press STOP, then START to join the queue."
        )
    elif silent:
        st.warning(
            "Is the camera unplugged, or taken by another program? Press STOP, then START again. "
            "Browsers may pause a tab in the background."
        )
    if state.failures:
        st.warning(f"{state.failures} frames could not be processed. The server's log says why.")


@fragment()
def hold_face(stream: LiveStream, reading: Classifier, playing: bool) -> None:
    """A snapshot of the face whose answer is shown, to look at it and to correct it. It stays after STOP."""
    if playing and st.button("Hold this face", icon=":material/photo_camera:"):
        stream.kept[_HELD] = stream.chosen_face(stream.state.faces if stream.silence <= SILENCE else ())
        st.session_state[_HELD_NUMBER] = st.session_state.get(_HELD_NUMBER, 0) + 1
        stream.kept[_HELD_OWNER] = stream.pipeline.personal.owner(stream.kept[_HELD] and stream.kept[_HELD].track_id)
        if stream.kept[_HELD] is None:
            st.caption("No face is in sight.")
    held: Face | None = stream.kept.get(_HELD)
    if held and held.crop is not None:
        picture, words = st.columns([1, 3], vertical_alignment="center")
        picture.image(held.crop, width=96, alt="the face that is held")
        words.write(held.answer)
        offer_explanation(held, reading, "held")
        personal, crop, owner = stream.pipeline.personal, held.crop, stream.kept[_HELD_OWNER]
        offer_correction(
            held,
            f"held {st.session_state[_HELD_NUMBER]}",
            (lambda emotion: personal.teach(owner, emotion, crop, reading)) if personal.can_teach(owner) else None,
        )
