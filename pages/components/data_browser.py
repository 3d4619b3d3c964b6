"""A data set at a glance, and all its faces page by page."""

import numpy as np
import pandas as pd
import streamlit as st

from emotion_core.charts.evaluation_charts import class_counts
from emotion_core.datasets import FaceDataset
from emotion_core.datasets.audit import Audit, audit
from emotion_core.datasets.browsing import examples, matching_rows, page_count, page_of
from emotion_core.emotions import EMOTIONS
from emotion_core.wording import counted
from pages.components.face_table import show_faces

EXAMPLES = 12  # faces of each emotion
EVERYTHING = "all faces"
PAGE = 60  # faces at once
_SHOWN_PROBLEMS = 200


def show_overview(dataset: FaceDataset) -> None:
    """Counts, what a person should know before training, and examples."""
    found = _audit_of(dataset.digest, dataset.problems, dataset)
    for split, count in found.counts.sum().items():
        st.badge(f"{count:,} {split}", color="gray")
    st.plotly_chart(class_counts(found.counts), key="counts")
    for sentence in found.findings:
        st.warning(sentence)
    if not found.findings:
        classes = ", no class missing or tiny" if "train" in found.counts else ""
        st.success(f"No duplicates, no blank or broken pictures{classes}.")
    if found.suspects:
        st.caption("The next tab, Faces, shows them.")
    if found.problems:
        with st.expander("Files and rows that could not be read"):
            st.code("\n".join(found.problems[:_SHOWN_PROBLEMS]), language=None)
    st.subheader("Examples")
    counts = dataset.counts()
    for emotion, rows in examples(dataset, EXAMPLES).items():
        st.image(np.hstack(list(dataset.images[rows])), caption=f"{emotion}, {counts[emotion]:,} in all", alt=emotion)


def browse(dataset: FaceDataset) -> None:
    """The faces of some emotions and one split, a page at a time."""
    emotions, splits, shown_rows, page = st.columns([3, 2, 2, 1])
    wanted = emotions.multiselect("Emotions", EMOTIONS, placeholder="all", key="browsed emotions")
    split = splits.selectbox("Split", ["all", *dict.fromkeys(dataset.splits.tolist())], key="browsed split")
    suspects = _audit_of(dataset.digest, dataset.problems, dataset).suspects
    suspect = shown_rows.selectbox("Show", [EVERYTHING, *suspects], key="browsed suspects")
    rows = matching_rows(dataset, wanted, split, suspects.get(suspect))
    pages = page_count(rows, PAGE)
    shown = page_of(rows, int(page.number_input(f"Page of {pages:,}", 1, pages, 1)), PAGE)
    st.caption(counted(len(rows), "face"))
    table = {
        "emotion": [EMOTIONS[label] for label in dataset.labels[shown]],
        "split": dataset.splits[shown],
        "reference": dataset.references[shown],
    }
    show_faces(dataset, pd.DataFrame(table), key="browsed faces")


@st.cache_data(max_entries=4, show_spinner="Looking the data over …")
def _audit_of(digest: str, problems: tuple[str, ...], _dataset: FaceDataset) -> Audit:
    return audit(_dataset)
