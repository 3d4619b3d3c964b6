"""Train: a button, curves that grow, and an honest report."""

from typing import Any

import pandas as pd
import streamlit as st

from emotion_core.charts import confusion_matrix, per_class_bars, training_curves
from emotion_core.store import jobs
from emotion_core.store.progress import in_words, progress
from emotion_core.store.run_config import ARCHITECTURES, SCHEDULES, ConfigError, RunConfig
from emotion_core.store.runs import ACTIVE_STATES, Run, list_runs
from pages.resources import enter_through_app

REFRESH_SECONDS = 1.0
DEFAULTS = RunConfig(data="sample")
SAMPLE, KAGGLE, PATH = "Drawn sample faces", "FER2013 from Kaggle", "Folder or file on this server"
SOURCES = {
    SAMPLE: "Made by this program, to try training without data. Nothing learnt from them works on people.",
    KAGGLE: "28,709 faces to learn from. Downloaded through kagglehub; Kaggle may ask for an account.",
    PATH: "Folders named like the emotions, a .zip of them, fer2013.csv, or Parquet.",
}
SHARE = st.column_config.NumberColumn(format="percent")
STATES = {
    "finished": ("The training is complete. {}", st.success),
    "stopped": ("The training was stopped. {}", st.info),
    "failed": ("The training failed. {}", st.error),
    "interrupted": ("The training process ended without a word; its log may say why.", st.warning),
}


def choose_config() -> None:
    """The form; its button starts a run."""
    source = st.radio("Data", list(SOURCES), captions=list(SOURCES.values()))
    data = {SAMPLE: "sample", KAGGLE: "kaggle:"}.get(source, "")
    if source == PATH:
        data = st.text_input("Path", placeholder="/data/fer2013.csv")
    network, length = st.columns(2)
    architecture = network.selectbox("Network", list(ARCHITECTURES))
    network.caption(ARCHITECTURES[architecture])
    epochs = length.slider("Epochs", 1, 100, DEFAULTS.epochs)
    length.caption(
        "How often the network sees every face. The best epoch is kept, so more does no harm but takes time."
    )
    config: dict[str, Any] = {}
    if st.toggle("More settings"):
        batch, rate, schedule = st.columns(3)
        dropout, kept_back, _ = st.columns(3)
        config = {
            "batch_size": batch.number_input("Faces a step", 1, 1024, DEFAULTS.batch_size),
            "learning_rate": rate.number_input("Learning rate", 1e-5, 1.0, DEFAULTS.learning_rate, 1e-4, "%.5f"),
            "schedule": schedule.selectbox(
                "Schedule", list(SCHEDULES), list(SCHEDULES).index(DEFAULTS.schedule), help=" ".join(SCHEDULES.values())
            ),
            "dropout": dropout.number_input("Dropout", 0.0, 0.9, DEFAULTS.dropout, 0.05),
            "validation_split": kept_back.number_input(
                "Kept back to validate", 0.05, 0.5, DEFAULTS.validation_split, 0.05
            ),
        }
    if st.button("Start training", type="primary", icon=":material/play_arrow:"):
        try:
            run = jobs.start(RunConfig(data=data.strip(), architecture=architecture, epochs=epochs, **config))
        except (ConfigError, jobs.JobError, OSError) as error:
            st.error(str(error))
            return
        st.session_state.shown_run = run.name
        st.rerun()


@st.fragment(run_every=REFRESH_SECONDS)
def watch(run: Run) -> None:
    """What is going on, read anew from the run's files every second."""
    if jobs.state(run) not in ACTIVE_STATES:
        st.rerun()
    now = progress(run)
    words = {"starting": f"Starting … {run.status['message']}", "evaluating": "Measuring the best epoch …"}
    left = f" · {in_words(now.seconds_left)} left" if now.seconds_left else ""
    st.progress(now.fraction, words.get(run.status["state"], f"Epoch {now.epoch} of {now.epochs}{left}"))
    if st.button("Stop", icon=":material/stop:", help="Ends after the current step and keeps the best epoch."):
        jobs.stop(run)
        st.toast("Stopping after this step …")
    show_curves(run)
    with st.expander("Log"):
        st.code(run.log_tail() or "Nothing yet.", language=None)


def show_curves(run: Run) -> None:
    history, epochs = run.history, int(run.status.get("of", 1))
    accuracy, loss = st.columns(2)
    accuracy.plotly_chart(training_curves(history, epochs, "accuracy"), key=f"accuracy {run.name}")
    loss.plotly_chart(training_curves(history, epochs, "loss"), key=f"loss {run.name}")


def show_result(run: Run, state: str) -> None:
    """How a run ended, its curves and its report."""
    sentence, box = STATES.get(state, ("Nothing is known about this run. {}", st.warning))
    box(sentence.format(run.status["message"]))
    show_config(run)
    report = run.report
    if report:
        show_figures(report)
    if len(run.history):
        show_curves(run)
    if report:
        show_classes(report["splits"]["validation"])
    with st.expander("Log"):
        st.code(run.log_tail(40) or "Nothing was written.", language=None)


def show_config(run: Run) -> None:
    config = run.config
    if config:
        st.caption(f"Network {config.architecture}, {config.epochs} epochs, data: {config.data}.")
        if config.data == "sample":
            st.warning("Learnt from drawn faces: the figures say nothing about photographs of people.")


def show_figures(report: dict) -> None:
    validation = report["splits"]["validation"]
    tests = {name: figures for name, figures in report["splits"].items() if name != "validation"}
    cells = st.columns(3 + len(tests))
    cells[0].metric("Validation accuracy", f"{validation['accuracy']:.1%}", help="It also chose the best epoch.")
    for cell, (name, figures) in zip(cells[1:], tests.items(), strict=False):
        cell.metric(
            f"{name.replace('_', ' ').capitalize()} accuracy", f"{figures['accuracy']:.1%}", help="Chose nothing."
        )
    cells[-2].metric("Best epoch", report["best_epoch"])
    cells[-1].metric("Time", in_words(report["seconds"]))


def show_classes(validation: dict) -> None:
    st.subheader("Each emotion, on the validation faces")
    st.dataframe(
        pd.DataFrame(validation["per_class"]).T,
        column_config={
            "precision": SHARE,
            "recall": SHARE,
            "f1": SHARE,
            "support": st.column_config.NumberColumn(format="%d"),
        },
    )
    st.caption(
        "Precision: how often the answer was right when given. Recall: how many of the emotion's faces were "
        "recognised. F1: both in one. Support: how many faces there are."
    )
    recall, matrix = st.columns(2)
    recall.plotly_chart(per_class_bars(validation["per_class"]), key="recall")
    matrix.plotly_chart(confusion_matrix(validation["confusion_matrix"], validation["labels"]), key="confusion")


enter_through_app()
st.title("Train")
st.write(
    "Teach a network again, watch it learn, and see what it got right and wrong. "
    "What you train here stays in its run: the other pages go on with the shipped model."
)

active = jobs.active_run()
if active:
    st.subheader(active.name)
    watch(active)
    st.stop()

runs = {run.name: run for run in list_runs()}
with st.expander("New training", expanded=not runs, icon=":material/add:"):
    choose_config()
if runs:
    names = list(runs)
    shown = st.session_state.get("shown_run", names[0])
    chosen = st.selectbox("Run", names, names.index(shown) if shown in names else 0)
    show_result(runs[chosen], jobs.state(runs[chosen]))
