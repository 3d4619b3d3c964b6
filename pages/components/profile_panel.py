"""Make it yours: a visitor's own profile, recorded in the video, checked, kept as a file, forgotten."""

import streamlit as st

from emotion_core.emotions import NEUTRAL
from emotion_core.registry.model_schemas import Emotion
from emotion_core.vision.faces.classifier import Classifier
from emotion_core.vision.faces.profile import MAX_PROFILE_BYTES, ProfileError, Take, read_profile
from emotion_core.vision.live.personal_answers import MAX_PEOPLE, PersonalAnswers
from emotion_core.vision.live.personal_state import PersonalState
from emotion_core.vision.live.posing import HOW_TO
from emotion_core.vision.live.stream import LiveStream
from emotion_core.wording import counted
from pages.components import access
from pages.components.downloads import offer_file
from pages.components.fragments import fragment
from pages.components.pose_controls import show_pose_if_new

_REFRESH = 1.5  # seconds; each costs the server a run of the panel
_MOST_MIB = max(1, MAX_PROFILE_BYTES // 2**20)


def show_profile(stream: LiveStream, reading: Classifier, playing: bool) -> None:
    """The panel beside a stream. reading: the network that reads its faces."""
    fragment(_REFRESH if playing else None)(_show_panel)(stream, reading, playing)


def _show_panel(stream: LiveStream, reading: Classifier, playing: bool) -> None:
    personal = stream.pipeline.personal
    state = personal.state
    with st.container():  # always there: where an element goes missing, those below are drawn anew
        if state.asks and playing:
            _ask(stream, personal)
        elif state.at_rest and playing and not state.recording:
            _offer_rest(personal, state.at_rest, reading)
    # with a state of its own, since a page that draws it in another place would close it
    with st.expander("Make it yours", icon=":material/face:", key="profile_panel", on_change="rerun"):
        st.caption(
            "Faces differ at rest. Record your neutral face and, optionally, other expressions. Answers are then "
            "relative to your face. A profile is numbers about your face, perhaps biometric data. It stays in this "
            "server's memory, for you alone, and ends with your session."
        )
        if state.is_for_other_model:
            st.warning("Your profile was made with another model and is not used. Record it again, or use that model.")
        if state.recording:
            show_pose_if_new(stream)
            st.caption("The expression to pose is shown in the video and below it.")
            return
        _offer_takes(personal, state, _why_closed(state, playing))
        if state.profile:
            personal.is_on = st.toggle("Answers relative to my face", personal.is_on, key="profile_on")
            _show_checks(personal, state, playing)
            keep, forget = st.columns(2)
            offer_file(keep, "Download", state.profile.to_json(), "profile.json", icon=":material/download:")
            forget.button("Forget it", on_click=personal.forget, icon=":material/delete:")
        else:
            _offer_loading(personal, reading)
        if state.others:
            _show_others(personal, state.others)


def _ask(stream: LiveStream, personal: PersonalAnswers) -> None:
    face = stream.chosen_face(stream.state.faces)
    if face is None:
        return
    st.warning("Is this still you? Until you say so, the profile is not used.")
    row = st.container(horizontal=True)
    row.button("It is me", on_click=personal.confirm, args=(face.track_id,), icon=":material/check:")
    row.button(
        "Somebody else",
        on_click=personal.decline,
        args=(face.track_id,),
        icon=":material/person_add:",
        help="The profile is kept until its owner is back; this face can have its own.",
    )
    row.button("Forget the profile", on_click=personal.forget, icon=":material/delete:")


def _offer_rest(personal: PersonalAnswers, take: Take, reading: Classifier) -> None:
    """Say how the face reads at rest, where that is not neutral, and offer to take it for the neutral one."""
    place = int(take.probabilities.argmax())
    emotion, share = reading.labels[place], float(take.probabilities[place])
    if emotion == NEUTRAL:
        return
    st.info(f"At rest you read as {emotion} {share:.0%}. Take this as your neutral face?")
    yes, no = st.columns(2)
    yes.button("Yes, this is neutral", on_click=personal.accept_rest, icon=":material/check:")
    no.button("No", on_click=personal.decline_rest, icon=":material/close:", key="no_rest")


def _why_closed(state: PersonalState, playing: bool) -> str:
    """Why nothing can be recorded now, or nothing."""
    if not playing:
        return "Press START first."
    if not state.profile and state.others >= MAX_PEOPLE:
        return f"There is room for {MAX_PEOPLE} profiles: forget one first."
    return ""


def _offer_takes(personal: PersonalAnswers, state: PersonalState, why_closed: str) -> None:
    """All that are missing, one after the other; and each by itself: neutral comes first, the others in any order or
    never."""
    recorded = state.profile.emotions if state.profile else set()
    missing = [emotion for emotion in HOW_TO if emotion not in recorded]
    if missing:
        st.button(
            f"Guide me through the other {len(missing)}" if recorded else "Guide me through all seven",
            key="guide",
            icon=":material/play_arrow:",
            help=why_closed or "Each takes two seconds of a steady face. You can skip any and stop at any time.",
            disabled=bool(why_closed),
            on_click=personal.record,
            args=missing,
        )
    row = st.container(horizontal=True)
    for emotion in HOW_TO:
        why = why_closed or ("Neutral comes first." if emotion != NEUTRAL and state.profile is None else "")
        row.button(
            f"{emotion.capitalize()}{' again' if emotion in recorded else ''}",
            key=f"take {emotion}",
            icon=":material/check_circle:" if emotion in recorded else ":material/radio_button_unchecked:",
            help=why or HOW_TO[emotion],
            disabled=bool(why),
            on_click=personal.record,
            args=(emotion,),
        )


def _show_checks(personal: PersonalAnswers, state: PersonalState, playing: bool) -> None:
    """Each recorded emotion posed a second time: of these, how many were read right without and with the profile."""
    recorded = [emotion for emotion in HOW_TO if state.profile and emotion in state.profile.emotions]
    st.button(
        "Test my profile",
        key="check",
        icon=":material/fact_check:",
        help="To see whether the profile helps: what you recorded, posed again." if playing else "Press START first.",
        disabled=not playing,
        on_click=_begin_checks,
        args=(personal, recorded),
    )
    if state.checks:
        without = sum(check.without == check.emotion for check in state.checks)
        right = sum(check.with_profile == check.emotion for check in state.checks)
        st.write(
            f"Of {counted(len(state.checks), 'expression')} posed once more, {without} read right without your "
            f"profile, **{right} with it**."
        )


def _begin_checks(personal: PersonalAnswers, recorded: list[Emotion]) -> None:
    personal.record(*recorded, is_check=True)


def _show_others(personal: PersonalAnswers, count: int) -> None:
    row = st.container(horizontal=True, vertical_alignment="center")
    row.caption(f"This session has {counted(count, 'profile')} of other people. Choose a face to see its own.")
    row.button("Forget all profiles", on_click=personal.forget_all, icon=":material/delete:")


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
