"""Show all seven, with a clock set by hand."""

import io
from collections.abc import Mapping

import numpy as np
import pytest
from PIL import Image

from emotion_core.emotions import EMOTIONS, NEUTRAL
from emotion_core.vision.faces.classifier import Classifier
from emotion_core.vision.faces.face import Face
from emotion_core.vision.faces.portrait import PORTRAIT_SIDE, portrait
from emotion_core.vision.faces.profile import Profile, Take
from emotion_core.vision.geometry import Box
from emotion_core.vision.live.followed_face import MAX_GAP
from emotion_core.vision.live.game import (
    MOST_POINTS,
    POSE_SECONDS,
    READY_SECONDS,
    Game,
    Moment,
    points,
)
from emotion_core.vision.live.game_pictures import MOST_BYTES, animation, collage, place
from emotion_core.vision.live.personal_answers import PersonalAnswers
from emotion_core.vision.live.posing import HOW_TO
from emotion_core.vision.live.take_recorder import TAKE_SECONDS

RATE = 10
BOX, ELSEWHERE = Box(100, 100, 80, 80), Box(200, 100, 80, 80)


def row(**shares: float) -> np.ndarray:
    """float32 [7]: what was named, and the rest divided among the others."""
    rest = (1 - sum(shares.values())) / (7 - len(shares))
    return np.array([shares.get(name, rest) for name in EMOTIONS], np.float32)


class Player:
    """Somebody before a camera, ten frames a second, whose face is as gray as the number of the frame."""

    def __init__(self, classifier: Classifier) -> None:
        self.personal, self.classifier, self.now, self.frame = PersonalAnswers(), classifier, 0.0, 0
        self.game = Game(self.personal)

    def show(self, seconds: float, shown: np.ndarray, *track_ids: int) -> None:
        """The same face for a while. track_ids: those in sight, the first one watched."""
        for _ in range(round(seconds * RATE)):
            self.now += 1 / RATE
            self.frame += 1
            image = np.full((300, 400, 3), self.frame % 250, np.uint8)
            rows = np.stack([shown] * len(track_ids)) if track_ids else np.empty((0, 7), np.float32)
            self.personal.apply(track_ids, rows, None, self.now, self.classifier)
            boxes = [BOX, ELSEWHERE]
            faces = [
                Face(box, dict(zip(EMOTIONS, shown.tolist(), strict=True)), track_id=track_id)
                for box, track_id in zip(boxes, track_ids, strict=False)
            ]
            player = self.game.player(faces, faces[0] if faces else None, self.now)
            self.personal.watch(player.track_id if player else None, True, self.now)
            self.game.watch(faces, player, image, self.now, self.classifier)

    def play(self, shown: Mapping[str, np.ndarray]) -> None:
        """The whole game, with a face for each emotion."""
        self.game.start()
        for emotion in HOW_TO:
            assert self.game.state.emotion == emotion
            self.show(READY_SECONDS + POSE_SECONDS + 0.3, shown[emotion], 1)


@pytest.fixture
def player(classifier: Classifier) -> Player:
    return Player(classifier)


def test_points_are_for_the_rise_over_the_own_neutral_face() -> None:
    assert points(0.3, 0.3) == points(0.1, 0.3) == 0
    assert points(0.5, 0.3) < points(0.9, 0.3) < points(0.9, 0.01) < 100
    assert points(0.2, 0.01) > 60, "disgust seldom comes near 100 %, but can be won"
    assert points(1.0, 0.0) == points(0.995, 0.005)


def test_a_game_records_the_neutral_face_and_wins_points_by_the_formula(player: Player) -> None:
    neutral = row(neutral=0.7, sad=0.2)
    shown = {emotion: neutral if emotion == NEUTRAL else row(**{emotion: 0.8}) for emotion in HOW_TO}
    player.play(shown)
    state = player.game.state
    assert state.is_over and [moment.emotion for moment in state.moments] == list(HOW_TO)
    place_of = EMOTIONS.index
    for moment in state.moments:
        expected = 0 if moment.emotion == NEUTRAL else points(0.8, float(neutral[place_of(moment.emotion)]))
        assert moment.points == pytest.approx(expected, abs=1), moment.emotion
        assert moment.crop.shape == (PORTRAIT_SIDE, PORTRAIT_SIDE, 3) and 1 <= len(moment.lead) <= 6
    assert state.total == sum(moment.points for moment in state.moments) < MOST_POINTS
    profile = player.personal.state.profile
    assert profile and [take.emotion for take in profile.takes] == ["neutral"]


def test_the_profile_that_is_there_is_the_measure(player: Player, classifier: Classifier) -> None:
    own = row(neutral=0.5, happy=0.4)
    player.personal.use(Profile(classifier.model, [Take("neutral", own, None)]))
    player.personal.confirm(1)
    player.play({emotion: row(**{emotion: 0.8}) for emotion in HOW_TO})
    happy = next(moment for moment in player.game.state.moments if moment.emotion == "happy")
    assert happy.points == pytest.approx(points(0.8, 0.4), abs=1) and happy.points < points(0.8, 0.05)
    assert player.personal.state.profile.takes[0].probabilities is own, "no other take was made"  # type: ignore[union-attr]


def test_the_best_moment_is_kept_with_what_led_to_it_and_one_lucky_frame_wins_nothing(player: Player) -> None:
    player.game.start()
    player.show(READY_SECONDS + POSE_SECONDS + 0.3, row(neutral=0.8), 1)
    assert player.game.state.emotion == "happy"
    player.show(READY_SECONDS + 0.1, row(happy=0.1), 1)
    player.show(0.1, row(happy=0.99), 1)
    lucky = player.game.state.points
    player.show(0.5, row(happy=0.1), 1)
    player.show(0.8, row(happy=0.9), 1)
    steady, gray = player.game.state.points, player.frame % 250
    assert lucky < 0.8 * steady
    player.show(POSE_SECONDS, row(happy=0.1), 1)
    happy = player.game.state.moments[1]
    assert happy.points == steady and abs(int(happy.crop[120, 120, 0]) - gray) <= 1
    assert all(int(crop[120, 120, 0]) <= gray for crop in happy.lead)


def test_the_game_waits_while_the_player_is_out_of_sight_and_takes_nobody_else(player: Player) -> None:
    player.game.start()
    player.show(READY_SECONDS + POSE_SECONDS + 0.3, row(neutral=0.8), 1, 2)
    player.show(READY_SECONDS + 1, row(happy=0.5), 1, 2)
    before = player.game.state
    assert before.emotion == "happy" and not before.is_paused
    player.show(POSE_SECONDS, row(happy=0.9), 2)
    state = player.game.state
    assert state.is_paused and state.progress == before.progress and "Come back" in state.prompt
    player.show(MAX_GAP + 1, row(happy=0.9))
    player.show(1, row(happy=0.9), 3)
    assert player.game.state.is_paused, "who comes now may be somebody else"
    player.show(POSE_SECONDS, row(happy=0.5), 1, 2)
    assert player.game.state.emotion == "surprise"


def test_a_lost_track_goes_on_where_nobody_else_was_in_sight(player: Player) -> None:
    player.game.start()
    player.show(READY_SECONDS + POSE_SECONDS + 0.3, row(neutral=0.8), 1)
    player.show(2, row(neutral=0.8))
    player.show(0.3, row(neutral=0.8), 5)
    assert not player.game.state.is_paused


def test_a_game_is_cancelled_and_begun_again_without_a_trace(player: Player) -> None:
    player.game.start()
    player.show(TAKE_SECONDS, row(neutral=0.8), 1)
    player.game.forget()
    assert player.game.state.emotion is None and not player.game.state.moments and not player.game.state.prompt
    player.show(1, row(happy=0.8), 1)
    assert player.game.state.emotion is None
    player.play({emotion: row(**{emotion: 0.8}) for emotion in HOW_TO})
    assert player.game.state.is_over


def test_a_cancelled_game_ends_its_take_of_the_neutral_face(player: Player) -> None:
    player.game.start()
    player.show(0.5, row(neutral=0.8), 1)
    assert player.personal.state.recording == NEUTRAL
    player.game.forget()
    player.show(TAKE_SECONDS + 1, row(neutral=0.8), 1)
    assert player.personal.state.recording is None and player.personal.state.profile is None


def test_no_pose_becomes_the_neutral_face_where_the_profile_is_forgotten_meanwhile(player: Player) -> None:
    player.game.start()
    player.show(READY_SECONDS + POSE_SECONDS + 0.3, row(neutral=0.8), 1)
    assert player.game.state.emotion == "happy"
    player.personal.forget()
    player.show(TAKE_SECONDS + 1, row(happy=0.9), 1)
    assert player.game.state.emotion is None and player.personal.state.profile is None


def test_somebody_who_comes_nearer_is_not_recorded_as_the_players_neutral_face(player: Player) -> None:
    player.game.start()
    player.show(0.3, row(neutral=0.8), 1)
    player.show(TAKE_SECONDS + 1, row(happy=0.8), 2, 1)  # number 2 is watched now
    profile = player.personal.state.profile
    assert profile and player.personal.track_id == 1, "the player was in sight all the time"


def test_who_has_the_profile_plays_whoever_is_watched(player: Player, classifier: Classifier) -> None:
    player.personal.use(Profile(classifier.model, [Take("neutral", row(neutral=0.8), None)]))
    player.personal.confirm(1)
    player.game.start()
    player.show(1, row(neutral=0.8), 2, 1)
    player.show(0.5, row(neutral=0.8), 2, 3)
    assert player.game.state.is_paused


def test_only_the_own_face_is_in_the_crop() -> None:
    picture = np.full((300, 400, 3), 50, np.uint8)
    picture[100:180, 100:180], picture[90:170, 170:250] = (200, 0, 0), (0, 0, 200)
    crop = portrait(picture, BOX, [Box(170, 90, 80, 80)])
    assert crop.shape == (PORTRAIT_SIDE, PORTRAIT_SIDE, 3)
    assert not (crop[..., 2].astype(int) - crop[..., 0] > 60).any(), "nothing of the other"
    assert np.abs(crop[120, 100].astype(int) - (200, 0, 0)).max() <= 1
    assert portrait(picture, Box(380, 280, 90, 90), []).shape == (PORTRAIT_SIDE, PORTRAIT_SIDE, 3), "at the edge"


def moments() -> list[Moment]:
    return [
        Moment(
            emotion,
            10 * number,
            np.full((PORTRAIT_SIDE, PORTRAIT_SIDE, 3), 30 * number + 20, np.uint8),
            (np.zeros((PORTRAIT_SIDE, PORTRAIT_SIDE, 3), np.uint8),),
        )
        for number, emotion in enumerate(HOW_TO)
    ]


def test_the_collage_has_each_moment_in_its_place() -> None:
    picture = Image.open(io.BytesIO(collage(moments())))
    assert picture.format == "PNG" and picture.size == (1040, 720)
    pixels = np.asarray(picture)
    for number, moment in enumerate(moments()):
        x, y = place(number)
        assert np.array_equal(pixels[y : y + PORTRAIT_SIDE, x : x + PORTRAIT_SIDE], moment.crop)
        assert (pixels[y + PORTRAIT_SIDE : y + PORTRAIT_SIDE + 56, x : x + PORTRAIT_SIDE] == 255).any(), (
            "its name and points"
        )
    x, y = place(len(moments()))
    assert np.ptp(pixels[y : y + PORTRAIT_SIDE, x : x + PORTRAIT_SIDE]) > 100, "the sum"


def test_the_animation_loops_over_what_led_to_each_moment_and_the_moment() -> None:
    content = animation(moments())
    moving = Image.open(io.BytesIO(content))
    assert moving.format == "GIF" and moving.info["loop"] == 0 and moving.n_frames == 14  # type: ignore[attr-defined]
    assert len(content) <= 2 * 2**20
    for number, moment in enumerate(moments()):
        moving.seek(2 * number + 1)
        frame = np.asarray(moving.convert("RGB")).astype(int)
        assert np.abs(frame[: PORTRAIT_SIDE // 2] - moment.crop[: PORTRAIT_SIDE // 2]).max() <= 8
        assert moving.info["duration"] == 900


def test_the_animation_of_a_noisy_camera_is_no_larger_than_promised() -> None:
    random = np.random.default_rng(0)
    noise = [random.integers(100, 116, (PORTRAIT_SIDE, PORTRAIT_SIDE, 3), np.uint8) for _ in range(7)]
    noisy = [Moment(emotion, 50, noise[0], tuple(noise[1:])) for emotion in HOW_TO]
    content = animation(noisy)
    assert len(content) <= MOST_BYTES and Image.open(io.BytesIO(content)).n_frames == 49  # type: ignore[attr-defined]
