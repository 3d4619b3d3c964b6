"""One visitor's webcam stream: frames in on a worker thread, the latest answer readable from any thread."""

import logging
import threading
import time
from collections import deque
from dataclasses import dataclass

import av

from emotion_core.vision.analyzer import FaceAnalyzer
from emotion_core.vision.classifier import Classifier
from emotion_core.vision.drawing import draw_faces
from emotion_core.vision.face import Face

_RATE_WINDOW = 60  # frames over which the rate is averaged: two seconds at full speed
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class StreamState:
    """What the stream has seen so far.

    frames: processed; frames_with_faces: those with a face; failures: those that could not be processed;
    faces: of the latest frame, largest first; milliseconds: spent on the latest; frames_per_second: processed.
    """

    frames: int = 0
    frames_with_faces: int = 0
    failures: int = 0
    faces: tuple[Face, ...] = ()
    milliseconds: float = 0.0
    frames_per_second: float = 0.0


class LiveStream:
    """Analyzes and draws the frames of one stream. Each visitor has one of their own, with its own detector."""

    def __init__(self, analyzer: FaceAnalyzer) -> None:
        self._analyzer = analyzer
        self._lock = threading.Lock()
        self._state = StreamState()
        self._times: deque[float] = deque(maxlen=_RATE_WINDOW)

    @property
    def state(self) -> StreamState:
        """The latest state, as a whole."""
        with self._lock:
            return self._state

    def use(self, classifier: Classifier) -> None:
        """Classify with another network from the next frame on."""
        self._analyzer.classifier = classifier

    def reset(self) -> None:
        """Forget what was seen, before the stream starts again."""
        with self._lock:
            self._state = StreamState()
            self._times.clear()

    def process(self, frame: av.VideoFrame) -> av.VideoFrame:
        """The frame with its faces drawn; a frame that cannot be processed comes back as it is."""
        began = time.perf_counter()
        try:
            image = frame.to_ndarray(format="rgb24")
            faces = tuple(self._analyzer.analyze(image))
            drawn = av.VideoFrame.from_ndarray(draw_faces(image, faces), format="rgb24")
            drawn.pts, drawn.time_base = frame.pts, frame.time_base
        except Exception:  # one bad frame must not end the stream
            _log.exception("A frame could not be processed.")
            self._count_failure()
            return frame
        self._count(faces, time.perf_counter() - began)
        return drawn

    def _count(self, faces: tuple[Face, ...], seconds: float) -> None:
        with self._lock:
            self._times.append(time.perf_counter())
            elapsed = self._times[-1] - self._times[0]
            self._state = StreamState(
                frames=self._state.frames + 1,
                frames_with_faces=self._state.frames_with_faces + bool(faces),
                failures=self._state.failures,
                faces=faces,
                milliseconds=seconds * 1000,
                frames_per_second=(len(self._times) - 1) / elapsed if elapsed > 0 else 0.0,
            )

    def _count_failure(self) -> None:
        with self._lock:
            state = self._state
            self._state = StreamState(state.frames, state.frames_with_faces, state.failures + 1)
