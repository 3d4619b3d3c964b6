"""Train: a button, curves that grow, and an honest report."""

from typing import Any

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from emotion_core.charts import confusion_matrix, per_class_bars, reliability_diagram, risk_coverage, training_curves
from emotion_core.store import jobs
from emotion_core.store.models import ModelError, open_model
from emotion_core.store.presets import PRESET_NOTES, PRESETS
from emotion_core.store.progress import in_words, progress
from emotion_core.store.run_config import ConfigError, RunConfig, settings_of
from emotion_core.store.runs import ACTIVE_STATES, Run, list_runs
from pages.resources import enter_through_app
from pages.sources import choose_source

REFRESH_SECONDS = 1.0
MORE_SETTINGS = (
    "architecture",
    "optimizer",
    "schedule",
    "batch_size",
    "learning_rate",
    "weight_decay",
    "dropout",
    "label_smoothing",
    "annotators",
    "mixup",
    "start_size",
    "validation_split",
)
EPOCHS_HELP = "How often the network sees every face. The best epoch is kept, so more does no harm but takes time."
SHARE = st.column_config.NumberColumn(format="percent")
STATES = {
    "finished": ("The training is complete. {}", st.success),
    "stopped": ("The training was stopped. {}", st.info),
    "failed": ("The training failed. {}", st.error),
    "interrupted": ("The training process ended without a word; its log may say why.", st.warning),
}


def choose_config() -> None:
    """The form; its button starts a run."""
    source = choose_source()
    preset = st.radio("Recipe", list(PRESETS), captions=[PRESET_NOTES[name] for name in PRESETS], horizontal=True)
    usual = RunConfig.from_settings({"data": "sample", **PRESETS[preset]})
    settings: dict[str, Any] = {**PRESETS[preset]}
    # a key with the recipe's name: another recipe brings its own numbers
    settings["epochs"] = st.slider("Epochs", 1, 200, usual.epochs, key=f"epochs {preset}", help=EPOCHS_HELP)
    if st.toggle("More settings"):
        cells = st.columns(3)
        for place, name in enumerate(MORE_SETTINGS):
            settings[name] = ask(cells[place % 3], name, getattr(usual, name), preset)
    if st.button("Start training", type="primary", icon=":material/play_arrow:"):
        try:
            run = jobs.start(RunConfig.from_settings({**settings, "data": source}))
        except (ConfigError, jobs.JobError, OSError) as error:
            st.error(str(error))
            return
        st.session_state.shown_run = run.name
        st.rerun()


def ask(cell: DeltaGenerator, name: str, usual: Any, preset: str) -> Any:
    """A widget for one setting of a run, with its sense, its limits and its default."""
    _, setting = settings_of(RunConfig)[name]
    label, key = name.replace("_", " ").capitalize(), f"{name} {preset}"
    if setting.choices:
        options = list(setting.choices)
        words = "  \n".join(f"**{option}**: {sense}" for option, sense in setting.choices.items())
        return cell.selectbox(label, options, options.index(usual), key=key, help=f"{setting.help}  \n{words}")
    limits = [type(usual)(limit) for limit in (setting.least, setting.most) if limit is not None]
    return cell.number_input(
        label, *limits, usual, format=None if isinstance(usual, int) else "%g", key=key, help=setting.help
    )


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
        show_confidence(run, report["splits"]["validation"])
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


def show_confidence(run: Run, validation: dict) -> None:
    st.subheader("What its confidence is worth")
    honest, threshold = st.columns(2)
    honest.plotly_chart(reliability_diagram(validation["reliability"]), key="reliability")
    honest.caption(
        f"Expected calibration error {validation['ece']:.3f}, after calibration on these faces: "
        "0 where a confidence of 70% means that 70% of such answers are right."
    )
    if "risk_coverage" in validation:
        try:
            uncertain_below = open_model(run.model_path).uncertain_below
        except ModelError as error:
            st.warning(str(error))
            return
        threshold.plotly_chart(risk_coverage(validation["risk_coverage"], uncertain_below), key="risk")
        threshold.caption(
            "Fewer answers, more of them right. The app calls an answer uncertain below the lowest confidence at which "
            "three in four of the answers given are right."
        )


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
