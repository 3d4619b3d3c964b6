"""Runs: all of them in one table, some of them side by side, and two models on the same faces."""

import streamlit as st

from emotion_core.experiments import jobs
from emotion_core.experiments.run import Run
from emotion_core.experiments.run_comparison import overview
from emotion_core.experiments.shipped import ShippedRun
from pages.components import access
from pages.components.cache import begin_page, visible_runs
from pages.components.promotion_panel import show_promotion, show_rollback
from pages.components.run_report import show_report
from pages.components.run_tools import show_tools
from pages.components.runs_side_by_side import compare_runs

COLUMNS = {
    "accuracy": st.column_config.NumberColumn("validation accuracy", format="percent"),
    "balanced": st.column_config.NumberColumn("balanced accuracy", format="percent"),
    "started": st.column_config.DatetimeColumn(format="YYYY-MM-DD HH:mm"),
    "minutes": st.column_config.NumberColumn(format="%.1f"),
    "note": st.column_config.TextColumn(width="medium"),
}


def choose(runs: dict[str, Run]) -> list[Run]:
    """The table; its chosen rows."""
    table = overview(list(runs.values()))
    if not any(table["problem"]):
        table = table.drop(columns="problem")
    chosen = st.dataframe(
        table,
        hide_index=True,
        column_config=COLUMNS,
        on_select="rerun",
        selection_mode="multi-row",
        key=" ".join(["runs", *runs]),  # rows are chosen by position: another list of runs begins anew
    )
    st.caption("Sort by a column's head, search with the magnifier. Choose one run for its report, several to compare.")
    rows = [row for row in chosen["selection"]["rows"] if 0 <= row < len(table)]
    return [runs[table["run"].iloc[row]] for row in rows]


def show_one(run: Run) -> None:
    """The report of a run, and what can be done with it."""
    st.subheader(run.name)
    show_tools(run)
    state = jobs.state(run)
    if state.is_active:
        st.info("It is training now; the page Train shows how far it is.")
        return
    show_report(run, state)
    if run.report and not isinstance(run, ShippedRun):
        show_promotion(run)


begin_page()
st.title("Runs")
show_rollback()
runs = {run.name: run for run in visible_runs()}
if not runs:
    st.error("No run can be read, and the models that ship with the program are missing.")
    st.stop()
if not access.is_owner():
    access.explain_closed(
        "You see the models that ship with the program; runs that were trained here are the operator's."
    )
chosen = choose(runs)
if not chosen and all(isinstance(run, ShippedRun) for run in runs.values()):
    chosen = [*runs.values()][:1]  # something to see at once
if len(chosen) == 1:
    show_one(chosen[0])
elif chosen:
    compare_runs(chosen)
