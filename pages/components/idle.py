"""The live page before a camera plays: something to see, something to try, and the other pages in a line each."""

import numpy as np
import streamlit as st

from emotion_core.images import read_rgb, shrink
from emotion_core.vision.assets import ANNOTATED_CLIP
from emotion_core.vision.media.example import EXAMPLE_CREDIT, EXAMPLES
from emotion_core.vision.media.video_sampling import VIDEO_SUFFIXES, VideoReader
from pages.components.analyses import ask_example
from pages.components.webrtc import is_relayed

PHOTOS_PAGE = "pages/analyze.py"
_PAGES = {
    PHOTOS_PAGE: "Photos and video: your own files",
    "pages/data.py": "Data: the faces a model learns from",
    "pages/train.py": "Train: teach a model, watch it learn",
    "pages/runs.py": "Runs: compare what was trained",
    "pages/about.py": "About: the model, its limits, its uses",
}
_THUMBNAIL = 160  # pixels


def show_clip() -> None:
    """The looping clip that the program annotated beforehand, and what happens to a visitor's own frames."""
    with st.container(key="clip"):
        st.video(ANNOTATED_CLIP, loop=True, autoplay=True, muted=True)
    st.caption(f"A sample, with the faces that this program found in it. {EXAMPLE_CREDIT}")


def show_start(problem: str | None) -> bool:
    """What stands below START: the ways on without a camera, and what happens to the frames of one. True where the
    sample is to be played. problem: why the camera did not start."""
    if problem:
        st.warning(problem)
    row = st.container(horizontal=True, vertical_alignment="center")
    play = row.button("Play the sample", icon=":material/play_circle:", help="The clip below, read live on the server.")
    if problem:
        row.page_link(PHOTOS_PAGE, label="Use a picture or video", icon=":material/image_search:")
    relayed = ", and may be relayed by a TURN server on the way" if is_relayed() else ""
    row.caption(f"Your camera's frames are sent to this server{relayed}, read in memory and not stored.")
    return play


def show_welcome() -> None:
    """What the page does, pictures to try, and the other pages."""
    st.subheader("Which emotion does a network see in your face?")
    st.write("Press START and look into the camera. It reads an expression, not what you feel.")
    st.markdown("**No camera at hand? Try a picture.**")
    for column, (name, example) in zip(st.columns(3), EXAMPLES.items(), strict=True):
        column.image(_thumbnail(name), width="stretch", alt=example.title)
        if column.button(example.title, key=f"try {name}", width="stretch"):
            try_example(name)
    for page, line in _PAGES.items():
        st.page_link(page, label=line)


def try_example(name: str) -> None:
    """Go to Photos with an example. name: a key of `EXAMPLES`."""
    ask_example(name)
    st.switch_page(PHOTOS_PAGE)


@st.cache_data(show_spinner=False)
def _thumbnail(name: str) -> np.ndarray:
    """uint8 [120, 160, 3] RGB: the upper middle of the picture, or of the clip's first frame."""
    path = EXAMPLES[name].path
    if path.suffix in VIDEO_SUFFIXES:
        with VideoReader(path) as reader:
            image = next(iter(reader.frames())).image()
    else:
        image = read_rgb(path.read_bytes())
    width = image.shape[1]
    height = min(image.shape[0], width * 3 // 4)
    left = (width - height * 4 // 3) // 2
    return shrink(image[:height, left : width - left], _THUMBNAIL)
