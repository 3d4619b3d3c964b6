"""What happens to one picture of a webcam: image and time in, faces out, and the faces drawn on it.

It knows no video frames and no other threads; `stream` has those.
"""

from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field

import numpy as np

from emotion_core.vision.detection.landmarks import LandmarkDetector
from emotion_core.vision.faces.alignment import crop_faces
from emotion_core.vision.faces.classifier import Classifier
from emotion_core.vision.faces.drawing import Overlay, draw_faces, draw_heat, draw_progress, draw_sentence
from emotion_core.vision.faces.face import Face, new_face
from emotion_core.vision.faces.occlusion import OcclusionMap
from emotion_core.vision.faces.smoothing import HALF_LIFE, EmotionFilter, OneEuroFilter
from emotion_core.vision.geometry import Box, Detector
from emotion_core.vision.live.personal_answers import PersonalAnswers
from emotion_core.vision.live.pose_sketch import draw_pose
from emotion_core.vision.live.posing import Pose
from emotion_core.vision.live.tracker import FaceTracker, Track

_BOX_CUTOFF, _BOX_SLOPE = 1.0, 0.03  # hertz, and hertz for each pixel a second
_SAME_SHAPE = 0.02  # how far the sides may differ from those of the same picture, made smaller


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


class LivePipeline:
    """Follows, classifies and smooths the faces of one stream. Not to be shared between threads, but for `use` and
    `use_detector`, which may be called from any.

    searches: where faces are looked for while the frames go on; without it, each frame waits for its own search.
    """

    def __init__(
        self,
        detector: Detector,
        landmark_detector: LandmarkDetector,
        classifier: Classifier,
        searches: Executor | None = None,
    ) -> None:
        self._classifier = classifier
        self._tracker = FaceTracker(detector, landmark_detector, searches)
        self.personal = PersonalAnswers()
        self.reset()

    def reset(self) -> None:
        """Forget every face."""
        self._tracker.restart(number=0)
        self.personal.lose()
        self._smoothers: dict[int, _Smoother] = {}
        self._view: tuple[int, int, bool] | None = None
        self._first_side = 0
        self._heat = OcclusionMap()

    @property
    def classifier(self) -> Classifier:
        """The network that reads the faces now."""
        return self._classifier

    def use(self, classifier: Classifier) -> None:
        """Classify with another network from the next picture on."""
        if classifier is not self._classifier:
            self._classifier, self._smoothers = classifier, {}

    def use_detector(self, detector: Detector) -> None:
        """Find faces with another detector from the next search on."""
        self._tracker.detector = detector

    def find_faces(self, image: np.ndarray, time: float, options: LiveOptions) -> tuple[Face, ...]:
        """The faces in sight with their smoothed answers, largest first.

        image: uint8 [height, width, 3], RGB, mirrored where the options say so; time: in seconds, rising.
        """
        self._adapt_to_view(image.shape[1], image.shape[0], options.mirror)
        smoothers, classifier = self._smoothers, self._classifier  # another thread may put new ones there
        tracks = self._tracker.update(image, time)
        crops = crop_faces(image, [track.landmarks for track in tracks])
        rows, features = classifier.read(crops)
        rows = self.personal.apply([track.track_id for track in tracks], rows, features, time, classifier, crops)
        known = self._tracker.numbers
        for track_id in [track_id for track_id in smoothers if track_id not in known]:
            del smoothers[track_id]
        return tuple(
            smoothers.setdefault(track.track_id, _Smoother()).face(track, row, crop, time, classifier, options)
            for track, row, crop in zip(tracks, rows, crops, strict=True)
        )

    def record(self, face: Face | None, is_good: bool, time: float) -> None:
        """A frame for the take of the person's profile that goes on, if one does. face: the one that is watched."""
        self.personal.watch(face.track_id if face else None, is_good, time)

    def draw(
        self,
        image: np.ndarray,
        faces: Sequence[Face],
        chosen: Face | None,
        options: LiveOptions,
        sentence: str,
        pose: Pose | None = None,
    ) -> np.ndarray:
        """The picture with its faces; the one that was chosen is explained where the options say so.

        A sentence comes at the bottom. What the person is to pose is sketched in a corner, and a ring shows the
        progress and the seconds that are left. The picture itself stays as it is.
        """
        if options.explanation and chosen and chosen.landmarks and chosen.crop is not None:
            heat = self._heat.update(chosen.crop, chosen.emotion, self._classifier, chosen.track_id)
            image = image.copy()
            draw_heat(image, chosen.landmarks, heat)
        drawn = draw_faces(image, faces, options.overlay)
        if pose:
            draw_pose(drawn, pose.emotion)
        if pose and chosen:
            draw_progress(drawn, chosen.box, pose.progress, str(pose.seconds_left))
        if sentence:
            draw_sentence(drawn, sentence)
        return drawn

    def in_camera(self, box: Box, image: np.ndarray, mirror: bool) -> Box:
        """Where a box lies in the camera's own picture, in pixels of the first one: neither the mirror nor a browser
        that sends smaller frames changes it."""
        height, width = image.shape[:2]
        self._first_side = self._first_side or max(height, width)
        scale = self._first_side / max(height, width)
        x = width - box.x - box.width if mirror else box.x
        width, height = max(1, round(scale * box.width)), max(1, round(scale * box.height))
        return Box(round(scale * x), round(scale * box.y), width, height)

    def _adapt_to_view(self, width: int, height: int, mirror: bool) -> None:
        """Get ready for pictures of this size, mirrored or not.

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


class _Smoother:
    """One track's memory."""

    def __init__(self) -> None:
        self._emotion = EmotionFilter()
        self.reset_position()

    def reset_position(self) -> None:
        """The next box has nothing to do with the last."""
        self._box = OneEuroFilter(_BOX_CUTOFF, _BOX_SLOPE)

    def face(
        self, track: Track, row: np.ndarray, crop: np.ndarray, time: float, classifier: Classifier, options: LiveOptions
    ) -> Face:
        """The track as it is shown; row: the network's probabilities for this picture."""
        below = classifier.uncertain_below if options.uncertain_below is None else options.uncertain_below
        mean, chosen, is_uncertain = self._emotion.update(row, time, options.half_life, below)
        x, y, width, height = self._box.update(np.array(track.landmarks.box.to_list(), float), time)
        return new_face(
            track.landmarks,
            crop,
            classifier.labels,
            mean,
            is_uncertain,
            box=Box(round(x), round(y), max(1, round(width)), max(1, round(height))),
            track_id=track.track_id,
            smoothed_emotion=classifier.labels[chosen],
        )
