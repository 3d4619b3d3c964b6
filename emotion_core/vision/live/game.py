"""Show all seven: half a minute of posing, one emotion after the other, measured against one's own neutral face."""

import threading
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from emotion_core.emotions import NEUTRAL
from emotion_core.registry.model_schemas import Emotion
from emotion_core.vision.faces.classifier import Classifier
from emotion_core.vision.faces.face import Face
from emotion_core.vision.faces.portrait import portrait
from emotion_core.vision.geometry import Box
from emotion_core.vision.live.followed_face import FollowedFace
from emotion_core.vision.live.personal_answers import PersonalAnswers
from emotion_core.vision.live.posing import HOW_TO, Pose, prompt

READY_SECONDS, POSE_SECONDS = 1.0, 3.5  # of each round; only what shows the player's face counts
MOST_POINTS = 100 * (len(HOW_TO) - 1)  # of all rounds; the neutral face is the measure and wins none
_EASE = 2.5  # nats of log-odds that win 63 points
_LEAST = 0.005  # probabilities are not told apart below it, nor above 1 less it
_HALF_LIFE = 0.25  # seconds over which the log-odds are averaged: one lucky frame wins nothing
_MAX_STEP = 0.5  # seconds that one frame may count for
_LEAD, _LEAD_STEP = 6, 0.12  # pictures kept of what led to a best moment, and seconds between them


def points(probability: float, neutral: float) -> int:
    """What an emotion's probability wins, 0 to 100, where the own neutral face has `neutral` of it.

    100 (1 - exp(-rise / 2.5)) of the rise in log-odds, not of the difference: posed disgust seldom comes near 100 %,
    but often to many times what the neutral face shows. Of 784 posed faces of 19 people the median wins 92 for happy,
    85 for surprise, 74 for sad, 68 for angry, 57 for fear and 48 for disgust; another neutral face at most 4.

    >>> points(0.9, 0.05), points(0.2, 0.01), points(0.05, 0.05)
    (87, 72, 0)
    """
    return round(100 * (1 - float(np.exp(-max(0.0, _log_odds(probability) - _log_odds(neutral)) / _EASE))))


@dataclass(frozen=True)
class Moment:
    """The best moment of a round. crop: the player's face, uint8 [240, 240, 3] RGB; lead: the same size, what came just
    before."""

    emotion: Emotion
    points: int
    crop: np.ndarray
    lead: tuple[np.ndarray, ...] = ()


@dataclass(frozen=True)
class GameState:
    """emotion: to pose now, None while no game goes on; is_ready: it counts already; is_paused: the player's face is
    out of sight; progress: of the round, 0 to 1; points: at this moment; moments: of the rounds that are over."""

    emotion: Emotion | None = None
    is_ready: bool = False
    is_paused: bool = False
    progress: float = 0.0
    points: int = 0
    moments: tuple[Moment, ...] = ()

    @property
    def is_over(self) -> bool:
        """Whether there are seven moments to look at."""
        return self.emotion is None and len(self.moments) == len(HOW_TO)

    @property
    def total(self) -> int:
        """Points of all rounds."""
        return sum(moment.points for moment in self.moments)

    @property
    def pose(self) -> Pose | None:
        """What is to be posed now, None while no game goes on."""
        return Pose(self.emotion, self.progress, POSE_SECONDS) if self.emotion else None

    @property
    def prompt(self) -> str:
        """What to do now, for the video; nothing while no game goes on."""
        if self.emotion is None:
            return ""
        if self.is_paused:
            return "Come back into the picture."
        won = f"{self.points} points." if self.is_ready and self.emotion != NEUTRAL else ""
        return prompt(self.emotion, self.is_ready, won)


@dataclass
class _Round:
    """What is known of the round that goes on. value: log-odds of its emotion, averaged; best: the highest probability
    so far, and moment what it looked like; pictured: time of the latest picture in `lead`."""

    elapsed: float = 0.0
    value: float | None = None
    best: float = -1.0
    moment: Moment | None = None
    pictured: float = -np.inf
    lead: deque[np.ndarray] = field(default_factory=lambda: deque(maxlen=_LEAD))

    def add(self, log_odds: float, step: float) -> float:
        """Average one frame's log-odds in; the probability that they come to. step: seconds since the last one."""
        share = 1.0 if self.value is None else 1 - 0.5 ** (step / _HALF_LIFE)
        self.value = log_odds if self.value is None else self.value + share * (log_odds - self.value)
        self.elapsed += step
        return 1 / (1 + float(np.exp(-self.value)))


class Game:
    """One stream's game. The stream's thread calls `player` and `watch`, the page's thread everything else.

    The player is the person of the profile, where there is one, else the face that is watched when it begins. Nothing
    of anybody else is kept: other faces in the crop are painted over. A lost track goes on under the rule of
    `FollowedFace`.
    """

    def __init__(self, personal: PersonalAnswers) -> None:
        self._personal = personal
        self._lock = threading.RLock()
        self._is_recording = False
        self.forget()

    @property
    def state(self) -> GameState:
        """As a whole."""
        with self._lock:
            return self._state

    def forget(self) -> None:
        """End the game and the take of the neutral face that it began, and forget its moments."""
        with self._lock:
            if self._is_recording and self._personal.state.recording == NEUTRAL:
                self._personal.cancel()
            self._state, self._round, self._is_recording = GameState(), _Round(), False
            self._face, self._last = FollowedFace(), 0.0

    def start(self) -> None:
        """Begin with the neutral face, which is recorded for the player's profile where there is none."""
        with self._lock:
            self.forget()
            self._state = GameState(emotion=NEUTRAL)

    def player(self, faces: Sequence[Face], chosen: Face | None, time: float) -> Face | None:
        """The player among the faces in sight; while no game goes on, `chosen`, the one that is watched."""
        with self._lock:
            if self._state.emotion is None:
                return chosen
            if self._face.track_id is None and (first := self._personal.track_id or (chosen and chosen.track_id)):
                self._face.begin(first)
                self._last = time
            found = self._face.find([face.track_id for face in faces], time)
            return next((face for face in faces if face.track_id == found), None)

    def watch(
        self, faces: Sequence[Face], face: Face | None, image: np.ndarray, time: float, classifier: Classifier
    ) -> None:
        """One frame, uint8 [height, width, 3] RGB, and the faces in it; face: what `player` says of them."""
        with self._lock:
            emotion = self._state.emotion
            if emotion is None or (face and face.track_id != self._face.track_id):  # it began after `player` was asked
                return
            row = self._personal.latest(face.track_id) if face else None
            step, self._last = min(_MAX_STEP, max(0.0, time - self._last)), time
            self._state = replace(self._state, is_paused=row is None)
            if face is None or row is None:
                return
            neutral, place = self._neutral(), classifier.labels.index(emotion)
            if neutral is None and emotion != NEUTRAL:
                self.forget()  # the profile is gone: a pose must not be taken for the neutral face
                return
            if neutral is None and not self._personal.state.recording:
                self._personal.record(NEUTRAL)
                self._is_recording = True
            shown = self._round.add(_log_odds(row[place]), step)
            others = [other.box for other in faces if other.track_id != face.track_id]
            self._take_picture(image, face.box, others, time)
            won = 0 if emotion == NEUTRAL or neutral is None else points(shown, neutral[place])
            if self._round.elapsed >= READY_SECONDS:
                self._note(emotion, shown, won, portrait(image, face.box, others), has_neutral=neutral is not None)

    def _take_picture(self, image: np.ndarray, box: Box, others: Sequence[Box], time: float) -> None:
        if time - self._round.pictured >= _LEAD_STEP:
            self._round.lead.append(portrait(image, box, others))
            self._round.pictured = time

    def _note(self, emotion: Emotion, shown: float, won: int, crop: np.ndarray, has_neutral: bool) -> None:
        """Keep the best moment, and end the round when its time is over and the neutral face is known."""
        now = self._round
        if shown > now.best:
            now.best, now.moment = shown, Moment(emotion, won, crop, tuple(now.lead))
        progress = min(1.0, (now.elapsed - READY_SECONDS) / POSE_SECONDS)
        self._state = replace(self._state, is_ready=True, points=won, progress=progress)
        if progress == 1 and now.moment and has_neutral:
            order = list(HOW_TO)
            following = order[order.index(emotion) + 1 :]
            self._state = GameState(next(iter(following), None), moments=(*self._state.moments, now.moment))
            self._round = _Round()

    def _neutral(self) -> np.ndarray | None:
        """Probabilities of the player's neutral face, float [K]; None without a profile for the model in use."""
        state = self._personal.state
        if state.profile is None or state.is_for_other_model:
            return None
        takes = [take.probabilities for take in state.profile.takes if take.emotion == NEUTRAL]
        return np.asarray(np.mean(takes, axis=0))


def _log_odds(probability: float) -> float:
    inside = float(np.clip(probability, _LEAST, 1 - _LEAST))
    return float(np.log(inside / (1 - inside)))
