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
from emotion_core.datasets.consent import take_all_back, take_back
from emotion_core.datasets.corrections import KeptFace, kept_faces, own_faces
from emotion_core.datasets.exclusions import read_left_out, write_left_out
from emotion_core.datasets.label_issues import doubtful_labels
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
MOST_DOUBTFUL = 100


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


def show_doubts(dataset: FaceDataset, source: str) -> None:
    left_out = read_left_out(source)
    st.write(
        "Labels that a trained network finds improbable, the most doubtful first (confident learning). Mark those that "
        "are wrong: the next run leaves them out. The data themselves are never changed."
    )
    runs = {run.name: run for run in visible_runs() if _has_predictions(run, source, dataset)}
    if runs:
        chosen = runs[st.selectbox("By the predictions of", list(runs))]
        _edit_doubts(dataset, source, chosen, left_out)
    else:
        st.info("No run has learnt from these data yet. Train one, and its doubts are listed here.")
    st.caption(f"{len(left_out):,} faces are marked to be left out of the next run.")
    if left_out and st.button("Take all marks away", icon=":material/undo:"):
        keep_marks(source, set())


def _edit_doubts(dataset: FaceDataset, source: str, run: Run, left_out: set[str]) -> None:
    judged = run.predictions
    right = (judged["truth"] == judged["answer"]).mean()
    doubts = doubts_of(run.path, run.predictions_path.stat().st_mtime_ns, run)
    st.caption(
        f"Of the {counted(len(judged), 'face')} that {run.name} kept back, it doubts {len(doubts):,}; its answer is "
        f"the label for {right:.0%} of them. The more often it is right, the more its doubts are worth."
    )
    found = with_pictures(dataset, doubts.head(MOST_DOUBTFUL))
    found.insert(0, "leave out", found["reference"].isin(left_out))
    # Ticks are kept by position: they must not outlive this list, nor the marks that were kept.
    state = hashlib.sha256(repr((found["reference"].tolist(), sorted(left_out))).encode()).hexdigest()
    edited = st.data_editor(
        found,
        hide_index=True,
        row_height=ROW_HEIGHT,
        disabled=[str(name) for name in found if name != "leave out"],
        column_config=COLUMNS,
        key=f"doubts {state}",
    )
    marked = set(edited.loc[edited["leave out"], "reference"])
    unmarked = set(found["reference"]) - marked
    wanted = (left_out | marked) - unmarked
    if st.button("Keep the marks", type="primary", icon=":material/save:", disabled=wanted == left_out):
        keep_marks(source, wanted)


@st.cache_data(max_entries=4, show_spinner="Looking for doubtful labels …")
def doubts_of(path: Path, changed: int, _run: Run) -> pd.DataFrame:
    return doubtful_labels(_run.predictions)


@st.cache_data(max_entries=4, show_spinner="Looking the data over …")
def audit_of(digest: str, problems: tuple[str, ...], _dataset: FaceDataset) -> Audit:
    return audit(_dataset)


def show_own_faces() -> None:
    try:
        own = own_faces()
    except DatasetError as error:
        st.error(str(error))
        return
    if own is None:
        st.info("None yet. Where an answer on another page is not right, it can be corrected there and kept here.")
        return
    st.plotly_chart(class_counts(pd.DataFrame({"your own": own.counts()})), key="own counts")
    chosen = choose_kept(own, kept_faces())
    st.caption(
        "Choose the rows of faces to delete. That takes them out of past runs too; what a network learnt from them "
        "stays learnt."
    )
    some, everything = st.columns(2)
    if some.button(f"Delete {counted(len(chosen), 'chosen face')}", icon=":material/delete:", disabled=not chosen):
        delete_faces(lambda: take_back(*(face.id for face in chosen)))
    with everything.popover("Delete them all", icon=":material/delete:"):
        if st.button(f"Delete {counted(len(own), 'face')}", type="primary"):
            delete_faces(take_all_back)


def choose_kept(own: FaceDataset, faces: list[KeptFace]) -> list[KeptFace]:
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
        write_left_out(source, references)
    except (DatasetError, access.ClosedError) as error:
        st.error(str(error))
        return
    st.rerun()


def _has_predictions(run: Run, source: str, dataset: FaceDataset) -> bool:
    """Whether a run answered on these data as they are now: after a change its rows may be others."""
    if run.config is None or not run.predictions_path.exists() or run.material.get("digest") != dataset.digest:
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
        overview, faces, doubts = st.tabs(["Overview", "Faces", "Doubtful labels"])
        with overview:
            show_overview(dataset)
        with faces:
            browse(dataset)
        with doubts:
            show_doubts(dataset, shown)

if access.is_owner():
    st.subheader("Your own faces")
    show_own_faces()
