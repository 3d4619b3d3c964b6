"""What the pages share: one network for the whole process, one analyzer for each visitor's work."""

from pathlib import Path
from urllib.parse import urlsplit

import streamlit as st
from streamlit.runtime.pages_manager import PagesManager

from emotion_core.datasets import FaceDataset, load
from emotion_core.store.active import active_model, active_model_and_notice, active_stamp
from emotion_core.vision.analyzer import FaceAnalyzer
from emotion_core.vision.cascade import CascadeDetector, CascadeSettings
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


def show_model_notice() -> None:
    """Say so where the promoted model is damaged and another one answers."""
    notice = active_model_and_notice()[1]
    if notice:
        st.warning(notice)


def new_analyzer(settings: CascadeSettings | None = None) -> FaceAnalyzer:
    """An analyzer with a detector of its own around the shared network."""
    return FaceAnalyzer(CascadeDetector(settings), shared_classifier())


def rtc_configuration() -> dict[str, list[dict[str, list[str]]]]:
    """How browser and server find each other: directly on this computer, elsewhere with Google's public STUN server."""
    host = urlsplit(st.context.url or "").hostname
    servers = [] if host in LOCAL_HOSTS else [{"urls": ["stun:stun.l.google.com:19302"]}]
    return {"iceServers": servers}


def open_dataset(source: str) -> FaceDataset:
    """A data set read once for all reruns, and again when its file changes. Raises `DatasetError`."""
    path = Path(source).expanduser()
    return _read_dataset(source, path.stat().st_mtime_ns if path.exists() else 0)


@st.cache_resource(show_spinner="Reading the data …", max_entries=1)
def _read_dataset(source: str, changed: int) -> FaceDataset:
    return load(source)
