"""One visitor's webcam stream: frames in on a worker thread, the latest answer readable from any thread."""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field, replace
from typing import Any

import av
import cv2
import numpy as np

from emotion_core.vision.detection.landmarks import LandmarkDetector
from emotion_core.vision.faces.alignment import crop_faces
from emotion_core.vision.faces.classifier import Classifier
from emotion_core.vision.faces.drawing import Overlay, draw_faces, draw_heat, draw_sentence
from emotion_core.vision.faces.face import Face
from emotion_core.vision.faces.occlusion import OcclusionMap
from emotion_core.vision.geometry import Box, Detector
from emotion_core.vision.live.hints import hint
from emotion_core.vision.live.session_log import SessionLog
from emotion_core.vision.live.slots import StreamSlots
from emotion_core.vision.live.smoothing import EmotionFilter, OneEuroFilter
from emotion_core.vision.live.tracker import FaceTracker, Track

HALF_LIFE = 0.15  # seconds; chosen with `benchmarks/stability.py`
_BOX_CUTOFF, _BOX_SLOPE = 1.0, 0.03  # hertz, and hertz for each pixel a second
_RATE_WINDOW = 60  # frames over which the rate is averaged: two seconds at full speed
_SAME_SHAPE = 0.02  # how far the sides may differ from those of the same picture, made smaller
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class LiveOptions:
    """What the visitor wants to see.

    mirror: as in a mirror; explanation: which parts of the face moved the decision; hints: what would help.
    half_life: of the smoothing, in seconds, 0 for none; uncertain_below: a confidence, None for the model's own.
    """

    overlay: Overlay = field(default_factory=Overlay)
    mirror: bool = True
    explanation: bool = False
    hints: bool = True
    half_life: float = HALF_LIFE
    uncertain_below: float | None = None


@dataclass(frozen=True)
class StreamState:
    """What the stream has seen so far.

    frames: processed; frames_with_faces: those with a face; failures: those that could not be processed;
    refused: whether there was no place for this stream; faces: of the latest frame, largest first; hint: a sentence or
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


class _Smoother:
    """One track's memory."""

    def __init__(self) -> None:
        self._emotion = EmotionFilter()
        self.reset_position()

    def reset_position(self) -> None:
        """The next box has nothing to do with the last."""
        self._box = OneEuroFilter(_BOX_CUTOFF, _BOX_SLOPE)

    def face(
        self, track: Track, row: np.ndarray, crop: np.ndarray, now: float, classifier: Classifier, options: LiveOptions
    ) -> Face:
        """The track as it is shown; row: the network's probabilities for this frame."""
        below = classifier.uncertain_below if options.uncertain_below is None else options.uncertain_below
        mean, chosen, is_uncertain = self._emotion.update(row, now, options.half_life, below)
        x, y, width, height = self._box.update(np.array(track.landmarks.box.to_list(), float), now)
        return Face(
            box=Box(round(x), round(y), max(1, round(width)), max(1, round(height))),
            probabilities=dict(zip(classifier.labels, mean.tolist(), strict=True)),
            is_uncertain=is_uncertain,
            crop=crop,
            landmarks=track.landmarks,
            track_id=track.track_id,
            smoothed_emotion=classifier.labels[chosen],
        )


class LiveStream:
    """Analyzes and draws the frames of one stream. Each visitor has one of their own, with its own detector.

    slots: asked with every frame, where the number of streams is limited. clock: seconds that rise. searches: where
    faces are looked for while the frames go on; without it, each frame waits for its own search. max_stay: seconds
    after which the place goes to somebody who waits for one.
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
        self.max_stay = max_stay
        self.options = LiveOptions()
        self.session = SessionLog()
        self.picture: np.ndarray | None = None  # the latest, as it was drawn
        self.kept: dict[str, Any] = {}  # what the page keeps of this session: gone with it
        self.chosen: int | None = None  # number of the face that the visitor wants to know about
        self.slot_key = object()  # stands for this stream among the slots, which may outlive it
        self._classifier, self._slots, self._clock = classifier, slots, clock
        self._tracker = FaceTracker(detector, landmark_detector, searches)
        self._lock = threading.Lock()
        self._state = StreamState()
        self._smoothers: dict[int, _Smoother] = {}
        self._forget()

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
        """The video begins to play: from now on a frame is to be expected."""
        self._heard = self._clock()

    def chosen_face(self, faces: Sequence[Face]) -> Face | None:
        """Of the faces in sight the one that the visitor chose, else the first."""
        return next((face for face in faces if face.track_id == self.chosen), faces[0] if faces else None)

    def use(self, classifier: Classifier) -> None:
        """Classify with another network from the next frame on."""
        if classifier is not self._classifier:
            self._classifier, self._smoothers = classifier, {}

    def use_detector(self, detector: Detector) -> None:
        """Find faces with another detector from the next search on."""
        self._tracker.detector = detector

    def reset(self) -> None:
        """Forget what was seen, before the stream starts again."""
        self.session.reset()
        self._forget()

    def end(self) -> None:
        """Give the place back and forget what was seen, when no more frames come."""
        if self._slots:
            self._slots.leave(self.slot_key)
        self.reset()

    def process(self, frame: av.VideoFrame) -> av.VideoFrame:
        """The frame with its faces drawn; a frame that cannot be processed comes back as it is."""
        began = time.perf_counter()
        try:
            image = frame.to_ndarray(format="rgb24")
            drawn = _to_frame(self._process_image(image, began))
            drawn.pts, drawn.time_base = frame.pts, frame.time_base
        except Exception:  # one bad frame must not end the stream
            if not self.state.failures:
                _log.exception("A frame could not be processed.")
            with self._lock:
                self._state = replace(self._state, failures=self._state.failures + 1, faces=())
            return frame
        return drawn

    def _forget(self) -> None:
        self._tracker.restart(number=0)
        self._smoothers = {}
        self._view: tuple[int, int, bool] | None = None
        self._heat = OcclusionMap()
        self._times: deque[float] = deque(maxlen=_RATE_WINDOW)
        self._first_side = 0
        self.begin()
        self.picture = None
        self.kept = {}
        self.chosen = None
        with self._lock:
            self._state = StreamState()

    def _adapt_to_view(self, width: int, height: int, mirror: bool) -> None:
        """Get ready for frames of this size, mirrored or not.

        A browser that is short of time sends smaller frames, which show the same at another scale. In a phone that was
        turned, or in the mirror, nothing is where it was.
        """
        view, before = (width, height, mirror), self._view
        self._view = view
        if before is None or before == view:
            return
        factor = width / before[0]
        if mirror == before[2] and abs(height / before[1] - factor) < _SAME_SHAPE * factor:
            self._tracker.rescale(factor)
            for smoother in self._smoothers.values():
                smoother.reset_position()
        else:
            self._tracker.restart()
            self._smoothers = {}

    def _process_image(self, image: np.ndarray, began: float) -> np.ndarray:
        """The picture drawn, and everything about it counted."""
        options, now = self.options, self._clock()
        self._heard = now
        if options.mirror:
            image = cv2.flip(image, 1)  # by slicing it takes twenty times as long
        if self._slots and not self._slots.take(self.slot_key, self.max_stay):
            is_over = self._slots.was_evicted(self.slot_key)
            draw_sentence(image, "Your time is over: somebody waits." if is_over else "All places are taken.")
            with self._lock:
                self._state = replace(self._state, refused=True, faces=())
            return image
        self._adapt_to_view(image.shape[1], image.shape[0], options.mirror)
        classifier = self._classifier  # another thread may put another one there
        faces = self._faces(image, now, options, classifier)
        advice = hint(image, self.chosen_face(faces)) if options.hints else ""
        drawn = self._draw(image, faces, options, advice, classifier)
        self.session.add(now, [replace(face, box=self._in_camera(face.box, image, options.mirror)) for face in faces])
        self._count(drawn, faces, advice, time.perf_counter() - began)
        return drawn

    def _in_camera(self, box: Box, image: np.ndarray, mirror: bool) -> Box:
        """Where the box lies in the camera's own picture, in pixels of the first frame: neither the mirror nor a
        browser that sends smaller frames changes it."""
        height, width = image.shape[:2]
        self._first_side = self._first_side or max(height, width)
        scale = self._first_side / max(height, width)
        x = width - box.x - box.width if mirror else box.x
        width, height = max(1, round(scale * box.width)), max(1, round(scale * box.height))
        return Box(round(scale * x), round(scale * box.y), width, height)

    def _faces(self, image: np.ndarray, now: float, options: LiveOptions, classifier: Classifier) -> tuple[Face, ...]:
        smoothers = self._smoothers  # another thread may put new ones there
        tracks = self._tracker.update(image, now)
        crops = crop_faces(image, [track.landmarks for track in tracks])
        rows = classifier.predict(crops)
        known = self._tracker.numbers
        for number in [number for number in smoothers if number not in known]:
            del smoothers[number]
        return tuple(
            smoothers.setdefault(track.track_id, _Smoother()).face(track, row, crop, now, classifier, options)
            for track, row, crop in zip(tracks, rows, crops, strict=True)
        )

    def _draw(
        self, image: np.ndarray, faces: tuple[Face, ...], options: LiveOptions, advice: str, classifier: Classifier
    ) -> np.ndarray:
        face = self.chosen_face(faces)
        if options.explanation and face and face.landmarks and face.crop is not None:
            draw_heat(image, face.landmarks, self._heat.update(face.crop, face.emotion, classifier, face.track_id))
        drawn = draw_faces(image, faces, options.overlay)
        if advice:
            draw_sentence(drawn, advice)
        return drawn

    def _count(self, drawn: np.ndarray, faces: tuple[Face, ...], advice: str, seconds: float) -> None:
        with self._lock:
            self.picture = drawn
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


def _to_frame(image: np.ndarray) -> av.VideoFrame:
    """A picture, uint8 [height, width, 3] RGB, as the video encoders want it: OpenCV needs a tenth of the time in which
    FFmpeg's scaler would bring it there. It takes even sides only, which is what browsers send."""
    if image.shape[0] % 2 or image.shape[1] % 2:
        return av.VideoFrame.from_ndarray(image, format="rgb24")
    planes = np.asarray(cv2.cvtColor(image, cv2.COLOR_RGB2YUV_I420), np.uint8)
    return av.VideoFrame.from_ndarray(planes, format="yuv420p")
