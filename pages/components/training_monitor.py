"""A training that goes on: how far it is, its curves, and the button that stops it."""

import streamlit as st

from emotion_core.experiments import jobs
from emotion_core.experiments.progress import duration_in_words, progress
from emotion_core.experiments.run import Run
from emotion_core.experiments.run_schemas import RunState
from emotion_core.files import reason
from pages.components import access
from pages.components.fragments import fragment
from pages.components.run_report import show_curves

REFRESH_SECONDS = 1.0


@fragment(run_every=REFRESH_SECONDS)
def watch(run: Run) -> None:
    """What is going on, read anew from the run's files every second."""
    if not jobs.state(run).is_active:
        st.rerun()
    status, now = run.status, progress(run)
    left = f" · {duration_in_words(now.seconds_left)} left" if now.seconds_left else ""
    words = {
        RunState.starting: f"Starting … {status.message}".strip(),
        RunState.evaluating: "Measuring the best epoch …",
    }
    st.progress(now.fraction, words.get(status.state, f"Epoch {now.epoch} of {now.epochs}{left}"))
    _show_speed(run)
    _offer_stop(run, is_over=status.state is RunState.evaluating)
    if run.history.empty:
        st.caption("The curves begin after the first epoch.")
    else:
        show_curves(run)
    with st.expander("Log"):
        st.code(run.log_tail() or "Nothing yet.", language=None)


def _offer_stop(run: Run, is_over: bool) -> None:
    words = "Ends the training after the current step and keeps the best epoch."
    if st.button("Stop", icon=":material/stop:", help=words, disabled=is_over, key="stop training"):
        try:
            access.check("Stopping a run")
            jobs.stop(run)
        except OSError as error:
            st.error(f"It cannot be stopped: {reason(error)}")
        else:
            st.toast("Stopping after this step …")


def _show_speed(run: Run) -> None:
    history = run.history
    if history.empty:
        return
    last, faces = history.iloc[-1], run.status.training
    top = history.iloc[int(history["val_accuracy"].argmax())]
    best, rate, seconds, speed = st.columns(4)
    best.metric("Best validation accuracy", f"{top['val_accuracy']:.1%}", help=f"In epoch {top['epoch']:.0f}.")
    rate.metric("Learning rate", f"{last['learning_rate']:.2g}")
    seconds.metric("Last epoch", duration_in_words(last["seconds"]))
    speed.metric(
        "Faces a second",
        f"{faces / max(last['seconds'], 1e-9):,.0f}",
        help="Training faces; the time includes validation.",
    )
