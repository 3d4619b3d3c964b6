"""Runs: all of them in one table, some of them side by side, and two models on the same faces."""

from datetime import datetime
from typing import Any

import pandas as pd
import streamlit as st

from emotion_core.charts.evaluation_charts import recall_differences
from emotion_core.charts.training_charts import overlaid_curves
from emotion_core.experiments import jobs
from emotion_core.experiments.run import ACTIVE_STATES, Run
from emotion_core.experiments.shipped import ShippedRun
from emotion_core.files import reason
from pages.components import access
from pages.components.cache import enter_through_app, visible_runs
from pages.components.face_table import SHARE, show_faces
from pages.components.promotion_panel import show_promotion, show_rollback
from pages.components.run_report import run_dataset, show_report

COLUMNS = {
    "accuracy": st.column_config.NumberColumn("validation", format="percent"),
    "balanced": SHARE,
    "started": st.column_config.DatetimeColumn(format="YYYY-MM-DD HH:mm"),
    "minutes": st.column_config.NumberColumn(format="%.1f"),
    "note": st.column_config.TextColumn(width="medium"),
}


def describe(run: Run) -> dict[str, Any]:
    """One line of the table."""
    config, report, status = run.config, run.report, run.status
    validation = report["splits"]["validation"] if report else {}
    return {
        "run": run.name,
        "state": jobs.state(run),
        "network": config.architecture if config else None,
        "data": config.data if config else None,
        "epochs": len(run.history),
        "accuracy": validation.get("accuracy"),
        "balanced": validation.get("balanced_accuracy"),
        "minutes": report["seconds"] / 60 if report else None,
        "started": datetime.fromtimestamp(status.get("begun", status.get("started", 0))),  # local, as its name
        "note": run.note,
        "problem": " ".join(run.problems),
    }


def choose(runs: dict[str, Run]) -> list[Run]:
    """The table; its chosen rows."""
    table = pd.DataFrame([describe(run) for run in runs.values()])
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


def show_tools(run: Run) -> None:
    if isinstance(run, ShippedRun) or not access.is_owner():
        return
    note, delete = st.columns([3, 1], vertical_alignment="bottom")
    note.text_input("Note", run.note, key=f"note {run.name}", on_change=keep_note, args=(run,))
    if jobs.state(run) in ACTIVE_STATES:
        return
    with delete.popover("Delete", icon=":material/delete:", width="stretch"):
        st.write("Curves, report and model will be gone. A promoted copy of the model stays.")
        if st.button("Delete it", type="primary", key=f"delete {run.name}"):
            try:
                access.check("Deleting a run")
                jobs.delete(run)
            except (jobs.JobError, OSError) as error:
                st.error(f"It cannot be deleted: {reason(error)}")
                return
            st.rerun()


def keep_note(run: Run) -> None:
    try:
        access.check("Writing a note")
        run.write_note(st.session_state[f"note {run.name}"])
    except OSError as error:
        st.toast(f"The note cannot be kept: {reason(error)}")


def compare_runs(runs: list[Run]) -> None:
    histories = {run.name: run.history for run in runs}
    accuracy, loss = st.columns(2)
    accuracy.plotly_chart(overlaid_curves(histories, "val_accuracy"), key="overlaid accuracy")
    loss.plotly_chart(overlaid_curves(histories, "val_loss"), key="overlaid loss")
    reports = {run.name: run.report["splits"]["validation"] for run in runs if run.report}
    if len({(run.run_data.get("digest"), *sorted(run.predictions["reference"])) for run in runs if run.report}) > 1:
        counts = ", ".join(f"{name} {report['count']:,}" for name, report in reports.items())
        st.warning(f"Their validation faces are not the same ({counts}), so their figures are no fair comparison.")
    if len(reports) > 1:
        st.plotly_chart(
            recall_differences(
                {
                    name: {emotion: row["recall"] for emotion, row in report["per_class"].items()}
                    for name, report in reports.items()
                }
            ),
            key="recalls",
        )
    st.subheader("Settings that differ")
    settings = pd.DataFrame({run.name: _flat(run.config.to_dict()) for run in runs if run.config}).astype(str)
    differing = settings[settings.nunique(axis=1) > 1]
    if differing.empty:
        st.info("None: only chance tells these runs apart.")
    else:
        st.dataframe(differing)
    if len(runs) == 2:
        compare_answers(*runs)


def compare_answers(first: Run, second: Run) -> None:
    """Where two runs' models disagree, on the validation faces that both kept back."""
    st.subheader("Where they disagree")
    one, other = first.predictions, second.predictions
    if one.empty or other.empty or first.config is None or second.config is None:
        st.info("One of them has no predictions.")
        return
    if first.config.data != second.config.data:
        st.info("They learnt from different data.")
        return
    shown = ["reference", "answer", "confidence"]
    names = [f"{column}, {run.name}" for run in (first, second) for column in ("answer", "confidence")]
    both = one[["truth", *shown]].merge(other[shown], on="reference")
    both.columns = pd.Index(["truth", "reference", *names])
    differ = both[both[names[0]] != both[names[2]]]
    right = (differ[names[0]] == differ["truth"]).sum(), (differ[names[2]] == differ["truth"]).sum()
    st.write(
        f"On {len(differ):,} of {len(both):,} common faces: {first.name} is right on {right[0]:,} of these, "
        f"{second.name} on {right[1]:,}."
    )
    dataset = run_dataset(first)
    if dataset is not None:
        show_faces(dataset, differ[["reference", "truth", *names]].head(60), shares=(names[1], names[3]))


def _flat(settings: dict[str, Any]) -> dict[str, Any]:
    return {**settings.pop("augmentation"), **settings}


enter_through_app()
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
    st.subheader(chosen[0].name)
    show_tools(chosen[0])
    state = jobs.state(chosen[0])
    if state in ACTIVE_STATES:
        st.info("It is training now; the page Train shows how far it is.")
    else:
        show_report(chosen[0], state)
        if chosen[0].report and not isinstance(chosen[0], ShippedRun):
            show_promotion(chosen[0])
elif chosen:
    compare_runs(chosen)
