"""What the pages share: networks, slots for streams, the data set looked at last."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import streamlit as st

from emotion_core.datasets import FaceDataset
from emotion_core.datasets.isolated import load_isolated
from emotion_core.datasets.tables import FERPLUS_FILE, TABLE_SUFFIXES
from emotion_core.experiments.run import Run, list_runs
from emotion_core.experiments.shipped import shipped_runs
from emotion_core.limits import OWNER
from emotion_core.registry.active import SHIPPED_MODELS, Stamp, active_model_and_notice, active_stamp
from emotion_core.registry.model_folder import ModelError, ModelFolder, list_models, models_root, open_model
from emotion_core.vision.faces.analyzer import FaceAnalyzer, new_analyzer
from emotion_core.vision.faces.classifier import Classifier
from emotion_core.vision.live.slots import StreamSlots, stream_limit
from pages.components import access, uploading
from pages.components.server_load import RestingExecutor

IN_USE = "in use"


def begin_page() -> None:
    """Every page calls this first: let go of what was uploaded on another page, and take no uploads until the page asks
    for some."""
    access.note_session(may_upload=False)
    uploading.release_on_a_new_page()


def shared_classifier() -> Classifier:
    """The active model's network, loaded once for all visitors until another model is promoted. Raises `ModelError`."""
    return _load_classifier(active_stamp())


@st.cache_resource(show_spinner="Loading the model …", max_entries=1)
def _load_classifier(stamp: Stamp) -> Classifier:
    return Classifier(_checked_model(stamp)[0])


@st.cache_resource(show_spinner=False, max_entries=1)
def _checked_model(stamp: Stamp) -> tuple[ModelFolder, str | None]:
    """The active model and the notice about it. Its files, some megabytes, are hashed once and not at every rerun: the
    stamp changes with them."""
    return active_model_and_notice()


def classifier_or_stop() -> Classifier:
    """The same for a page that cannot do without: says so where the promoted model is damaged and another one answers,
    where the one that answers knows drawn faces only, and where there is none at all, which ends the page."""
    try:
        notice = _checked_model(active_stamp())[1]
        classifier = shared_classifier()
    except ModelError as error:
        st.error(str(error))
        st.stop()
    if notice:
        st.warning(notice)
    warn_of_drawn_faces(classifier)
    return classifier


def warn_of_drawn_faces(classifier: Classifier) -> None:
    """For a model that learnt from the generated sample."""
    if classifier.model.card.data.is_sample:
        st.warning(
            f"The model {classifier.model.name} was trained on drawn faces. Its answers about people mean nothing."
        )


def named_classifier(name: str) -> Classifier:
    """One of `model_names`, or the active model's network for `IN_USE`. Raises `ModelError`."""
    return shared_classifier() if name == IN_USE else _load_named(name, _last_change(str(models_root() / name)))


@st.cache_resource(show_spinner=False, max_entries=8)
def _load_named(name: str, changed: int) -> Classifier:
    """changed: tells two models apart that had the same name one after the other."""
    return Classifier(open_model(models_root() / name))


def kept_analyzer(detector: str, classifier: Classifier) -> FaceAnalyzer:
    """The visitor's own for pictures and videos, made anew when another detector or another model is wanted."""
    wanted = (classifier.model.fingerprint, detector)
    if st.session_state.get("analyzer_for") != wanted:
        st.session_state.analyzer = new_analyzer(detector, classifier)
        st.session_state.analyzer_for = wanted
    return st.session_state.analyzer


def model_names() -> list[str]:
    """The folders of all models that can be used; for visitors, of those that ship with the program."""
    names = _model_names(str(models_root()))
    return names if access.is_owner() else [name for name in names if name in SHIPPED_MODELS]


@st.cache_data(ttl=60, show_spinner=False)
def _model_names(root: str) -> list[str]:
    return [model.path.name for model in list_models(Path(root))]


def visible_runs() -> list[Run]:
    """The runs that this session may look at, newest first: all, then the shipped models; for visitors these alone."""
    return [*(list_runs() if access.is_owner() else []), *shipped_runs()]


def read_secrets() -> None:
    """Put the secrets into the environment, as Streamlit does when they are first asked for; there need not be any."""
    try:
        len(st.secrets)
    except FileNotFoundError:
        return


@st.cache_resource
def stream_slots() -> StreamSlots:
    """For all visitors of this process."""
    read_secrets()
    return StreamSlots(stream_limit())


@st.cache_resource
def search_threads() -> ThreadPoolExecutor:
    """Where all visitors' streams look for faces, one after the other, beside the frames that go on."""
    return RestingExecutor(lambda: stream_slots().taken)


def open_dataset(source: str) -> FaceDataset:
    """A data set read once for all reruns, and again when its file changes. Raises `DatasetError`."""
    return _read_dataset(source, _last_change(source))


def _last_change(source: str) -> int:
    """Nanoseconds since 1970: of a file and the FER+ votes beside it, or of a folder's folders, which change with every
    file that comes or goes, and its tables, which may be written anew. 0 for what is no path."""
    try:
        path = Path(source).expanduser()
        if path.is_dir():
            tables = (file for file in path.iterdir() if file.suffix.lower() in TABLE_SUFFIXES)
            looked_at = [path, *path.rglob("*/"), *tables]
        else:
            looked_at = [path, *path.parent.glob(FERPLUS_FILE)]
        return max((place.stat().st_mtime_ns for place in looked_at if place.exists()), default=0)
    except (OSError, RuntimeError):
        return 0  # reading it will say why


@st.cache_resource(show_spinner="Reading the data …", max_entries=1)
def _read_dataset(source: str, changed: int) -> FaceDataset:
    return load_isolated(source, OWNER)
