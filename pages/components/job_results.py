"""What an analysis of files on this computer has found so far: its table, and one file after the other."""

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import streamlit as st

from emotion_core.exports import to_csv, to_parquet
from emotion_core.files import reason
from emotion_core.vision.detection.available import PICTURE_DETECTOR
from emotion_core.vision.media.analysis_jobs import AnalysisJob
from emotion_core.vision.media.inputs import annotated_names
from emotion_core.vision.media.uploads import analyze_upload
from emotion_core.vision.media.video_sampling import VIDEO_SUFFIXES
from emotion_core.wording import literal
from pages.components.cache import kept_analyzer, shared_classifier
from pages.components.downloads import offer_file
from pages.components.face_table import say_found, show_found
from pages.components.upload_results import show_picture
from pages.components.video_results import named, show_people

_MOST = 20_000  # rows on the page
_MAX_PLAYED = 200 * 2**20  # bytes: Streamlit reads a video that it plays into memory


def show_job(job: AnalysisJob) -> None:
    """Summary, downloads, table, and the file that is chosen."""
    table = _table(job)
    if table is None:
        st.info("There is no table yet. Press Resume to read the remaining files; what was read is kept.")
        with st.expander("Log"):
            st.code(job.log or "Nothing.", language=None)
        return
    _show_summary(job, table)
    with st.expander("All rows", icon=":material/table_view:"):
        if len(table) > _MOST:
            st.caption(f"The first {_MOST:,} of {len(table):,} rows; the downloads have all.")
        show_found(table.head(_MOST))
    paths = table["path"].drop_duplicates().tolist()
    chosen = st.selectbox("File", paths, format_func=_short(job), key=f"file of {job.name}")
    copy = job.annotated_folder / annotated_names(map(Path, paths), job.desk.parts)[Path(chosen)]
    _show_file(job, Path(chosen), table[table["path"] == chosen], copy)


def _table(job: AnalysisJob) -> pd.DataFrame | None:
    try:
        return pd.read_parquet(job.table_path)
    except (OSError, ValueError):
        return None


def _show_summary(job: AnalysisJob, table: pd.DataFrame) -> None:
    files = table["path"].nunique()
    failed = int(table["error"].notna().sum())
    empty = int(table.groupby("path")["face"].count().eq(0).sum()) - failed
    say_found(table, files, empty, failed)
    row = st.container(horizontal=True)
    offer_file(row, "Table (CSV)", lambda: to_csv(table), f"{job.name}.csv")
    offer_file(row, "Table (Parquet)", lambda: to_parquet(table), f"{job.name}.parquet")
    st.caption(f"Everything lies in `{job.path}`.")


def _short(job: AnalysisJob) -> Callable[[str], str]:
    """A path without the folder that was asked for."""
    root = job.request.path if job.request else ""
    return lambda path: path.removeprefix(root).lstrip("/\\") or Path(path).name


def _show_file(job: AnalysisJob, path: Path, rows: pd.DataFrame, copy: Path) -> None:
    error = rows["error"].dropna()
    if len(error):
        st.error(literal(str(error.iloc[0])))
    elif path.suffix.lower() in VIDEO_SUFFIXES:
        _show_video(job, path, rows, copy)
    else:
        _show_picture(job, path, str(rows["model"].iloc[0]))


def _show_video(job: AnalysisJob, path: Path, rows: pd.DataFrame, copy: Path) -> None:
    film = next((file for file in (copy, path) if file.exists()), None)
    if film and film.stat().st_size > _MAX_PLAYED:
        st.caption(f"Too large to play here: `{film}`.")
        film = None
    key = f"{job.name} {path}"
    show_people(key, named(key, rows), str(film) if film else None)


def _show_picture(job: AnalysisJob, path: Path, model: str) -> None:
    """The faces of a picture, read once more: the table holds no pictures. model: the table's."""
    detector = job.request.detector if job.request else PICTURE_DETECTOR
    try:
        content = path.read_bytes()
    except OSError as error:
        st.warning(f"{literal(path.name)} cannot be read any more: {reason(error)}")
        return
    classifier = shared_classifier()
    if model != classifier.model.name:
        st.caption(
            f"Read by the model in use, {literal(classifier.model.name)}. The table is by {literal(model)}, whose "
            "answers may differ."
        )
    analysis = analyze_upload(path.name, content, kept_analyzer(detector, classifier))
    show_picture(f"{job.name} {path}", analysis, classifier, may_serve_others=False)
