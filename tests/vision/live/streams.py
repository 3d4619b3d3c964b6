"""What the tests of a stream share: frames, a clock set by hand, a stream."""

from fractions import Fraction

import av
import numpy as np

from emotion_core.vision.detection.available import LIVE_DETECTOR, new_detector
from emotion_core.vision.detection.landmarks import LandmarkDetector
from emotion_core.vision.faces.classifier import Classifier
from emotion_core.vision.live.slots import StreamSlots
from emotion_core.vision.live.stream import LiveStream


def frames_of(images: list[np.ndarray]) -> list[av.VideoFrame]:
    frames = [av.VideoFrame.from_ndarray(image, format="rgb24") for image in images]
    for number, frame in enumerate(frames):
        frame.pts, frame.time_base = number, Fraction(1, 30)
    return frames


class Clock:
    """Thirty frames a second, however long one takes."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        self.now += 1 / 90  # the stream asks for the time at most three times a frame
        return self.now


def new_stream(classifier: Classifier, slots: StreamSlots | None = None) -> LiveStream:
    return LiveStream(new_detector(LIVE_DETECTOR, live=True), LandmarkDetector(), classifier, slots, Clock())


def rgb(frame: av.VideoFrame) -> np.ndarray:
    return frame.to_ndarray(format="rgb24")
