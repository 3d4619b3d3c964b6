"""Make it yours: the visitor's own profile, recorded in the video, checked, kept as a file, forgotten."""

import streamlit as st

from emotion_core.emotions import EMOTIONS, NEUTRAL
from emotion_core.vision.faces.classifier import Classifier
from emotion_core.vision.faces.profile import MAX_PROFILE_BYTES, ProfileError, Take, read_profile
from emotion_core.vision.live.personal_answers import PersonalAnswers, PersonalState
from emotion_core.vision.live.posing import HOW_TO
from emotion_core.vision.live.stream import LiveStream
from emotion_core.wording import counted
from pages.components import access
from pages.components.downloads import offer_file

_CHECK = "profile_check"  # in the session's state
_REFRESH, _TAKE_REFRESH = 1.5, 0.5  # seconds; each costs the server a run of the panel
_MOST_MIB = max(1, MAX_PROFILE_BYTES // 2**20)


def show_profile(stream: LiveStream, reading: Classifier, playing: bool) -> None:
    """The panel beside a stream. reading: the network that reads its faces."""
    st.fragment(_show_panel, run_every=_REFRESH if playing else None)(stream, reading, playing)


def _show_panel(stream: LiveStream, reading: Classifier, playing: bool) -> None:
    personal = stream.pipeline.personal
    state = personal.state
    with st.container():  # always there: where an element goes missing, those below are drawn anew, and close
        if state.asks and playing:
            _ask(stream, personal)
        elif state.at_rest and playing and not state.recording:
            _offer_rest(personal, state.at_rest, reading)
    with st.expander("Make it yours", icon=":material/face:"):
        st.caption(
            "Faces differ at rest. Show your neutral face, and if you like some expressions: answers are then relative "
            "to your face. A profile is numbers about your face, perhaps biometric data. It stays in this server's "
            "memory, for you alone, and ends with your session."
        )
        if state.is_for_other_model:
            st.warning("Your profile was made with another model and is not used. Record it again, or use that model.")
        if state.recording:
            st.fragment(_show_take, run_every=_TAKE_REFRESH)(personal)
            return
        _offer_takes(personal, state, playing)
        if state.profile:
            personal.is_on = st.toggle("Answers relative to my face", personal.is_on, key="profile_on")
            _show_checks(personal, state)
            keep, forget = st.columns(2)
            offer_file(keep, "Download", state.profile.to_json(), "profile.json", icon=":material/download:")
            forget.button("Forget it", on_click=personal.forget, icon=":material/delete:")
        else:
            _offer_loading(personal, reading)


def _show_take(personal: PersonalAnswers) -> None:
    """The take that goes on."""
    state = personal.state
    if state.recording is None:
        st.progress(1.0, "Done.")
        return
    st.progress(state.progress, f"{state.recording.capitalize()}: {HOW_TO[state.recording]}")
    st.button("Cancel", on_click=personal.cancel, icon=":material/close:")


def _ask(stream: LiveStream, personal: PersonalAnswers) -> None:
    face = stream.chosen_face(stream.state.faces)
    if face is None:
        return
    st.warning("Is this still you? Until you say so, the profile is not used.")
    yes, no = st.columns(2)
    yes.button("It is me", on_click=personal.confirm, args=(face.track_id,), icon=":material/check:")
    no.button("No, forget it", on_click=personal.forget, icon=":material/close:")


def _offer_rest(personal: PersonalAnswers, take: Take, reading: Classifier) -> None:
    """Say how the face reads at rest, where that is not neutral, and offer to take it for the neutral one."""
    place = int(take.probabilities.argmax())
    emotion, share = reading.labels[place], float(take.probabilities[place])
    if emotion == NEUTRAL:
        return
    st.info(f"At rest you read as {emotion} {share:.0%}. Take this as your neutral face?")
    yes, no = st.columns(2)
    yes.button("Yes, this is neutral", on_click=personal.accept_rest, args=(reading,), icon=":material/check:")
    no.button("No", on_click=personal.decline_rest, icon=":material/close:", key="no_rest")


def _offer_takes(personal: PersonalAnswers, state: PersonalState, playing: bool) -> None:
    """A button for each emotion; neutral comes first, the others in any order or never."""
    recorded = state.profile.emotions if state.profile else set()
    row = st.container(horizontal=True)
    for emotion in HOW_TO:
        is_closed = not playing or (emotion != NEUTRAL and state.profile is None)
        row.button(
            f"{emotion.capitalize()}{' again' if emotion in recorded else ''}",
            key=f"take {emotion}",
            icon=":material/check_circle:" if emotion in recorded else ":material/radio_button_unchecked:",
            help="Press START first." if not playing else HOW_TO[emotion] if not is_closed else "Neutral comes first.",
            disabled=is_closed,
            on_click=personal.record,
            args=(emotion,),
        )


def _show_checks(personal: PersonalAnswers, state: PersonalState) -> None:
    """Each recorded emotion posed a second time: of these, how many were read right without and with the profile."""
    recorded = [emotion for emotion in EMOTIONS if state.profile and emotion in state.profile.emotions]
    st.pills(
        "Pose one once more, to check it",
        recorded,
        key=_CHECK,
        format_func=str.capitalize,
        on_change=_begin_check,
        args=(personal,),
    )
    if state.checks:
        without = sum(check.without == check.emotion for check in state.checks)
        right = sum(check.with_profile == check.emotion for check in state.checks)
        st.write(
            f"Of {counted(len(state.checks), 'expression')} posed once more, {without} read right without your "
            f"profile, **{right} with it**."
        )


def _begin_check(personal: PersonalAnswers) -> None:
    emotion = st.session_state[_CHECK]
    st.session_state[_CHECK] = None
    if emotion:
        personal.record(emotion, is_check=True)


def _offer_loading(personal: PersonalAnswers, reading: Classifier) -> None:
    access.note_session(may_upload=True, file_mib=_MOST_MIB)
    file = st.file_uploader("A profile that you kept", "json", key="profile_upload", max_upload_size=_MOST_MIB)
    if file is None or st.session_state.get("profile_read") == file.file_id:
        return
    st.session_state.profile_read = file.file_id
    try:
        personal.use(read_profile(file.getvalue(), reading.model))
    except ProfileError as error:
        st.error(str(error))
