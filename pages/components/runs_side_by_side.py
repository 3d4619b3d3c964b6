"""Several runs side by side: curves, recall, settings that differ, and where two of them disagree."""

import streamlit as st

from emotion_core.charts.evaluation_charts import recall_differences
from emotion_core.charts.training_charts import overlaid_curves
from emotion_core.experiments.run import Run
from emotion_core.experiments.run_comparison import differing_settings, disagreement, have_same_validation
from emotion_core.wording import listed
from pages.components.face_table import show_faces
from pages.components.run_report import run_dataset

_SHOWN_FACES = 60


def compare_runs(runs: list[Run]) -> None:
    """Two or more runs."""
    histories = {run.name: run.history for run in runs}
    accuracy, loss = st.columns(2)
    accuracy.plotly_chart(overlaid_curves(histories, "val_accuracy"), key="overlaid accuracy")
    loss.plotly_chart(overlaid_curves(histories, "val_loss"), key="overlaid loss")
    measured = {run.name: run.report.validation for run in runs if run.report}
    if not have_same_validation(runs):
        counts = ", ".join(f"{name} {figures.count:,}" for name, figures in measured.items())
        st.warning(
            f"Their validation faces may not be the same ({counts}), so their figures cannot be compared fairly."
        )
    if len(measured) > 1:
        recalls = {
            name: {emotion: row.recall for emotion, row in figures.per_class.items()}
            for name, figures in measured.items()
        }
        st.plotly_chart(recall_differences(recalls), key="recalls")
    st.subheader("Settings that differ")
    unknown = [run.name for run in runs if run.config is None]
    differing = differing_settings(runs)
    if unknown:
        st.info(f"This version of the program does not know all settings of {listed(unknown)}.")
    elif differing.empty:
        st.info("None. What differs in their results comes from chance, or from faces that were excluded or corrected.")
    if not differing.empty:
        st.dataframe(differing, key="differing settings")
    if len(runs) == 2:
        _show_disagreement(*runs)


def _show_disagreement(first: Run, second: Run) -> None:
    """Where two runs' models disagree, on the validation faces that both kept back."""
    st.subheader("Where they disagree")
    found = disagreement(first, second)
    if isinstance(found, str):
        st.info(found)
        return
    st.write(
        f"They disagree on {len(found.table):,} of {found.common:,} common validation faces. {first.name} is right on "
        f"{found.first_right:,} of these, {second.name} on {found.second_right:,}."
    )
    dataset = run_dataset(first)
    if dataset is not None:
        shares = [name for name in map(str, found.table) if name.startswith("confidence")]
        show_faces(dataset, found.table.head(_SHOWN_FACES), shares, key="disagreement")
