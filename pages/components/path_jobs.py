"""Files and folders of this computer: asked for, followed while they are read, and found again."""

import os
from collections.abc import Callable
from pathlib import Path

import streamlit as st

from emotion_core.datasets.storage import data_home
from emotion_core.experiments.progress import duration_in_words
from emotion_core.files import reason
from emotion_core.registry.model_folder import ModelFolder
from emotion_core.vision.media import analysis_jobs
from emotion_core.vision.media.analysis_jobs import AnalysisJob, AnalysisJobError, JobState
from emotion_core.vision.media.batch_progress import Position
from emotion_core.vision.media.cost import Inputs, count_inputs
from emotion_core.vision.media.inputs import expand
from emotion_core.wording import counted, literal
from pages.components import access
from pages.components.fragments import fragment
from pages.components.job_results import show_job

_CHOSEN = "analysis_job"  # in the session's state: key of the list
_REFRESH_SECONDS = 1.0
_WORDS = {
    JobState.running: "is being read",
    JobState.finished: "is done",
    JobState.stopped: "was stopped",
    JobState.interrupted: "was interrupted",
}


def show_path_jobs(model: ModelFolder, detector: str, sample_rate: float) -> None:
    """The form for a new job, and the jobs there are."""
    _ask(model, detector, sample_rate)
    st.caption("Tables and copies stay on this computer, and are found here again, until you delete them.")
    jobs = {job.name: job for job in analysis_jobs.list_jobs(_root())}
    if not jobs:
        return
    job = jobs[st.selectbox("Analyses", list(jobs), key=_CHOSEN)]
    state = job.state
    st.write(f"**{job.name} {_WORDS[state]}.**")
    if state is JobState.running:
        _watch(job)
    else:
        _offer_changes(job)
        show_job(job)


def _root() -> Path:
    return data_home() / "analyses"


def _ask(model: ModelFolder, detector: str, sample_rate: float) -> None:
    typed = st.text_input("File or folder", placeholder="/home/me/interviews", key="analysis path").strip()
    annotated = st.toggle("Draw the faces into copies", key="analysis annotated", help="Takes longer.")
    path = Path(typed).expanduser() if typed else None
    inputs = _look_through(path) if path else None
    if path and not inputs:
        st.warning(f"{literal(typed)} is no file, or a folder without pictures and videos.")
    if inputs:
        seconds = inputs.work_seconds(sample_rate, annotated, os.cpu_count() or 1)
        st.caption(
            f"{counted(inputs.pictures, 'picture')} and {counted(inputs.videos, 'video')}: "
            f"about {duration_in_words(seconds)}, if this computer is as fast as a small laptop."
        )
    if not st.button("Analyze", type="primary", disabled=not inputs, key="start analysis") or path is None:
        return
    try:
        access.check("Analyzing files of the server")
        job = analysis_jobs.start(_root(), path, model, detector, sample_rate, annotated)
    except (AnalysisJobError, OSError) as error:
        st.error(literal(reason(error)))
    else:
        st.session_state[_CHOSEN] = job.name


@st.cache_data(ttl=60, max_entries=8, show_spinner="Looking through the folder …")
def _look_through(path: Path) -> Inputs | None:
    """What there is to read; None for nothing, or where it cannot be listed."""
    try:
        files = [file for file in expand([path]) if file.is_file()]
    except OSError:
        return None
    return count_inputs(files) if files else None


@fragment(run_every=_REFRESH_SECONDS)
def _watch(job: AnalysisJob) -> None:
    """How far it is, read anew from its files every second."""
    if job.state is not JobState.running:
        st.rerun()
    progress, positions = job.desk.progress, job.desk.positions
    if progress is None:
        st.progress(0.0, "Starting …")
        return
    inside = sum(position.share for position in positions)
    left = progress.seconds_left(positions)
    words = f"{progress.done:,} of {counted(progress.total, 'file')}"
    words += f", {progress.failed} could not be read" if progress.failed else ""
    words += f" · about {duration_in_words(left)} left" if left else ""
    st.progress(min(1.0, (progress.done + inside) / max(1, progress.total)), words)
    for position in positions:
        st.caption(_words(position))
    if st.button("Stop", icon=":material/stop:", help="Keeps what is done.", key="stop analysis"):
        _change(job.stop, "Stopping an analysis")
        st.toast("Stopping …")


def _words(position: Position) -> str:
    of = f" of {duration_in_words(position.length)}" if position.length else ""
    return f"{literal(Path(position.path).name)}: {duration_in_words(position.time)}{of}"


def _offer_changes(job: AnalysisJob) -> None:
    row = st.container(horizontal=True, vertical_alignment="center")
    if job.state is not JobState.finished and row.button("Resume", icon=":material/play_arrow:", key="go on analysis"):
        _change(job.run, "Analyzing files of the server")
        st.rerun()
    if row.button("Delete these results", icon=":material/delete:", key="delete analysis"):
        _change(job.delete, "Deleting an analysis")
        st.session_state.pop(_CHOSEN, None)
        st.rerun()


def _change(act: Callable[[], object], name: str) -> None:
    try:
        access.check(name)
        act()
    except (AnalysisJobError, OSError) as error:
        st.error(literal(reason(error)))
        st.stop()
