"""Photos and video: faces, all seven probabilities, and everything to take home."""

import streamlit as st

from emotion_core.images import PICTURE_SUFFIXES
from emotion_core.vision.detection.available import DETECTORS, PICTURE_DETECTOR
from emotion_core.vision.media.example import EXAMPLE_CREDIT, EXAMPLES
from emotion_core.vision.media.video_sampling import VIDEO_SUFFIXES
from pages.components import access, analyses
from pages.components.cache import classifier_or_stop, enter_through_app, kept_analyzer
from pages.components.own_profile import own_profile
from pages.components.upload_results import show_result, show_summary

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

detector = st.selectbox("Detector", list(DETECTORS), list(DETECTORS).index(PICTURE_DETECTOR), width=240)
classifier = classifier_or_stop()
st.caption(f"{DETECTORS[detector]} Each face is read by the model in use, {classifier.model.name}.")
profile = own_profile(classifier.model)

wanted = {upload.file_id: (upload.name, upload.getvalue) for upload in uploads}
if chosen := st.session_state.get("example"):  # the live page offers others
    wanted[f"example {chosen}"] = (EXAMPLES[chosen].path.name, EXAMPLES[chosen].read)
used = (classifier.model.fingerprint, detector, profile and profile.to_json())
analyses.analyze_all(wanted, kept_analyzer(detector, classifier), profile, used, limits)

results = {key: made.analysis for key, made in analyses.kept().items()}
if results:
    show_summary(results)
for key, analysis in results.items():
    show_result(key, analysis)
    if analyses.kept()[key].used != used:
        st.caption("Made with another detector, model or profile. Bring the file again to analyze it anew.")
    if key.startswith("example"):
        st.caption(EXAMPLE_CREDIT)
