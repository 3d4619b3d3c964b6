"""Photos and video: faces, all seven probabilities, and everything to take home."""

import streamlit as st

from emotion_core.datasets.folders import PICTURE_SUFFIXES
from emotion_core.vision.detection.available import DETECTORS, PICTURE_DETECTOR
from emotion_core.vision.media.example import EXAMPLE_CREDIT, EXAMPLES
from emotion_core.vision.media.uploads import Analysis, analyze_upload
from emotion_core.vision.media.video import VIDEO_SUFFIXES
from emotion_core.wording import literal, plain_name
from pages.components import access
from pages.components.cache import classifier_or_stop, enter_through_app, kept_analyzer
from pages.components.own_profile import own_profile
from pages.components.results import QUOTA
from pages.components.upload_results import show_result, show_table

KINDS = sorted(suffix.removeprefix(".") for suffix in PICTURE_SUFFIXES | VIDEO_SUFFIXES)

enter_through_app()
st.title("Photos and video")
st.write("Find the faces in your pictures or in a video, and see what the model reads in each of them.")

limits = access.limits()
access.note_session(may_upload=True)
uploads = st.file_uploader("Pictures or videos", type=KINDS, accept_multiple_files=True)
if len(uploads) > limits.files:
    st.warning(f"Only the first {limits.files} files are analyzed: this server takes no more of one visitor at a time.")
    uploads = uploads[: limits.files]
why = "Take your files away first." if uploads else None
if st.button("Try the example picture", icon=":material/person:", disabled=bool(uploads), help=why):
    st.session_state.example = "one"
if uploads:
    st.session_state.example = None

detector = st.selectbox("Face detector", list(DETECTORS), list(DETECTORS).index(PICTURE_DETECTOR), width=240)
classifier = classifier_or_stop()
st.caption(f"{DETECTORS[detector]} Each face is read by the model in use, {classifier.model.name}.")

# Kept for the visitor until the file is taken away, or model, detector or profile is another, so that a click elsewhere
# does not analyze again.
profile = own_profile(classifier.model)
used = (classifier.model.fingerprint, detector, profile and profile.to_json())
analyzer = kept_analyzer(detector, classifier)
kept: dict[str, Analysis] = st.session_state.get("analyses", {}) if st.session_state.get("used") == used else {}
st.session_state.used, st.session_state.analyses = used, kept  # together: a click may end this run at any line
wanted = {upload.file_id: (upload.name, upload.getvalue) for upload in uploads}
if chosen := st.session_state.get("example"):  # the live page offers others
    wanted[f"example {chosen}"] = (EXAMPLES[chosen].path.name, EXAMPLES[chosen].read)
analyses: dict[str, Analysis] = {}
place = st.empty()  # always there: where an element goes missing, those below are drawn anew, and close


def analyze(name: str, content: bytes) -> Analysis:
    text = f"Analyzing {literal(plain_name(name))} …"
    bar = place.progress(0.0, text)
    return analyze_upload(
        name,
        content,
        analyzer,
        on_progress=lambda share: bar.progress(share, text),
        limits=limits,
        on_wait=lambda: bar.progress(0.0, "Waiting for another video …"),
        profile=profile,
    )


for key, (name, read) in wanted.items():
    if key not in kept:
        kept[key] = QUOTA.admit(analyze(name, read()), kept.values(), limits)
    analyses[key] = kept[key]
place.empty()
st.session_state.analyses = analyses


for key, analysis in analyses.items():
    show_result(key, analysis)
    if key.startswith("example"):
        st.caption(EXAMPLE_CREDIT)
if analyses:
    show_table(list(analyses.values()))
