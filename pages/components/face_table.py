"""Faces of a data set in a table, with whatever is known about each."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from emotion_core.charts.face_charts import coloured
from emotion_core.datasets import FaceDataset
from emotion_core.emotions import EMOTIONS
from emotion_core.exports import without_formulas
from emotion_core.images import to_data_url
from emotion_core.wording import counted, listed

SHARE = st.column_config.NumberColumn(format="percent")
ROW_HEIGHT = 56
COLUMNS: dict[str, Any] = {
    "face": st.column_config.ImageColumn("face", width="small"),
    "truth": "label",
    **dict.fromkeys(("confidence", *EMOTIONS), SHARE),
}


def with_pictures(dataset: FaceDataset, rows: pd.DataFrame) -> pd.DataFrame:
    """The rows whose `reference` is in the data set, their pictures first."""
    position = {reference: row for row, reference in enumerate(dataset.references.tolist())}
    known = rows[rows["reference"].isin(position)]
    pictures = dataset.images[np.array([position[reference] for reference in known["reference"]], dtype=int)]
    table = known.reset_index(drop=True)
    table.insert(0, "face", [to_data_url(picture) for picture in pictures])
    return table


def show_faces(dataset: FaceDataset, rows: pd.DataFrame, shares: Sequence[str] = (), key: str | None = None) -> None:
    """A table of faces; probabilities, where there are any, and the columns `shares` as shares."""
    table = without_formulas(with_pictures(dataset, rows))  # the table can be downloaded
    columns = COLUMNS | dict.fromkeys(shares, SHARE)
    st.dataframe(table, hide_index=True, row_height=ROW_HEIGHT, column_config=columns, key=key)


def show_found(table: pd.DataFrame) -> None:
    """Faces that were found in files, one row each, as `records.to_table` has them."""
    st.dataframe(
        coloured(without_formulas(table)),
        hide_index=True,
        column_config=dict.fromkeys(("confidence", *EMOTIONS), SHARE),
    )


def say_found(table: pd.DataFrame, files: int, empty: int, failed: int) -> None:
    """How much was found: faces in pictures, persons in videos. table: a row a face; empty: files without a face;
    failed: that could not be read."""
    persons = len(table[["path", "person"]].dropna().drop_duplicates())
    faces = int((table["face"].notna() & table["person"].isna()).sum())
    found = [counted(faces, "face")] if faces or not persons else []
    found += [counted(persons, "person")] if persons else []
    words = f"{listed(found)} in {counted(files, 'file')}"
    words += f", {empty} without a face" if empty else ""
    words += f", {failed} that could not be read" if failed else ""
    st.write(f"**{words}.**")
