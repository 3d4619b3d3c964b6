"""Train: a button, curves that grow, and an honest report."""

import streamlit as st

from emotion_core.datasets import DatasetError
from emotion_core.datasets.corrections import list_corrections
from emotion_core.experiments import jobs
from emotion_core.experiments.config import ConfigError, RunConfig
from emotion_core.experiments.presets import fine_tune, run_name
from emotion_core.experiments.run import Run, list_runs
from emotion_core.files import reason
from emotion_core.registry.active import active_model
from emotion_core.registry.model_folder import ModelError
from emotion_core.wording import counted
from pages.components import access
from pages.components.cache import begin_page
from pages.components.data_source import choose_source
from pages.components.promotion_panel import show_promotion
from pages.components.run_report import show_report
from pages.components.train_form import choose_config
from pages.components.training_monitor import watch


def start(config: RunConfig, name: str) -> None:
    try:
        access.check("Training")
        run = jobs.start(config, name, access.limits())
    except (jobs.JobError, OSError) as error:
        st.error(reason(error))
        return
    st.session_state.shown_run = run.name
    st.rerun()


def choose_fine_tune() -> None:
    """A short run from the model in use with the faces that people corrected."""
    corrections = list_corrections()
    if not corrections:
        st.info("Correct some answers on the other pages first, and agree to keep those faces.")
        return
    model = active_model()
    st.write(
        f"Fine-tuning continues from **{model.name}** for three epochs. It adds "
        f"{counted(len(corrections), 'corrected face')} to the data set that you choose here: if possible, the one "
        f"that the model was trained on ({model.card.data.name}). Faces that it was trained on are not used for "
        "validation. The report compares before and after."
    )
    source = choose_source("fine-tune", usual=None)
    why = None if source else "Choose the data first."
    if st.button("Start fine-tuning", type="primary", icon=":material/tune:", disabled=not source, help=why):
        start(fine_tune(model, source), "fine-tune")


def show_run(runs: dict[str, Run]) -> None:
    """One of the runs that are over: its report, and how it goes on."""
    names = list(runs)
    shown = st.session_state.get("shown_run", names[0])
    chosen = runs[st.selectbox("Run", names, names.index(shown) if shown in names else 0)]
    state = jobs.state(chosen)
    if jobs.can_resume(chosen) and st.button("Resume this run", icon=":material/resume:"):
        try:
            access.check("Training")
            jobs.resume(chosen, access.limits())
        except (jobs.JobError, OSError) as error:
            st.error(reason(error))
            st.stop()
        st.rerun()
    show_report(chosen, state)
    if chosen.report:
        show_promotion(chosen)


begin_page()
st.title("Train")
st.write("Train a network and watch it learn. Then compare it with the model in use, and promote it if it is better.")

if not access.is_owner():
    access.explain_closed(
        "Visitors cannot start training runs. You can try the settings and see what they do to faces."
    )
    choose_config()
    st.markdown("The page [Runs](runs) shows how the models that ship with the program were trained.")
    st.stop()

active = jobs.active_run()
if active:
    st.subheader(active.name)
    st.caption("One run at a time: another one can start when this one has ended or was stopped.")
    watch(active)
    st.stop()

runs = {run.name: run for run in list_runs()}
with st.expander("New training", expanded=not runs, icon=":material/add:"):
    wanted = choose_config()
if wanted:
    start(wanted[0], run_name(wanted[1], wanted[0]))
with st.expander("Fine-tune with corrected faces", icon=":material/tune:"):
    try:
        choose_fine_tune()
    except (ConfigError, DatasetError, ModelError) as error:
        st.error(str(error))
if runs:
    show_run(runs)
