"""Labels that are probably wrong, to be marked by a person and excluded from the next run."""

import hashlib
from pathlib import Path

import pandas as pd
import streamlit as st

from emotion_core.datasets import DatasetError, FaceDataset
from emotion_core.datasets.exclusions import read_exclusions, with_marks, write_exclusions
from emotion_core.datasets.label_issues import find_label_issues
from emotion_core.experiments.run import Run
from emotion_core.wording import counted
from pages.components import access
from pages.components.cache import visible_runs
from pages.components.face_table import COLUMNS, ROW_HEIGHT, with_pictures

MAX_LABEL_ISSUES = 100
_EXCLUDE = "exclude"


def show_label_issues(dataset: FaceDataset, source: str) -> None:
    """The label issues that a run's predictions show, with a box to tick for each."""
    exclusions = read_exclusions(source)
    st.write(
        "These labels are probably wrong: a trained network finds them improbable (confident learning). The most "
        "doubtful come first. Mark those that are wrong, and the next run excludes them. The data themselves are never "
        "changed."
    )
    runs = {run.name: run for run in visible_runs() if run.has_predictions_on(dataset.digest, source)}
    if runs:
        chosen = runs[st.selectbox("Predictions of run", list(runs), key="judging run")]
        _edit(dataset, source, chosen, exclusions)
    else:
        st.info("No run has learnt from these data yet. Train one, and the label issues it finds are listed here.")
    st.caption(f"{counted(len(exclusions), 'face')} excluded from the next run.")
    if exclusions and st.button("Remove all exclusions", icon=":material/undo:", key="remove all marks"):
        _keep(source, set())


def _edit(dataset: FaceDataset, source: str, run: Run, exclusions: set[str]) -> None:
    judged = run.predictions
    accuracy = (judged["truth"] == judged["answer"]).mean()
    issues = _issues_of(run.path, run.predictions_path.stat().st_mtime_ns, run)
    st.caption(
        f"{len(issues):,} of the {counted(len(judged), 'validation face')} of {run.name} have a suspected label error. "
        f"The run's accuracy on these faces is {accuracy:.0%}; the higher it is, the more reliable the list."
    )
    found = with_pictures(dataset, issues.head(MAX_LABEL_ISSUES))
    found.insert(0, _EXCLUDE, found["reference"].isin(exclusions))
    # Ticks are kept by position: they must not outlive this list, nor the marks that were kept.
    state = hashlib.sha256(repr((found["reference"].tolist(), sorted(exclusions))).encode()).hexdigest()
    edited = st.data_editor(
        found,
        hide_index=True,
        row_height=ROW_HEIGHT,
        disabled=[str(name) for name in found if name != _EXCLUDE],
        column_config=COLUMNS,
        key=f"label issues {state}",
    )
    wanted = with_marks(exclusions, found["reference"], edited.loc[edited[_EXCLUDE], "reference"])
    if st.button(
        "Save exclusions",
        type="primary",
        icon=":material/save:",
        disabled=wanted == exclusions,
        help="Tick or untick a face first." if wanted == exclusions else None,
        key="keep marks",
    ):
        _keep(source, wanted)


@st.cache_data(max_entries=4, show_spinner="Looking for label issues …")
def _issues_of(path: Path, changed: int, _run: Run) -> pd.DataFrame:
    return find_label_issues(_run.predictions)


def _keep(source: str, references: set[str]) -> None:
    try:
        access.check("Marking faces")
        write_exclusions(source, references)
    except (DatasetError, access.ClosedError) as error:
        st.error(str(error))
        return
    st.rerun()
