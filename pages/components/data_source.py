"""Choosing data, the same way on every page that needs some."""

from pathlib import Path

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from emotion_core.datasets import DatasetError
from emotion_core.datasets.storage import UPLOAD_SUFFIXES, delete_upload, keep_upload, kept_uploads
from pages.components import access
from pages.components.cache import open_dataset

SAMPLE, KAGGLE, UPLOAD, PATH = "Drawn sample faces", "FER2013 from Kaggle", "Upload", "Folder or file on this computer"
SOURCES = {
    SAMPLE: "Made by this program, to try everything without data. Nothing learnt from them works on people.",
    KAGGLE: "28,709 training faces. Downloaded through kagglehub; Kaggle may ask for an account.",
    UPLOAD: "fer2013.csv, Parquet, or a .zip of one of them or of one folder per emotion. Where the file is too large "
    f"to upload, choose “{PATH}”. Stored until you delete it.",
    PATH: "One folder per emotion, fer2013.csv, Parquet, or a .zip of one of them.",
}

_CLOSED = "Not available to visitors."


def choose_source(place: str = "", usual: str | None = SAMPLE) -> str:
    """What `emotion_core.datasets.load` reads, as the person chose it; empty while there is no choice yet.

    place: tells two choices on one page apart. usual: chosen to begin with, None for nothing.
    """
    remembered = st.session_state.get(f"kind {place}", usual)
    kinds = list(SOURCES)
    kind = st.radio(
        "Data",
        kinds,
        kinds.index(remembered) if remembered else None,
        captions=list(SOURCES.values()) if access.is_owner() else [SOURCES[SAMPLE], *[_CLOSED] * (len(kinds) - 1)],
        key=f"source {place}",
    )
    if kind is None:
        return ""
    st.session_state[f"kind {place}"] = kind  # a widget's own value is gone when the person comes back to its page
    if kind != SAMPLE and not access.is_owner():
        access.explain_closed("Visitors can only use the drawn sample faces.")
        return ""
    if kind == UPLOAD:
        return _choose_upload(place)
    if kind == PATH:
        remembered = st.session_state.get(f"typed {place}", "")
        path = st.text_input("Path", remembered, placeholder="/data/fer2013.csv", key=f"path {place}").strip()
        st.session_state[f"typed {place}"] = path
        return path
    return {SAMPLE: "sample", KAGGLE: "kaggle:"}[kind]


def _keep(name: str, content: bytes) -> Path:
    """Keep an upload and read it once; a new one that holds no faces is thrown away. Raises `DatasetError`, and
    `ClosedError` for a visitor."""
    access.check("Uploading data")
    before = kept_uploads()
    path = keep_upload(name, content)
    try:
        open_dataset(str(path))
    except BaseException:  # also where the visitor goes away meanwhile
        if path not in before:
            delete_upload(path)
        raise
    return path


def _take(upload: UploadedFile, place: str) -> None:
    """Keep a data set that is in the uploader, and choose it; one that was looked at before is not read again."""
    seen, sentence = st.session_state.get(f"done {place}", ("", ""))
    if seen != upload.file_id:
        sentence = ""
        try:
            path = _keep(upload.name, upload.getvalue())
        except access.ClosedError as error:
            st.error(f"{error} It is not kept.")
            return
        except DatasetError as error:
            sentence = f"{error} It is not kept."
        else:
            st.session_state[f"kept {place}"] = path.name
        st.session_state[f"done {place}"] = upload.file_id, sentence
    if sentence:
        st.error(sentence)


def _choose_upload(place: str) -> str:
    access.note_session(may_upload=True)
    upload = st.file_uploader(
        "Data set", [suffix.removeprefix(".") for suffix in UPLOAD_SUFFIXES], key=f"upload {place}"
    )
    if upload:
        _take(upload, place)
    kept = {path.name: path for path in kept_uploads()}
    if not kept:
        return ""
    choice, delete = st.columns([4, 1], vertical_alignment="bottom")
    if st.session_state.get(f"kept {place}") not in kept:
        remembered = st.session_state.get(f"chosen {place}")
        st.session_state[f"kept {place}"] = remembered if remembered in kept else next(iter(kept))
    chosen = kept[choice.selectbox("Uploaded data sets", list(kept), key=f"kept {place}")]
    st.session_state[f"chosen {place}"] = chosen.name
    with delete.popover("Delete", icon=":material/delete:", width="stretch"):
        if st.button(f"Delete {chosen.name}", type="primary", key=f"delete {place}"):
            try:
                access.check("Deleting data")
                delete_upload(chosen)
            except (DatasetError, access.ClosedError) as error:
                st.error(str(error))
            else:
                st.rerun()
    return str(chosen)
