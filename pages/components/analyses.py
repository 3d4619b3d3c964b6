"""What a visitor's files gave: analyzed once, shown while they are wanted, kept until they are forgotten."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import streamlit as st

from emotion_core.limits import Limits
from emotion_core.vision.faces.analyzer import FaceAnalyzer
from emotion_core.vision.faces.profile import Profile
from emotion_core.vision.media.uploads import Analysis, analyze_upload, is_video_name
from emotion_core.wording import literal, plain_name
from pages.components import uploading
from pages.components.results import QUOTA
from pages.components.video_results import forget_choices

# In the session's state: what was made; files that were stopped, by key; what was done of one of them; the one at hand;
# how often all was forgotten.
_KEPT, _STOPPED, _PARTIAL, _NOW = "analyses", "analysis_stopped", "analysis_partial", "analysis_now"
_FORGOTTEN = "analyses_forgotten"


@dataclass(frozen=True)
class Made:
    """An analysis, and what it was made with: the model's fingerprint, then what else its kind of file depends on.
    is_whole: False where it was stopped."""

    analysis: Analysis
    used: tuple[object, ...]
    is_whole: bool = True


def kept() -> dict[str, Made]:
    """By key of the file; a look at another page changes nothing."""
    made: dict[str, Made] = st.session_state.setdefault(_KEPT, {})
    return made


def uploader_key() -> str:
    """Of the widget that brings the files, a new and empty one after `forget`."""
    return f"analyzed files {st.session_state.get(_FORGOTTEN, 0)}"


def forget() -> None:
    """All of them, what was chosen in them, and the files."""
    for name in (_KEPT, _PARTIAL, _STOPPED, "example"):
        st.session_state.pop(name, None)
    st.session_state[_FORGOTTEN] = st.session_state.get(_FORGOTTEN, 0) + 1
    uploading.release()
    forget_choices()


def ask_example(name: str) -> None:
    """Have an example analyzed, also one that was stopped. name: a key of `EXAMPLES`."""
    st.session_state.example = name
    st.session_state.get(_STOPPED, set()).discard(example_key(name))


def example_key(name: str) -> str:
    """The key of an example among the files; without a name, what all of them begin with."""
    return f"example {name}"


def analyze_all(
    wanted: Mapping[str, tuple[str, Callable[[], bytes]]],
    analyzer: FaceAnalyzer,
    profile: Profile | None,
    used: Callable[[bool], tuple[object, ...]],
    limits: Limits,
    samples_per_second: float,
) -> None:
    """Analyze each wanted file that was not, or with something else. wanted: name and content by key; used: what
    `Made.used` is for a video, or else for a picture; samples_per_second: that are read of a video.

    A click ends this at any line. What was done of a video by then is taken if the click was on Stop; a file that was
    stopped before anything of it was done is left out until it is brought again.
    """
    place = st.empty()  # always there: where an element goes missing, those below are drawn anew, and close
    _take_stopped(limits)
    stopped: set[str] = st.session_state.get(_STOPPED, set())
    needed = {key: used(is_video_name(name)) for key, (name, _) in wanted.items() if key not in stopped}
    missing = [key for key in needed if not _is_kept(key) or kept()[key].used != needed[key]]
    for number, key in enumerate(missing, start=1):
        name, read = wanted[key]
        st.session_state[_NOW] = key
        progress = _Progress(place, name, number, len(missing), key)
        analysis = analyze_upload(
            name,
            read(),
            analyzer,
            on_progress=progress.show,
            limits=limits,
            on_wait=progress.wait,
            profile=profile,
            samples_per_second=samples_per_second,
            on_stop=_set_aside(key, needed[key]),
        )
        _keep(key, Made(analysis, needed[key]), limits)
    place.empty()


def _keep(key: str, made: Made, limits: Limits) -> None:
    others = [other.analysis for name, other in kept().items() if name != key]
    kept()[key] = replace(made, analysis=QUOTA.admit(made.analysis, others, limits))


def _is_kept(key: str) -> bool:
    """Whether there is a whole result of a file."""
    return key in kept() and kept()[key].is_whole


def _stop() -> None:
    st.session_state.setdefault(_STOPPED, set()).add(st.session_state[_NOW])


def _set_aside(key: str, used: tuple[object, ...]) -> Callable[[Analysis], None]:
    """What keeps a part of a file until it is known whether the click was on Stop."""
    return lambda part: st.session_state.update({_PARTIAL: (key, Made(part, used, is_whole=False))})


def _take_stopped(limits: Limits) -> None:
    """A part is better than nothing, and no better than a whole that was made with something else."""
    key, made = st.session_state.pop(_PARTIAL, (None, None))
    if made and key in st.session_state.get(_STOPPED, ()) and not _is_kept(key):
        _keep(key, made, limits)


class _Progress:
    """The bar of one file, with Stop beside it."""

    def __init__(self, place: st.delta_generator.DeltaGenerator, name: str, number: int, count: int, key: str) -> None:
        of = f"{number} of {count}: " if count > 1 else ""
        self._text, self._began = f"Analyzing {of}{literal(plain_name(name))} …", time.monotonic()
        row = place.container(horizontal=True, vertical_alignment="center")
        self._bar = row.progress(0.0, self._text)
        row.button("Stop", on_click=_stop, icon=":material/stop:", key=f"stop {key}")

    def show(self, share: float) -> None:
        spent = time.monotonic() - self._began
        left = spent * (1 - share) / share if share > 0 else 0.0
        self._bar.progress(share, self._text + (f" about {left:.0f} seconds left" if spent > 3 and left > 1 else ""))

    def wait(self) -> None:
        self._bar.progress(0.0, "Waiting for another video …")
