"""Data: look at faces and labels before anything learns from them."""

import hashlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import streamlit as st

from emotion_core.charts.evaluation_charts import class_counts
from emotion_core.datasets import DatasetError, FaceDataset
from emotion_core.datasets.audit import Audit, audit
from emotion_core.datasets.consent import withdraw_all_consent, withdraw_consent
from emotion_core.datasets.corrections import Correction, list_corrections, load_corrections
from emotion_core.datasets.exclusions import read_exclusions, write_exclusions
from emotion_core.datasets.label_issues import find_label_issues
from emotion_core.emotions import EMOTIONS
from emotion_core.experiments.run import Run, absolute
from emotion_core.wording import counted
from pages.components import access
from pages.components.cache import enter_through_app, open_dataset, visible_runs
from pages.components.data_source import choose_source
from pages.components.face_table import COLUMNS, ROW_HEIGHT, show_faces, with_pictures

EXAMPLES = 12  # faces of each emotion
EVERYTHING = "all faces"
PAGE = 60  # faces of the browser at once
MAX_LABEL_ISSUES = 100


def show_overview(dataset: FaceDataset) -> None:
    found = audit_of(dataset.digest, dataset.problems, dataset)
    for split, count in found.counts.sum().items():
        st.badge(f"{count:,} {split}", color="gray")
    st.plotly_chart(class_counts(found.counts), key="counts")
    for sentence in found.findings:
        st.warning(sentence)
    if not found.findings:
        st.success("No duplicates, no blank or broken pictures, no class missing or tiny.")
    if found.suspects:
        st.caption("Faces, the next tab, shows them.")
    if found.problems:
        with st.expander("Inputs left out"):
            st.code("\n".join(found.problems[:200]), language=None)
    st.subheader("Examples")
    random = np.random.default_rng(0)
    for label, emotion in enumerate(EMOTIONS):
        rows = np.flatnonzero(dataset.labels == label)
        if len(rows):
            chosen = random.permutation(rows)[:EXAMPLES]
            st.image(np.hstack(list(dataset.images[chosen])), caption=f"{emotion}, {len(rows):,} in all")


def browse(dataset: FaceDataset) -> None:
    emotions, splits, shown_rows, page = st.columns([3, 2, 2, 1])
    wanted = emotions.multiselect("Emotions", EMOTIONS, placeholder="all")
    split = splits.selectbox("Rows", ["all", *dict.fromkeys(dataset.splits.tolist())])
    labels = [EMOTIONS.index(name) for name in wanted or EMOTIONS]
    suspects = audit_of(dataset.digest, dataset.problems, dataset).suspects
    suspect = shown_rows.selectbox("Show", [EVERYTHING, *suspects])
    rows = np.flatnonzero(dataset.mask(split) & np.isin(dataset.labels, labels))
    if suspect != EVERYTHING:  # with the rows that have the same picture, one below the other
        pictures = dataset.picture_ids
        rows = rows[np.isin(pictures[rows], pictures[suspects[suspect]])]
        rows = rows[np.argsort(pictures[rows], kind="stable")]
    pages = max(1, -(-len(rows) // PAGE))
    number = int(page.number_input(f"Page of {pages:,}", 1, pages, 1))
    shown = rows[(number - 1) * PAGE : number * PAGE]
    table = pd.DataFrame(
        {
            "emotion": [EMOTIONS[label] for label in dataset.labels[shown]],
            "rows": dataset.splits[shown],
            "reference": dataset.references[shown],
        }
    )
    st.caption(counted(len(rows), "face"))
    show_faces(dataset, table)


def show_label_issues(dataset: FaceDataset, source: str) -> None:
    exclusions = read_exclusions(source)
    st.write(
        "Labels that a trained network finds improbable, the most doubtful first (confident learning). Mark those that "
        "are wrong: the next run leaves them out. The data themselves are never changed."
    )
    runs = {run.name: run for run in visible_runs() if _has_predictions(run, source, dataset)}
    if runs:
        chosen = runs[st.selectbox("By the predictions of", list(runs))]
        _edit_label_issues(dataset, source, chosen, exclusions)
    else:
        st.info("No run has learnt from these data yet. Train one, and the label issues it finds are listed here.")
    st.caption(f"{len(exclusions):,} faces are marked to be left out of the next run.")
    if exclusions and st.button("Take all marks away", icon=":material/undo:"):
        keep_marks(source, set())


def _edit_label_issues(dataset: FaceDataset, source: str, run: Run, exclusions: set[str]) -> None:
    judged = run.predictions
    right = (judged["truth"] == judged["answer"]).mean()
    label_issues = label_issues_of(run.path, run.predictions_path.stat().st_mtime_ns, run)
    st.caption(
        f"Of the {counted(len(judged), 'face')} that {run.name} kept back, it doubts {len(label_issues):,}; its answer "
        f"is the label for {right:.0%} of them. The more often it is right, the more its doubts are worth."
    )
    found = with_pictures(dataset, label_issues.head(MAX_LABEL_ISSUES))
    found.insert(0, "leave out", found["reference"].isin(exclusions))
    # Ticks are kept by position: they must not outlive this list, nor the marks that were kept.
    state = hashlib.sha256(repr((found["reference"].tolist(), sorted(exclusions))).encode()).hexdigest()
    edited = st.data_editor(
        found,
        hide_index=True,
        row_height=ROW_HEIGHT,
        disabled=[str(name) for name in found if name != "leave out"],
        column_config=COLUMNS,
        key=f"label issues {state}",
    )
    marked = set(edited.loc[edited["leave out"], "reference"])
    unmarked = set(found["reference"]) - marked
    wanted = (exclusions | marked) - unmarked
    if st.button("Keep the marks", type="primary", icon=":material/save:", disabled=wanted == exclusions):
        keep_marks(source, wanted)


@st.cache_data(max_entries=4, show_spinner="Looking for doubtful labels …")
def label_issues_of(path: Path, changed: int, _run: Run) -> pd.DataFrame:
    return find_label_issues(_run.predictions)


@st.cache_data(max_entries=4, show_spinner="Looking the data over …")
def audit_of(digest: str, problems: tuple[str, ...], _dataset: FaceDataset) -> Audit:
    return audit(_dataset)


def show_corrections() -> None:
    try:
        own = load_corrections()
    except DatasetError as error:
        st.error(str(error))
        return
    if own is None:
        st.info("None yet. Where an answer on another page is not right, it can be corrected there and kept here.")
        return
    st.plotly_chart(class_counts(pd.DataFrame({"your own": own.counts()})), key="own counts")
    chosen = choose_kept(own, list_corrections())
    st.caption(
        "Choose the rows of faces to delete. That takes them out of past runs too; what a network learnt from them "
        "stays learnt."
    )
    some, everything = st.columns(2)
    if some.button(f"Delete {counted(len(chosen), 'chosen face')}", icon=":material/delete:", disabled=not chosen):
        delete_faces(lambda: withdraw_consent(*(face.id for face in chosen)))
    with everything.popover("Delete them all", icon=":material/delete:"):
        if st.button(f"Delete {counted(len(own), 'face')}", type="primary"):
            delete_faces(withdraw_all_consent)


def choose_kept(own: FaceDataset, faces: list[Correction]) -> list[Correction]:
    """The kept faces in a table, the latest first; those whose rows are chosen."""
    known = {f"{face.emotion}/{face.path.name}": face for face in faces}  # as the data set names its rows
    rows = {"emotion": [face.emotion for face in faces], "kept": [face.kept for face in faces]}
    table = with_pictures(own, pd.DataFrame({"reference": list(known), **rows}))
    # chosen by position: another list begins without a choice
    key = f"kept {hashlib.sha256(' '.join(face.id for face in faces).encode()).hexdigest()}"
    shown = st.dataframe(
        table,
        hide_index=True,
        row_height=ROW_HEIGHT,
        column_config=COLUMNS | {"kept": st.column_config.DatetimeColumn(format="YYYY-MM-DD HH:mm")},
        on_select="rerun",
        selection_mode="multi-row",
        column_order=["face", "emotion", "kept"],
        key=key,
    )
    return [known[table["reference"].iloc[row]] for row in shown["selection"]["rows"] if 0 <= row < len(table)]


def delete_faces(delete: Callable[[], object]) -> None:
    try:
        access.check("Deleting faces")
        delete()
    except (DatasetError, OSError) as error:
        st.error(f"Not all are deleted: {error}")
        return
    st.rerun()


def keep_marks(source: str, references: set[str]) -> None:
    try:
        access.check("Marking faces")
        write_exclusions(source, references)
    except (DatasetError, access.ClosedError) as error:
        st.error(str(error))
        return
    st.rerun()


def _has_predictions(run: Run, source: str, dataset: FaceDataset) -> bool:
    """Whether a run answered on these data as they are now: after a change its rows may be others."""
    if run.config is None or not run.predictions_path.exists() or run.run_data.get("digest") != dataset.digest:
        return False
    return run.config.data == absolute(source)


enter_through_app()
st.title("Data")
st.write("See what a network would learn from: how many faces of each emotion, what they look like, what is wrong.")
source = choose_source()
if st.button("Show these data", type="primary", disabled=not source, icon=":material/table_view:"):
    st.session_state.shown_source = source
shown = st.session_state.get("shown_source")
if shown and shown == source:
    try:
        dataset = open_dataset(shown)
    except DatasetError as error:
        st.error(str(error))
    else:
        st.subheader(dataset.name)
        overview, faces, label_issues = st.tabs(["Overview", "Faces", "Label issues"])
        with overview:
            show_overview(dataset)
        with faces:
            browse(dataset)
        with label_issues:
            show_label_issues(dataset, shown)

if access.is_owner():
    st.subheader("Your own faces")
    show_corrections()
