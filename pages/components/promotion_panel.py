"""The gate to the live page and the way back, as widgets."""

import streamlit as st

from emotion_core.datasets import DatasetError
from emotion_core.evaluation.comparison import Comparison, compare, objections
from emotion_core.experiments.run import Run, list_runs
from emotion_core.registry import active
from emotion_core.registry.model_folder import ModelError, ModelFolder
from pages.components import access
from pages.components.run_report import run_dataset, run_model


def show_promotion(run: Run) -> None:
    """The gate: measured on the same faces first, then promoted, with an explicit word where it is no better."""
    if not access.is_owner():
        return
    st.subheader("Use this model")
    candidate, used = run_model(run), _model_in_use()
    if candidate is None or used is None:
        return
    if candidate.card == used.card:
        st.success(f"**{used.name}** is this run's model, and in use on all pages. The page Runs can roll it back.")
        return
    st.write(f"In use now: **{used.name}**.")
    key = f"comparison {candidate.fingerprint} {used.fingerprint}"
    if st.button("Compare with the model in use", icon=":material/balance:"):
        with st.spinner("Measuring both on the same faces …"):
            dataset = run_dataset(run)
            try:
                if dataset is not None:
                    st.session_state[key] = compare(candidate, used, dataset)
            except (DatasetError, ModelError) as error:
                st.error(str(error))
    comparison: Comparison | None = st.session_state.get(key)
    if comparison is None:
        return
    st.info(comparison.in_words)
    reasons = objections(candidate, comparison)
    for reason in reasons:
        st.warning(reason)
    willing = st.checkbox("Promote it anyway", key=f"anyway {run.name}") if reasons else True
    why = None if willing else "Tick the box above to promote it despite the warnings."
    if st.button("Promote", type="primary", icon=":material/publish:", disabled=not willing, help=why):
        try:
            access.check("Promoting a model")
            promoted = active.promote(run.model_path, run.name, access.limits())
        except (ModelError, OSError) as error:
            st.error(str(error))
            return
        st.toast(f"{promoted.name} is now the model in use on all pages.")
        st.rerun()


def _model_in_use() -> ModelFolder | None:
    """The page says so where another one was promoted but is damaged, and where there is none at all."""
    try:
        used, notice = active.active_model_and_notice()
    except ModelError as error:
        st.error(str(error))
        return None
    if notice:
        st.warning(notice)
    return used


def _fate(newest: str, used: ModelFolder) -> str:
    """What a way back does to the model that was promoted last."""
    if newest != used.path.name:
        return f"The copy of {newest}, which is damaged, will be deleted; {used.name} stays in use."
    kept = any(run.name == used.card.name for run in list_runs())
    fate = "its run keeps it" if kept else "its run is deleted, so this is the last copy"
    return f"The previous model will be used again, and the copy of {used.name} will be deleted: {fate}."


def show_rollback() -> None:
    """Which model is in use, and the way back to the one before."""
    used = _model_in_use()
    if used is None:
        return
    words, button = st.columns([3, 1], vertical_alignment="center")
    words.write(f"Model in use: **{used.name}**")
    promoted = active.promoted_models()
    if not promoted or not access.is_owner():
        return
    with button.popover("Roll back", icon=":material/undo:", width="stretch"):
        st.write(_fate(promoted[-1], used))
        # a second click in a row is about a model that is not there any more
        if not st.button("Roll back now", type="primary", key=f"roll back {promoted[-1]}"):
            return
    try:
        access.check("Rolling back")
        st.toast(f"{active.roll_back().name} is now the model in use on all pages.")
    except (ModelError, OSError) as error:
        st.error(str(error))
        return
    st.rerun()
