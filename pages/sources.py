"""Choosing data, the same way on every page that needs some."""

from pathlib import Path

import streamlit as st

from emotion_core.datasets import DatasetError
from emotion_core.datasets.home import UPLOAD_SUFFIXES, keep_upload, kept_uploads

SAMPLE, KAGGLE, UPLOAD, PATH = "Drawn sample faces", "FER2013 from Kaggle", "Upload", "Folder or file on this server"
SOURCES = {
    SAMPLE: "Made by this program, to try everything without data. Nothing learnt from them works on people.",
    KAGGLE: "28,709 faces to learn from. Downloaded through kagglehub; Kaggle may ask for an account.",
    UPLOAD: "A .zip of folders named like the emotions, fer2013.csv, or Parquet. Kept on this server.",
    PATH: "Folders named like the emotions, a .zip of them, fer2013.csv, or Parquet.",
}


def choose_source(place: str = "") -> str:
    """What `emotion_core.datasets.load` reads, as the person chose it; empty while there is no choice yet.

    place: tells two choices on one page apart.
    """
    remembered = st.session_state.get("source_kind", SAMPLE)
    kind = st.radio(
        "Data", list(SOURCES), list(SOURCES).index(remembered), captions=list(SOURCES.values()), key=f"source {place}"
    )
    st.session_state.source_kind = kind  # a widget's own value is gone when the person comes back to its page
    if kind == UPLOAD:
        return _choose_upload(place)
    if kind == PATH:
        remembered = st.session_state.get("source_path", "")
        path = st.text_input("Path", remembered, placeholder="/data/fer2013.csv", key=f"path {place}").strip()
        st.session_state.source_path = path
        return path
    return {SAMPLE: "sample", KAGGLE: "kaggle:"}[kind]


def _choose_upload(place: str) -> str:
    upload = st.file_uploader(
        "Data set", [suffix.removeprefix(".") for suffix in UPLOAD_SUFFIXES], key=f"upload {place}"
    )
    if upload and st.session_state.get("kept_upload") != upload.file_id:
        try:
            st.session_state.source_path = str(keep_upload(upload.name, upload.getvalue()))
            st.session_state.kept_upload = upload.file_id
        except DatasetError as error:
            st.error(str(error))
    kept = [str(path) for path in kept_uploads()]
    if not kept:
        return ""
    chosen = st.session_state.get("source_path", "")
    index = kept.index(chosen) if chosen in kept else 0
    path = st.selectbox(
        "Kept on this server", kept, index, format_func=lambda path: Path(path).name, key=f"kept {place}"
    )
    st.session_state.source_path = path
    return path
