"""Photos and video: faces, all seven probabilities, and everything to take home."""

from collections.abc import Callable

import streamlit as st

from emotion_core.images import PICTURE_SUFFIXES
from emotion_core.vision.detection.available import DETECTORS, PICTURE_DETECTOR
from emotion_core.vision.media.example import EXAMPLE_CREDIT, EXAMPLES
from emotion_core.vision.media.video_sampling import SAMPLES_PER_SECOND, VIDEO_SUFFIXES
from pages.components import access, analyses
from pages.components.cache import begin_page, classifier_or_stop, kept_analyzer
from pages.components.own_profile import own_profile
from pages.components.path_jobs import show_path_jobs
from pages.components.upload_results import show_results

KINDS = sorted(suffix.removeprefix(".") for suffix in PICTURE_SUFFIXES | VIDEO_SUFFIXES)
UPLOAD, ON_THIS_COMPUTER = "Upload", "On this computer"
RATES = {1.0: "1", 2.0: "2", SAMPLES_PER_SECOND: "5", 10.0: "10", 60.0: "60 (all of most videos)"}


def ask_files() -> dict[str, tuple[str, Callable[[], bytes]]]:
    """Names and contents of what is to be analyzed, by key: the visitor's files, or an example."""
    uploads = st.file_uploader(
        "Pictures or videos", type=KINDS, accept_multiple_files=True, key=analyses.uploader_key()
    )
    most = access.limits().files
    if len(uploads) > most:
        st.warning(f"Only the first {most} files are analyzed: that is the limit.")
        uploads = uploads[:most]
    why = "Remove your files first." if uploads else None
    if st.button("Try the example picture", icon=":material/person:", disabled=bool(uploads), help=why):
        analyses.ask_example("one")
    if uploads:
        st.session_state.example = None
    wanted = {upload.file_id: (upload.name, upload.getvalue) for upload in uploads}
    if chosen := st.session_state.get("example"):  # the live page offers others
        wanted[analyses.example_key(chosen)] = (EXAMPLES[chosen].path.name, EXAMPLES[chosen].read)
    return wanted


def ask_settings() -> tuple[str, float]:
    """The detector, and how many pictures a second are read of a video."""
    row = st.container(horizontal=True)
    detector = row.selectbox("Detector", list(DETECTORS), list(DETECTORS).index(PICTURE_DETECTOR), width=240)
    rate = row.selectbox(
        "Frames per second of a video",
        list(RATES),
        list(RATES).index(SAMPLES_PER_SECOND),
        format_func=RATES.__getitem__,
        width=240,
        help="How many frames are analyzed. Twice as many take twice as long. Expressions last half a second and "
        "longer, so 5 are usually enough.",
    )
    return detector, rate


def made_with(is_video: bool) -> tuple[object, ...]:
    """What the answers of a video, or else a picture, depend on: the model first, as `analyses.Made` has it."""
    return classifier.model.fingerprint, detector, rate if is_video else profile and profile.to_json()


begin_page()
st.title("Photos and video")
st.write("Find the faces in your pictures or in a video, and see what the model reads in each of them.")

source = UPLOAD
if access.is_owner():
    options = [UPLOAD, ON_THIS_COMPUTER]
    source = st.segmented_control("From", options, default=UPLOAD, key="source", label_visibility="collapsed") or UPLOAD
access.note_session(may_upload=source == UPLOAD)
wanted = ask_files() if source == UPLOAD else {}
detector, rate = ask_settings()
classifier = classifier_or_stop()
st.caption(f"{DETECTORS[detector]} Each face is read by the model in use, {classifier.model.name}.")
if source == ON_THIS_COMPUTER:
    show_path_jobs(classifier.model, detector, rate)
    st.stop()

profile = own_profile(classifier.model)
analyses.analyze_all(wanted, kept_analyzer(detector, classifier), profile, made_with, access.limits(), rate)
results = analyses.kept()
if results:
    show_results(results, classifier)
    if any(made.used != made_with(made.analysis.is_video) for made in results.values()):
        st.caption(
            "Some results were made with another detector, frame rate, model or profile. Upload the file again to "
            "analyze it anew."
        )
    if any(key.startswith(analyses.example_key("")) for key in results):
        st.caption(EXAMPLE_CREDIT)
