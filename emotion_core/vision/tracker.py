"""Which face is which from frame to frame: found by a detector now and then, followed by the mesh in between."""

from collections.abc import Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass, field
from itertools import combinations

import numpy as np
from scipy.optimize import linear_sum_assignment

from emotion_core.vision.analyzer import SAME_FACE_IOU, Detector, confirmed
from emotion_core.vision.face import Box, Mesh
from emotion_core.vision.mesh import PRESENT, FaceMesh, Region, region_of

MOST_FACES = 6  # followed at once; each costs a look and a pass through the network in every frame
SEARCH_EVERY = 0.35  # seconds, while every face that was seen is still in sight
SEARCH_SHARE = 0.2  # of that time at most: on a busy server searches become rarer, not frames
SEARCH_WHEN_LOST = 0.1  # seconds, while a face was just lost, or there is none
EAGER_SEARCHES = 4  # that follow at once on a new face: it is rarely alone, and each search meets others
KEPT_FOR = 1.0  # seconds that a face may be out of sight and keep its number
_REACH = 1.5  # sides of its box that a face may have moved meanwhile


@dataclass
class Track:
    """A face that is followed. number: its own, from 1; mesh: where it was seen last, at time `seen` in seconds.

    strayed: how far its last step led away from where it was going, in sides of its box.
    """

    number: int
    mesh: Mesh
    seen: float
    is_visible: bool = True
    strayed: float = 0.0
    _step: np.ndarray = field(default_factory=lambda: np.zeros(2))  # pixels a frame

    @property
    def next_region(self) -> Region:
        """Where it should be a frame later if it goes on as it went."""
        region = region_of(self.mesh)
        return Region(region.x + self._step[0], region.y + self._step[1], region.side, region.angle)

    def move(self, mesh: Mesh, time: float) -> None:
        """See it at another place."""
        step = _centre(mesh.box) - _centre(self.mesh.box) if self.is_visible else np.zeros(2)
        self.strayed = float(np.hypot(*(step - self._step))) / self.mesh.box.width
        self._step = (self._step + step) / 2
        self.mesh, self.seen, self.is_visible = mesh, time, True


class FaceTracker:
    """Follows the faces of one stream. Not to be shared: it has a detector and a memory of its own.

    searches: where searches run, at most one of this stream at a time, so that frames go on meanwhile; without it each
    frame waits for its own.
    """

    def __init__(self, detector: Detector, mesh: FaceMesh, searches: Executor | None = None) -> None:
        self.detector = detector
        self._mesh = mesh
        self._searches = searches
        self._search: Future[list[Box]] | None = None
        self._tracks: list[Track] = []
        self._count = 0
        self._searched = -np.inf
        self._took = 0.0
        self._eager = EAGER_SEARCHES

    def update(self, image: np.ndarray, time: float) -> list[Track]:
        """The faces in sight in the next frame, largest first.

        image: uint8 [height, width, 3], RGB; time: in seconds, rising.
        """
        for track in self._tracks:
            if track.is_visible:
                self._follow(track, image, time)
        self._part_collapsed()
        lost = any(not track.is_visible for track in self._tracks) or not self._tracks
        pause = SEARCH_WHEN_LOST if lost or self._eager else max(SEARCH_EVERY, self._took / SEARCH_SHARE)
        if self._search is None and time - self._searched >= pause:
            self._searched, self._eager = time, max(0, self._eager - 1)
            self._search = self._begin_search(image)
        if self._search and self._search.done():
            boxes, self._search, self._took = self._search, None, time - self._searched
            self._take_up(self._new_faces(image, boxes.result()), time)
        self._tracks = [track for track in self._tracks if time - track.seen <= KEPT_FOR]
        return sorted(self._visible, key=lambda track: track.mesh.box.area, reverse=True)

    @property
    def numbers(self) -> set[int]:
        """Of all faces that are in sight or may come back."""
        return {track.number for track in self._tracks}

    @property
    def _visible(self) -> list[Track]:
        return [track for track in self._tracks if track.is_visible]

    def _follow(self, track: Track, image: np.ndarray, time: float) -> None:
        mesh, presence = self._mesh.look(image, track.next_region)
        if presence >= PRESENT and _overlaps_picture(mesh.box, image):
            track.move(mesh, time)
        else:
            track.is_visible = False

    def _part_collapsed(self) -> None:
        """Where two tracks have come to one face, the one that strayed there has lost its own behind it."""
        for first, second in combinations(self._visible, 2):
            if first.is_visible and second.is_visible and first.mesh.box.iou(second.mesh.box) > SAME_FACE_IOU:
                max(first, second, key=lambda track: track.strayed).is_visible = False

    def _begin_search(self, image: np.ndarray) -> "Future[list[Box]]":
        if self._searches:
            return self._searches.submit(self.detector.detect, image.copy())  # this frame will be drawn on
        done: Future[list[Box]] = Future()
        done.set_result(self.detector.detect(image))
        return done

    def _new_faces(self, image: np.ndarray, boxes: Sequence[Box]) -> list[Mesh]:
        """Faces that no visible track has, of those that were found in this frame or a little earlier."""
        boxes = [box for box in boxes if not any(_holds(t.mesh.box, box) for t in self._visible)]
        room = MOST_FACES - len(self._visible)
        return confirmed(image, boxes[:MOST_FACES], self._mesh, [track.mesh for track in self._visible])[:room]

    def _take_up(self, found: Sequence[Mesh], time: float) -> None:
        """Lost tracks go on with the nearest of the faces found; the rest begin their own."""
        lost = [track for track in self._tracks if not track.is_visible]
        taken = set()
        if lost and found:
            # in sides of the box, so that near and far faces count alike
            cost = np.array([[_distance(track.mesh.box, mesh.box) for mesh in found] for track in lost])
            for row, column in zip(*linear_sum_assignment(cost), strict=True):
                if cost[row, column] <= _REACH:
                    lost[row].move(found[column], time)
                    taken.add(column)
        for column, mesh in enumerate(found):
            if column not in taken:
                self._count, self._eager = self._count + 1, EAGER_SEARCHES
                self._tracks.append(Track(self._count, mesh, time))


def _centre(box: Box) -> np.ndarray:
    return np.array([box.x + box.width / 2, box.y + box.height / 2])


def _distance(one: Box, other: Box) -> float:
    return float(np.hypot(*(_centre(one) - _centre(other)))) / max(one.width, one.height)


def _holds(box: Box, other: Box) -> bool:
    """Whether the middle of the other box lies in this one."""
    x, y = _centre(other)
    return box.x <= x <= box.x + box.width and box.y <= y <= box.y + box.height


def _overlaps_picture(box: Box, image: np.ndarray) -> bool:
    """Whether most of the box is in the picture: a face that walked out is none."""
    height, width = image.shape[:2]
    across = min(box.x + box.width, width) - max(box.x, 0)
    down = min(box.y + box.height, height) - max(box.y, 0)
    return across > 0 and down > 0 and across * down >= box.area / 2
