"""What is to be posed now, directly below the video: for the game, or for a take of the profile."""

import streamlit as st

from emotion_core.vision.live.posing import HOW_TO
from emotion_core.vision.live.stream import LiveStream
from pages.components.fragments import fragment
from pages.components.live_style import STAGE

_REFRESH = 0.5  # seconds
_SHOWN, _TIMES = "pose_shown", "poses_shown"  # in the session's state: whether it stands there, and how often it came

# On a phone the buttons that begin it lie below the video, in which one reads what to pose.
_SCROLL = """
export default function({ data }) {
    if (window.shownPose === data.times) return;
    window.shownPose = data.times;
    document.querySelector(data.stage)?.scrollIntoView({ behavior: "smooth" });
}
"""
_scroll = st.components.v2.component("scroll_to_stage", js=_SCROLL)


def show_pose(stream: LiveStream) -> None:
    """Progress and buttons while somebody poses; nothing else."""
    state = st.session_state
    was_shown = state.get(_SHOWN, False)
    state[_SHOWN] = _is_posing(stream)
    if not state[_SHOWN]:
        return
    if not was_shown:
        state[_TIMES] = state.get(_TIMES, 0) + 1
    fragment(_REFRESH)(_show_pose)(stream)
    _scroll(key="scroll_to_stage", data={"stage": f".st-key-{STAGE}", "times": state[_TIMES]})


def show_pose_if_new(stream: LiveStream) -> None:
    """From a part of the page that runs by itself: let the whole page run where somebody began to pose."""
    if _is_posing(stream) and not st.session_state.get(_SHOWN):
        st.rerun()


def _is_posing(stream: LiveStream) -> bool:
    return bool(stream.game.state.emotion or stream.pipeline.personal.state.recording)


def _show_pose(stream: LiveStream) -> None:
    game, personal = stream.game.state, stream.pipeline.personal
    take, row = personal.state, st.container(horizontal=True, vertical_alignment="bottom")
    if game.emotion:
        row.progress(game.progress, f"{len(game.moments) + 1} of {len(HOW_TO)}. {game.prompt}")
        row.button("Cancel the game", on_click=stream.game.forget, icon=":material/close:")
    elif take.recording:
        row.progress(take.progress, take.prompt)
        if take.coming:
            row.button(
                "Skip",
                key=f"skip {take.recording}",
                on_click=personal.skip,
                args=(take.recording,),  # a click that arrives twice, or late, skips nothing else
                icon=":material/skip_next:",
                help=f"Next: {take.coming[0]}.",
            )
        row.button("Stop here" if take.coming else "Cancel", on_click=personal.cancel, icon=":material/close:")
    else:
        st.rerun()
