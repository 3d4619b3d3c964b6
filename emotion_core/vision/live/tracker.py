"""Which face is which from frame to frame: found by a detector now and then, followed by the landmarks in between."""

import time as clock
from collections import deque
from collections.abc import Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass, field, replace
from itertools import combinations

import numpy as np

from emotion_core.vision.detection.landmarks import PRESENCE_THRESHOLD, LandmarkDetector, Region, search_region
from emotion_core.vision.faces.analyzer import SAME_FACE_IOU, confirmed
from emotion_core.vision.geometry import Box, Detector, Landmarks

_MAX_DETECTIONS = 12  # looked at after a search, largest first
MAX_FACES = 6  # followed at once; each costs a look and a pass through the network in every frame
# Seconds from the beginning of one search to that of the next, while every face that was seen is still in sight, and
# while one was just lost, is new, or there is none. A search takes a share of that time at most: on a busy server
# searches become rarer, not frames.
SEARCH_EVERY, SEARCH_SHARE = 0.25, 0.3
SEARCH_WHEN_LOST, SEARCH_SHARE_WHEN_LOST = 0.1, 0.5
MAX_SEARCH_INTERVAL = 2.0  # however long a search took
EAGER_SEARCHES = 4  # that follow at once on a new face: it is rarely alone, and each search meets others
KEPT_FOR = 1.0  # seconds that a face may be out of sight and keep its number
_REACH = 1.5  # sides of its box that a face may have moved meanwhile
LEAD = 1.3  # times its size that another face must have to come before the first one


@dataclass
class Track:
    """A face that is followed. track_id: its own, from 1; landmarks: where it was seen last, at time `seen` in seconds.

    strayed: how far its last step led away from where it was going, in sides of its box.
    """

    track_id: int
    landmarks: Landmarks
    seen: float
    is_visible: bool = True
    strayed: float = 0.0
    _step: np.ndarray = field(default_factory=lambda: np.zeros(2))  # pixels a frame

    def scale(self, factor: float) -> None:
        """Go on in a picture of another size."""
        self.landmarks, self._step = (
            replace(self.landmarks, points=self.landmarks.points * np.float32(factor)),
            self._step * factor,
        )

    @property
    def next_region(self) -> Region:
        """Where it should be a frame later if it goes on as it went."""
        region = search_region(self.landmarks)
        return Region(region.x + self._step[0], region.y + self._step[1], region.side, region.angle)

    def move(self, landmarks: Landmarks, time: float) -> None:
        """See it at another place."""
        step = landmarks.box.centre - self.landmarks.box.centre if self.is_visible else np.zeros(2)
        self.strayed = float(np.hypot(*(step - self._step))) / self.landmarks.box.width
        self._step = (self._step + step) / 2
        self.landmarks, self.seen, self.is_visible = landmarks, time, True


class FaceTracker:
    """Follows the faces of one stream. Not to be shared: it has a detector and a memory of its own.

    searches: where searches run, at most one of this stream at a time, so that frames go on meanwhile; without it each
    frame waits for its own. What a search finds is of use as long as the picture stays as it was: see `restart`.
    """

    def __init__(
        self, detector: Detector, landmark_detector: LandmarkDetector, searches: Executor | None = None
    ) -> None:
        self.detector = detector
        self._landmark_detector = landmark_detector
        self._searches = searches
        self._search: Future[tuple[list[Box], float]] | None = None
        self._is_outdated = False  # the search that is going on
        self._tracks: list[Track] = []
        self._count = 0
        self._searched = -np.inf
        self._took = deque([0.0, 0.0], maxlen=2)  # seconds of the last searches; two detectors may take turns
        self._first = 0  # number of the face that came first last time
        self._eager = EAGER_SEARCHES

    def update(self, image: np.ndarray, time: float) -> list[Track]:
        """The faces in sight in the next frame, largest first; of faces about as large the one that was first stays so.

        image: uint8 [height, width, 3], RGB; time: in seconds, rising.
        """
        for track in self._tracks:
            if track.is_visible:
                self._follow(track, image, time)
        self._part_collapsed()
        if self._search is None and time - self._searched >= self._pause:
            self._searched, self._eager = time, max(0, self._eager - 1)
            self._search = self._begin_search(image)
        if self._search and self._search.done():
            search, self._search, is_outdated, self._is_outdated = self._search, None, self._is_outdated, False
            boxes, took = search.result()
            self._took.append(took)
            self._take_up(self._new_faces(image, [] if is_outdated else boxes), time)
        self._tracks = [track for track in self._tracks if time - track.seen <= KEPT_FOR]
        faces = sorted(self._visible, key=self._weight, reverse=True)
        self._first = faces[0].track_id if faces else self._first
        return faces

    def restart(self, number: int | None = None) -> None:
        """Forget all faces: the picture shows something else now. number: of the last face, to count on from."""
        self._tracks, self._eager, self._searched = [], EAGER_SEARCHES, -np.inf
        self._count = self._count if number is None else number
        self._is_outdated = self._search is not None  # its detector is busy with it until it is done

    def rescale(self, factor: float) -> None:
        """Follow the same faces in pictures that are this much larger."""
        for track in self._tracks:
            track.scale(factor)
        self._is_outdated = self._search is not None

    @property
    def numbers(self) -> set[int]:
        """Of all faces that are in sight or may come back."""
        return {track.track_id for track in self._tracks}

    @property
    def _pause(self) -> float:
        lost = any(not track.is_visible for track in self._tracks) or not self._tracks or self._eager
        least, share = (SEARCH_WHEN_LOST, SEARCH_SHARE_WHEN_LOST) if lost else (SEARCH_EVERY, SEARCH_SHARE)
        return min(MAX_SEARCH_INTERVAL, max(least, self._took[0] / share))

    def _weight(self, track: Track) -> float:
        return track.landmarks.box.area * (LEAD if track.track_id == self._first else 1)

    @property
    def _visible(self) -> list[Track]:
        return [track for track in self._tracks if track.is_visible]

    def _follow(self, track: Track, image: np.ndarray, time: float) -> None:
        landmarks, presence = self._landmark_detector.locate(image, track.next_region)
        if presence >= PRESENCE_THRESHOLD and _overlaps_picture(landmarks.box, image):
            track.move(landmarks, time)
        else:
            track.is_visible = False

    def _part_collapsed(self) -> None:
        """Where two tracks have come to one face, the one that strayed there has lost its own behind it."""
        for first, second in combinations(self._visible, 2):
            if first.is_visible and second.is_visible and first.landmarks.box.iou(second.landmarks.box) > SAME_FACE_IOU:
                max(first, second, key=lambda track: track.strayed).is_visible = False

    def _begin_search(self, image: np.ndarray) -> "Future[tuple[list[Box], float]]":
        if self._searches:
            return self._searches.submit(_timed_search, self.detector, image.copy())  # this frame will be drawn on
        done: Future[tuple[list[Box], float]] = Future()
        done.set_result(_timed_search(self.detector, image))
        return done

    def _new_faces(self, image: np.ndarray, boxes: Sequence[Box]) -> list[Landmarks]:
        """Faces that no visible track has, of those that were found in this frame or a little earlier."""
        room = MAX_FACES - len(self._visible)
        boxes = [box for box in boxes if not any(_holds(t.landmarks.box, box) for t in self._visible)] if room else []
        return confirmed(
            image, boxes[:_MAX_DETECTIONS], self._landmark_detector, [track.landmarks for track in self._visible]
        )[:room]

    def _take_up(self, found: Sequence[Landmarks], time: float) -> None:
        """Lost tracks go on with the nearest of the faces found; the rest begin their own."""
        lost = [track for track in self._tracks if not track.is_visible]
        taken = set()
        if lost and found:
            # in sides of the box, so that near and far faces count alike
            cost = np.array([[_distance(track.landmarks.box, landmarks.box) for landmarks in found] for track in lost])
            out_of_reach = np.where(cost > _REACH, 1e3, cost)  # or a pair that cannot be would part one that can
            for row, column in _pairs(out_of_reach):
                if cost[row, column] <= _REACH:
                    lost[row].move(found[column], time)
                    taken.add(column)
        for column, landmarks in enumerate(found):
            if column not in taken:
                self._count, self._eager = self._count + 1, EAGER_SEARCHES
                self._tracks.append(Track(self._count, landmarks, time))


def _timed_search(detector: Detector, image: np.ndarray) -> tuple[list[Box], float]:
    """What the detector finds, and the seconds it took."""
    began = clock.perf_counter()
    return detector.detect(image), clock.perf_counter() - began


def _pairs(cost: np.ndarray) -> list[tuple[int, int]]:
    """Rows and columns that belong together at the least cost in all."""
    if cost.size == 1:
        return [(0, 0)]
    from scipy.optimize import linear_sum_assignment  # imported here: single faces never need its 30 MiB

    return list(zip(*(side.tolist() for side in linear_sum_assignment(cost)), strict=True))


def _distance(one: Box, other: Box) -> float:
    return float(np.hypot(*(one.centre - other.centre))) / max(one.width, one.height)


def _holds(box: Box, other: Box) -> bool:
    """Whether the middle of the other box lies in this one."""
    x, y = other.centre
    return box.x <= x <= box.x + box.width and box.y <= y <= box.y + box.height


def _overlaps_picture(box: Box, image: np.ndarray) -> bool:
    """Whether most of the box is in the picture: a face that walked out is none."""
    height, width = image.shape[:2]
    across = min(box.x + box.width, width) - max(box.x, 0)
    down = min(box.y + box.height, height) - max(box.y, 0)
    return across > 0 and down > 0 and across * down >= box.area / 2
