"""The sample clip through the live page's own pipeline: no camera, no WebRTC, everything else as with one."""

import base64
import time
from collections.abc import Iterator
from fractions import Fraction

import av
import cv2
import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from emotion_core.vision.assets import SAMPLE_CLIP
from emotion_core.vision.faces.classifier import Classifier
from emotion_core.vision.live.stream import LiveStream
from emotion_core.vision.media.video_sampling import VideoReader
from pages.components.cache import stream_slots
from pages.components.live_answer import moment_html
from pages.components.server_load import giving_way

SECONDS = 60.0  # the clip five times, then it stops by itself
_LATE = 0.1  # seconds after which a frame is dropped, as a camera's would be
_QUALITY = 75  # of the pictures sent, about 35 kB each
_PLAYING = "sample_since"  # in the session's state: when it began, monotonic seconds


def is_playing() -> bool:
    return _PLAYING in st.session_state


def start(stream: LiveStream) -> None:
    """From now on the sample plays, until `stop` or its end."""
    stream.begin()
    st.session_state[_PLAYING] = time.monotonic()


def stop(stream: LiveStream) -> None:
    """The sample ends where it plays; its session stays like that of a camera."""
    if st.session_state.pop(_PLAYING, None) is not None:
        stream.end()


def play(stream: LiveStream, reading: Classifier, picture: DeltaGenerator, answer: DeltaGenerator) -> bool:
    """Play until the end, in this run of the page: a click anywhere ends the run, and the next one goes on. False where
    the server has no slot. picture, answer: places to fill."""
    stream.pipeline.use(reading)
    process = giving_way(stream.process, lambda: stream_slots().taken)
    for image in _paced(st.session_state[_PLAYING]):
        frame = av.VideoFrame.from_ndarray(image, format="rgb24")
        frame.pts, frame.time_base = 0, Fraction(1, 1000)
        drawn = process(frame)
        state = stream.state
        if state.refused:
            stop(stream)
            return False
        picture.html(_as_image(drawn.to_ndarray(format="bgr24")))
        answer.html(moment_html(stream, state, state.faces, "No face in sight"))
    stop(stream)
    return True


def _paced(since: float) -> Iterator[np.ndarray]:
    """The clip's frames at their times, again and again; since: when the first one was due, monotonic seconds."""
    while (elapsed := time.monotonic() - since) < SECONDS:
        with VideoReader(SAMPLE_CLIP) as reader:
            began = since + elapsed // reader.length * reader.length
            for frame in reader.frames():
                late = time.monotonic() - began - frame.time
                if late < _LATE:
                    time.sleep(max(0.0, -late))
                    yield frame.image()
            time.sleep(max(0.0, began + reader.length - time.monotonic()))


def _as_image(bgr: np.ndarray) -> str:
    jpeg = cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])[1]
    # within the page: as files, the pictures of a minute would wait in the server's memory until the run ends
    return f'<img alt="the sample" src="data:image/jpeg;base64,{base64.b64encode(jpeg.tobytes()).decode()}">'
