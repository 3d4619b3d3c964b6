"""One visitor's webcam stream: frames in on a worker thread, the latest answer readable from any thread."""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass, field, replace

import av
import numpy as np

from emotion_core.vision.analyzer import Detector
from emotion_core.vision.classifier import Classifier
from emotion_core.vision.drawing import Overlay, draw_faces, draw_heat, draw_sentence
from emotion_core.vision.explanation import OcclusionMap
from emotion_core.vision.face import Box, Face
from emotion_core.vision.hints import hint
from emotion_core.vision.mesh import FaceMesh
from emotion_core.vision.places import Places
from emotion_core.vision.preprocessing import crop_faces
from emotion_core.vision.session import SessionLog
from emotion_core.vision.smoothing import EmotionFilter, OneEuroFilter
from emotion_core.vision.tracker import FaceTracker, Track

HALF_LIFE = 0.25  # seconds; chosen with `benchmarks/stability.py`
_BOX_CUTOFF, _BOX_SLOPE = 1.0, 0.03  # hertz, and hertz for each pixel a second
_RATE_WINDOW = 60  # frames over which the rate is averaged: two seconds at full speed
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class LiveOptions:
    """What the visitor wants to see.

    mirror: as in a mirror; explanation: which parts of the largest face moved the decision; hints: what would help.
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
        self._box = OneEuroFilter(_BOX_CUTOFF, _BOX_SLOPE)

    def face(
        self, track: Track, row: np.ndarray, crop: np.ndarray, now: float, classifier: Classifier, options: LiveOptions
    ) -> Face:
        """The track as it is shown; row: the network's probabilities for this frame."""
        below = classifier.uncertain_below if options.uncertain_below is None else options.uncertain_below
        mean, chosen, is_uncertain = self._emotion.update(row, now, options.half_life, below)
        x, y, width, height = self._box.update(np.array(track.mesh.box.to_list(), float), now)
        return Face(
            box=Box(round(x), round(y), max(1, round(width)), max(1, round(height))),
            probabilities=dict(zip(classifier.labels, mean.tolist(), strict=True)),
            is_uncertain=is_uncertain,
            crop=crop,
            mesh=track.mesh,
            track=track.number,
            decided=classifier.labels[chosen],
        )


class LiveStream:
    """Analyzes and draws the frames of one stream. Each visitor has one of their own, with its own detector.

    places: asked with every frame, where the number of streams is limited. clock: seconds that rise. searches: where
    faces are looked for while the frames go on; without it, each frame waits for its own search.
    """

    def __init__(
        self,
        detector: Detector,
        mesh: FaceMesh,
        classifier: Classifier,
        places: Places | None = None,
        clock: Callable[[], float] = time.monotonic,
        searches: Executor | None = None,
    ) -> None:
        self.options = LiveOptions()
        self.session = SessionLog()
        self.picture: np.ndarray | None = None  # the latest, as it was drawn
        self._detector, self._mesh, self._classifier = detector, mesh, classifier
        self._places, self._searches, self._clock = places, searches, clock
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
        """Seconds since the latest frame, or since the stream was made ready."""
        return self._clock() - self._heard

    def use(self, classifier: Classifier) -> None:
        """Classify with another network from the next frame on."""
        if classifier is not self._classifier:
            self._classifier, self._smoothers = classifier, {}

    def find_with(self, detector: Detector) -> None:
        """Find faces with another detector from the next search on."""
        self._detector = self._tracker.detector = detector

    def reset(self) -> None:
        """Forget what was seen, before the stream starts again."""
        self.session.reset()
        self._forget()

    def leave(self) -> None:
        """Give the place back when the stream has ended."""
        if self._places:
            self._places.leave(self)

    def process(self, frame: av.VideoFrame) -> av.VideoFrame:
        """The frame with its faces drawn; a frame that cannot be processed comes back as it is."""
        began = time.perf_counter()
        try:
            image = frame.to_ndarray(format="rgb24")
            drawn = av.VideoFrame.from_ndarray(self._look(image, began), format="rgb24")
            drawn.pts, drawn.time_base = frame.pts, frame.time_base
        except Exception:  # one bad frame must not end the stream
            if not self.state.failures:
                _log.exception("A frame could not be processed.")
            with self._lock:
                self._state = replace(self._state, failures=self._state.failures + 1)
            return frame
        return drawn

    def _forget(self) -> None:
        self._begin_tracks(())
        self._heat = OcclusionMap()
        self._times: deque[float] = deque(maxlen=_RATE_WINDOW)
        self._heard = self._clock()
        self.picture = None
        with self._lock:
            self._state = StreamState()

    def _begin_tracks(self, size: tuple[int, ...]) -> None:
        """Numbers begin at 1 again, so what is remembered of each goes too. size: the frames' shape."""
        self._tracker = FaceTracker(self._detector, self._mesh, self._searches)
        self._smoothers = {}
        self._size = size

    def _look(self, image: np.ndarray, began: float) -> np.ndarray:
        """The picture drawn, and everything about it counted."""
        options, now = self.options, self._clock()
        self._heard = now
        if options.mirror:
            image = np.ascontiguousarray(image[:, ::-1])
        if self._places and not self._places.take(self):
            draw_sentence(image, "All places are taken. Please try again in a minute.")
            with self._lock:
                self._state = replace(self._state, refused=True, faces=())
            return image
        if image.shape != self._size:  # a phone was turned: nothing is where it was
            self._begin_tracks(image.shape)
        faces = self._faces(image, now, options)
        advice = hint(image, faces[0] if faces else None) if options.hints else ""
        drawn = self._draw(image, faces, options, advice)
        self.session.add(now, faces)
        self._count(drawn, faces, advice, time.perf_counter() - began)
        return drawn

    def _faces(self, image: np.ndarray, now: float, options: LiveOptions) -> tuple[Face, ...]:
        classifier, smoothers = self._classifier, self._smoothers  # another thread may put new ones there
        tracks = self._tracker.update(image, now)
        crops = crop_faces(image, [track.mesh for track in tracks])
        rows = classifier.predict(crops)
        known = self._tracker.numbers
        for number in [number for number in smoothers if number not in known]:
            del smoothers[number]
        return tuple(
            smoothers.setdefault(track.number, _Smoother()).face(track, row, crop, now, classifier, options)
            for track, row, crop in zip(tracks, rows, crops, strict=True)
        )

    def _draw(self, image: np.ndarray, faces: tuple[Face, ...], options: LiveOptions, advice: str) -> np.ndarray:
        if options.explanation and faces and faces[0].mesh and faces[0].crop is not None:
            draw_heat(image, faces[0].mesh, self._heat.update(faces[0].crop, faces[0].emotion, self._classifier))
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
