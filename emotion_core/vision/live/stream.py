"""One visitor's webcam stream: frames in on a worker thread, the latest answer readable from any thread."""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from typing import Any

import av
import cv2
import numpy as np

from emotion_core.vision.detection.landmarks import LandmarkDetector
from emotion_core.vision.faces.classifier import Classifier
from emotion_core.vision.faces.drawing import Overlay, draw_faces, draw_sentence
from emotion_core.vision.faces.face import Face
from emotion_core.vision.geometry import Detector
from emotion_core.vision.live.game import Game
from emotion_core.vision.live.hints import hint
from emotion_core.vision.live.pipeline import LiveOptions, LivePipeline
from emotion_core.vision.live.session_log import SessionLog
from emotion_core.vision.live.slots import StreamSlots

_RATE_WINDOW = 60  # frames over which the rate is averaged: two seconds at full speed
_MAX_LOGGED = 10  # kinds of failures of one stream that go into the server's log
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class StreamState:
    """What the stream has seen so far.

    frames: processed; frames_with_faces: those with a face; failures: those that could not be processed;
    refused: whether there was no slot for this stream; faces: of the latest frame, largest first; hint: a sentence or
    nothing; milliseconds: spent on the latest; frames_per_second: processed.
    """

    frames: int = 0
    frames_with_faces: int = 0
    failures: int = 0
    refused: bool = False
    faces: tuple[Face, ...] = ()
    hint: str = ""
    milliseconds: float = 0.0
    frames_per_second: float = 0.0


class LiveStream:
    """Brings the frames of one stream through a `LivePipeline`. Each visitor has one of their own.

    slots: asked with every frame, where the number of streams is limited. clock: seconds that rise. searches: see the
    pipeline. max_stay: seconds after which the slot goes to somebody who waits for one.
    """

    def __init__(
        self,
        detector: Detector,
        landmark_detector: LandmarkDetector,
        classifier: Classifier,
        slots: StreamSlots | None = None,
        clock: Callable[[], float] = time.monotonic,
        searches: Executor | None = None,
        max_stay: float = float("inf"),
    ) -> None:
        self.pipeline = LivePipeline(detector, landmark_detector, classifier, searches)
        self.max_stay = max_stay
        self.game = Game(self.pipeline.personal)
        self.options = LiveOptions()
        self.session = SessionLog()
        self.kept: dict[str, Any] = {}  # what the page keeps of this session: gone with it
        self.chosen: int | None = None  # `track_id` of the face that the visitor wants to know about
        self.slot_key = object()  # stands for this stream among the slots, which may outlive it
        self._slots, self._clock = slots, clock
        self._lock = threading.Lock()
        self.begin()

    @property
    def state(self) -> StreamState:
        """The latest state, as a whole."""
        with self._lock:
            return self._state

    @property
    def silence(self) -> float:
        """Seconds since the latest frame, or since the video began to play."""
        return self._clock() - self._heard

    def begin(self) -> None:
        """The video begins to play: the last session is forgotten, and from now on a frame is to be expected."""
        self.forget()
        self._times: deque[float] = deque(maxlen=_RATE_WINDOW)
        self._logged: set[str] = set()
        self._heard = self._clock()

    def chosen_face(self, faces: Sequence[Face]) -> Face | None:
        """Of the faces in sight the one that the visitor chose, else the first."""
        return next((face for face in faces if face.track_id == self.chosen), faces[0] if faces else None)

    def forget(self) -> None:
        """Forget the session: what was seen, and what the page kept of it."""
        self.session.reset()
        self.game.forget()
        self.kept = {}
        self.chosen = None
        with self._lock:
            self._state = StreamState()
            self._seen: tuple[np.ndarray, tuple[Face, ...]] | None = None

    def end(self) -> None:
        """Give the slot back and let go of the faces, when no more frames come. The session stays."""
        if self._slots:
            self._slots.leave(self.slot_key)
        self.pipeline.reset()
        with self._lock:
            self._state = replace(self._state, faces=(), hint="", refused=False)

    @property
    def keepsake(self) -> np.ndarray | None:
        """The latest picture with a face, uint8 [height, width, 3] RGB, drawn with names and bars; None without one."""
        with self._lock:
            seen = self._seen
        return draw_faces(*seen, Overlay(bars=True)) if seen else None

    def process(self, frame: av.VideoFrame) -> av.VideoFrame:
        """The frame with its faces drawn; a frame that cannot be processed comes back as it is."""
        try:
            drawn = _to_frame(self._process_image(frame.to_ndarray(format="rgb24"), time.perf_counter()))
            drawn.pts, drawn.time_base = frame.pts, frame.time_base
        except Exception as error:  # one bad frame must not end the stream
            self._note_failure(error)
            return frame
        return drawn

    def _process_image(self, image: np.ndarray, began: float) -> np.ndarray:
        """The picture drawn, and everything about it counted."""
        options, now = self.options, self._clock()
        self._heard = now
        if options.mirror:
            image = cv2.flip(image, 1)  # by slicing it takes twenty times as long
        if self._slots and not self._slots.take(self.slot_key, self.max_stay):
            return self._refused(image, self._slots.was_evicted(self.slot_key))
        faces = self.pipeline.find_faces(image, now, options)
        chosen = self.game.player(faces, self.chosen_face(faces), now)
        advice = hint(image, chosen)
        self.pipeline.record(chosen, is_good=not advice, time=now)
        self.game.watch(faces, chosen, image, now, self.pipeline.classifier)
        game, take = self.game.state, self.pipeline.personal.state
        prompt = game.prompt or take.prompt
        advice = advice if options.hints or prompt else ""
        drawn = self.pipeline.draw(image, faces, chosen, options, f"{prompt} {advice}".strip(), game.pose or take.pose)
        boxes = [self.pipeline.in_camera(face.box, image, options.mirror) for face in faces]
        self.session.add(now, [replace(face, box=box) for face, box in zip(faces, boxes, strict=True)])
        self._count(image, faces, advice, time.perf_counter() - began)
        return drawn

    def _refused(self, image: np.ndarray, is_over: bool) -> np.ndarray:
        draw_sentence(image, "Your turn has ended: somebody is waiting." if is_over else "All slots are in use.")
        with self._lock:
            self._state = replace(self._state, refused=True, faces=())
        return image

    def _count(self, image: np.ndarray, faces: tuple[Face, ...], advice: str, seconds: float) -> None:
        with self._lock:
            self._seen = (image, faces) if faces else self._seen
            self._times.append(time.perf_counter())
            elapsed = self._times[-1] - self._times[0]
            self._state = StreamState(
                frames=self._state.frames + 1,
                frames_with_faces=self._state.frames_with_faces + bool(faces),
                failures=self._state.failures,
                faces=faces,
                hint=advice,
                milliseconds=seconds * 1000,
                frames_per_second=(len(self._times) - 1) / elapsed if elapsed > 0 else 0.0,
            )

    def _note_failure(self, error: Exception) -> None:
        """Count it, and log each kind of failure once: thirty tracebacks a second would fill the log."""
        kind = f"{type(error).__name__}: {error}"
        if kind not in self._logged and len(self._logged) < _MAX_LOGGED:
            self._logged.add(kind)
            _log.exception("A frame could not be processed.")
        with self._lock:
            self._state = replace(self._state, failures=self._state.failures + 1, faces=())


def _to_frame(image: np.ndarray) -> av.VideoFrame:
    """A picture, uint8 [height, width, 3] RGB, as the video encoders want it: OpenCV needs a tenth of the time in which
    FFmpeg's scaler would bring it there. It takes even sides only, which is what browsers send."""
    if image.shape[0] % 2 or image.shape[1] % 2:
        return av.VideoFrame.from_ndarray(image, format="rgb24")
    planes = np.asarray(cv2.cvtColor(image, cv2.COLOR_RGB2YUV_I420), np.uint8)
    return av.VideoFrame.from_ndarray(planes, format="yuv420p")
