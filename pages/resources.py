"""What the pages share: one network for the whole process, the data set looked at last, the way to the browser."""

from pathlib import Path
from urllib.parse import urlsplit

import streamlit as st
from streamlit.runtime.pages_manager import PagesManager

from emotion_core.datasets import FaceDataset, load
from emotion_core.datasets.tables import FERPLUS_FILE
from emotion_core.store.active import active_model, active_model_and_notice, active_stamp
from emotion_core.store.models import ModelError
from emotion_core.vision.classifier import Classifier

LOCAL_HOSTS = {"localhost", "127.0.0.1", "::1"}


def enter_through_app() -> None:
    """Every page calls this first: run `streamlit_app.py` around the page where Streamlit has left it out.

    Until the first `st.navigation` of a process, Streamlit takes a folder `pages/` for its older kind of app and runs
    the script of the address by itself: the first visitor of /train would see other navigation and no notice.
    """
    if PagesManager.uses_pages_directory:
        PagesManager.uses_pages_directory = False
        st.rerun()


def shared_classifier() -> Classifier:
    """The active model's network, loaded once for all visitors until another model is promoted. Raises `ModelError`."""
    return _load_classifier(active_stamp())


@st.cache_resource(show_spinner="Loading the model …", max_entries=1)
def _load_classifier(stamp: tuple[str, int]) -> Classifier:
    return Classifier(active_model())


def classifier_or_stop() -> Classifier:
    """The same for a page that cannot do without: says so where the promoted model is damaged and another one answers,
    and where there is none at all, which ends the page."""
    try:
        notice = active_model_and_notice()[1]
        classifier = shared_classifier()
    except ModelError as error:
        st.error(str(error))
        st.stop()
    if notice:
        st.warning(notice)
    return classifier


def rtc_configuration() -> dict[str, list[dict[str, list[str]]]]:
    """How browser and server find each other: directly on this computer, elsewhere with Google's public STUN server."""
    host = urlsplit(st.context.url or "").hostname
    servers = [] if host in LOCAL_HOSTS else [{"urls": ["stun:stun.l.google.com:19302"]}]
    return {"iceServers": servers}


def open_dataset(source: str) -> FaceDataset:
    """A data set read once for all reruns, and again when its file changes. Raises `DatasetError`."""
    return _read_dataset(source, _last_change(source))


def _last_change(source: str) -> int:
    """Nanoseconds since 1970: of a file and the FER+ votes beside it, or of a folder's folders, which change with every
    file that comes or goes. 0 for what is no path."""
    try:
        path = Path(source).expanduser()
        looked_at = [path, *path.rglob("*/")] if path.is_dir() else [path, *path.parent.glob(FERPLUS_FILE)]
        return max((place.stat().st_mtime_ns for place in looked_at if place.exists()), default=0)
    except (OSError, RuntimeError):
        return 0  # reading it will say why


@st.cache_resource(show_spinner="Reading the data …", max_entries=1)
def _read_dataset(source: str, changed: int) -> FaceDataset:
    return load(source)
