"""Show all seven: the game beside the video, and what it leaves to download."""

import streamlit as st

from emotion_core.emotions import NEUTRAL
from emotion_core.vision.live.game import MOST_POINTS, GameState
from emotion_core.vision.live.game_pictures import TITLE, animation, collage
from emotion_core.vision.live.stream import LiveStream
from emotion_core.wording import listed
from pages.components.downloads import offer_file

_PICTURES = "game_pictures"  # in what the stream keeps


def show_game(stream: LiveStream, playing: bool) -> None:
    """The button, or what a game left; while it goes on it stands below the video."""
    state = stream.game.state
    if state.is_over:
        _show_result(stream, state, playing)
    elif playing and not state.emotion:
        _offer_game(stream)


def _offer_game(stream: LiveStream) -> None:
    asks = stream.pipeline.personal.state.asks
    st.button(
        TITLE,
        on_click=_start,
        args=(stream,),
        icon=":material/sports_esports:",
        disabled=asks,
        help="Say first whether this is still you."
        if asks
        else "Half a minute: pose one emotion after the other and win points for each.",
    )


def _start(stream: LiveStream) -> None:
    _forget(stream)
    stream.game.start()


def _forget(stream: LiveStream) -> None:
    stream.kept.pop(_PICTURES, None)
    stream.game.forget()


def _show_result(stream: LiveStream, state: GameState, playing: bool) -> None:
    if _PICTURES not in stream.kept:
        stream.kept[_PICTURES] = (collage(state.moments), animation(state.moments))
    picture, moving = stream.kept[_PICTURES]
    st.subheader(f"{state.total} of {MOST_POINTS} points")
    won = listed([f"{moment.emotion} {moment.points}" for moment in state.moments if moment.emotion != NEUTRAL])
    st.image(picture, width="stretch", alt=f"your seven best moments, with points: {won}")
    st.caption(
        "Points are for posing: how far the probability of each expression rises above that of your neutral face. Kept "
        "in memory only."
    )
    row = st.container(horizontal=True)
    offer_file(row, "Picture of all seven", picture, "all-seven.png", icon=":material/image:")
    offer_file(row, "Animation", moving, "all-seven.gif", icon=":material/animation:")
    again = st.container(horizontal=True)
    if playing:
        again.button("Play again", on_click=_start, args=(stream,), icon=":material/replay:")
    again.button("Forget the game", on_click=_forget, args=(stream,), icon=":material/delete:")
