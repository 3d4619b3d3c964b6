"""The faces that people corrected and agreed to keep, and the way to delete them."""

import hashlib
from collections.abc import Callable

import pandas as pd
import streamlit as st

from emotion_core.charts.evaluation_charts import class_counts
from emotion_core.datasets import DatasetError, FaceDataset
from emotion_core.datasets.consent import withdraw_all_consent, withdraw_consent
from emotion_core.datasets.corrections import Correction, list_corrections, load_corrections
from emotion_core.wording import counted
from pages.components import access
from pages.components.face_table import COLUMNS, ROW_HEIGHT, with_pictures


def show_corrections() -> None:
    """All of them, with buttons that delete some or all."""
    try:
        faces = load_corrections()
    except DatasetError as error:
        st.error(str(error))
        return
    if faces is None:
        st.info("None yet. An answer that is wrong can be corrected on the page that shows it, and kept here.")
        return
    st.plotly_chart(class_counts(pd.DataFrame({"corrected": faces.counts()})), key="corrected counts")
    chosen = _choose(faces, list_corrections())
    st.caption(
        "Choose the rows of the faces to delete. They are then deleted from past runs too. What a network learnt from "
        "them stays learnt."
    )
    some, everything = st.columns(2)
    if some.button(
        f"Delete {counted(len(chosen), 'chosen face')}",
        icon=":material/delete:",
        disabled=not chosen,
        help=None if chosen else "Tick rows of the table first.",
        key="delete chosen corrections",
    ):
        _delete(lambda: withdraw_consent(*(face.id for face in chosen)))
    with everything.popover("Delete them all", icon=":material/delete:"):
        if st.button(f"Delete {counted(len(faces), 'face')}", type="primary", key="delete all corrections"):
            _delete(withdraw_all_consent)


def _choose(faces: FaceDataset, corrections: list[Correction]) -> list[Correction]:
    """The table, the latest first; the corrections whose rows are chosen."""
    known = {f"{face.emotion}/{face.path.name}": face for face in corrections}  # as the data set names its rows
    rows = {"emotion": [face.emotion for face in corrections], "kept": [face.kept for face in corrections]}
    table = with_pictures(faces, pd.DataFrame({"reference": list(known), **rows}))
    # chosen by position: another list begins without a choice
    key = f"corrections {hashlib.sha256(' '.join(face.id for face in corrections).encode()).hexdigest()}"
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


def _delete(delete: Callable[[], object]) -> None:
    try:
        access.check("Deleting faces")
        delete()
    except (DatasetError, OSError) as error:
        st.error(f"Not all are deleted: {error}")
        return
    st.rerun()
