"""A face beside the map of what moved its answer, with a legend and one sentence."""

import numpy as np
import streamlit as st

from emotion_core.images import FACE_SIZE
from emotion_core.vision.faces.classifier import Classifier
from emotion_core.vision.faces.drawing import LITTLE_HEAT
from emotion_core.vision.faces.explanation import Explanation, explain
from emotion_core.vision.faces.face import Face

_WIDTH = 144  # pixels
_SEEN, _MATTERS = "What the network sees", "What matters"
_LEGEND = """
<div style="font-size:.8rem;max-width:calc(2*{width}px + 1rem)">
<div style="height:.6rem;border-radius:.2rem;margin:.3rem 0;background:linear-gradient(to right,#888,#ff3c00)"></div>
<div style="display:flex;justify-content:space-between">
<span>covered: nothing lost</span><span>{loss:.0f} points lost</span></div></div>
"""


def offer_explanation(face: Face, classifier: Classifier, key: str) -> None:
    """A switch, and the explanation where it is on. It is of this picture alone: without smoothing or profile."""
    if face.crop is None or not st.toggle("Explain", key=f"explain {key}", help="Which parts of the face matter?"):
        return
    explanation = _explained(face.crop.tobytes(), face.emotion, classifier.model.fingerprint, classifier)
    faces = st.container(horizontal=True)
    faces.image(face.crop, _SEEN, width=_WIDTH, alt=_SEEN)
    faces.image(explanation.picture(face.crop), _MATTERS, width=_WIDTH, alt=_MATTERS)
    st.html(_LEGEND.format(width=_WIDTH, loss=100 * max(LITTLE_HEAT, float(explanation.heat.max()))))
    st.write(f"{explanation.sentence} This is of the one picture, without smoothing or profile.")


@st.cache_data(show_spinner="Covering parts of the face …", max_entries=64)
def _explained(crop: bytes, emotion: str, fingerprint: str, _classifier: Classifier) -> Explanation:
    face = np.frombuffer(crop, np.uint8).reshape(FACE_SIZE, FACE_SIZE)
    return explain(face, emotion, _classifier)
