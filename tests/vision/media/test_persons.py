"""People in videos, with faces drawn by hand."""

import io
from collections.abc import Sequence
from types import SimpleNamespace

import numpy as np
import pytest

from emotion_core.emotions import EMOTIONS
from emotion_core.vision.faces.face import Face
from emotion_core.vision.geometry import Box
from emotion_core.vision.media import records
from emotion_core.vision.media.persons import KEPT_FOR, PersonTracker
from emotion_core.vision.media.video_sampling import VideoReader, VideoWriter

STEP = 0.2  # seconds between samples


def face(x: float, y: float = 100, size: int = 60, happy: float = 0.7) -> Face:
    shares = {name: happy if name == "happy" else (1 - happy) / 6 for name in EMOTIONS}
    return Face(Box(round(x), round(y), size, size), shares)


class Film:
    """Samples one after the other."""

    def __init__(self) -> None:
        self.tracker, self.time = PersonTracker(uncertain_below=0.4, samples_per_second=1 / STEP), 0.0

    def show(self, *faces: Face, is_cut: bool = False) -> list[int]:
        """The persons' numbers."""
        return [named.track_id for named in self.named(faces, is_cut)]

    def named(self, faces: Sequence[Face], is_cut: bool = False) -> list[Face]:
        self.time += STEP
        return self.tracker.update(faces, self.time, is_cut)


@pytest.fixture
def film() -> Film:
    return Film()


def test_a_person_keeps_the_number_when_the_order_by_size_changes(film: Film) -> None:
    assert film.show(face(0, size=70), face(200)) == [1, 2]
    for size in (66, 62, 58):
        assert film.show(face(200, size=64), face(4, size=size)) == [2, 1]


def test_more_than_six_are_followed(film: Film) -> None:
    row = [face(90 * number) for number in range(12)]
    assert film.show(*row) == list(range(1, 13))
    assert film.show(*reversed(row)) == list(range(12, 0, -1))


def test_two_who_pass_each_other_keep_their_numbers(film: Film) -> None:
    numbers = [film.show(face(40 * step, 100), face(400 - 40 * step, 125)) for step in range(11)]
    assert numbers == [[1, 2]] * 11


def test_a_short_absence_keeps_the_number_and_a_long_one_does_not(film: Film) -> None:
    assert film.show(face(100)) == [1]
    for _ in range(round(KEPT_FOR / STEP) - 2):
        film.show()
    assert film.show(face(105)) == [1]
    for _ in range(round(KEPT_FOR / STEP) + 1):
        film.show()
    assert film.show(face(105)) == [2], "the program recognises nobody"


@pytest.mark.parametrize("rate", [0.1, 0.5, 1.0])
def test_at_few_samples_a_second_a_person_is_kept_until_the_next(rate: float) -> None:
    tracker, late = PersonTracker(uncertain_below=0.4, samples_per_second=rate), 1 / 29.97
    steps = [0.0, 1 / rate + late, 2 / rate + 2 * late, 5 / rate]
    numbers = [named.track_id for time in steps for named in tracker.update([face(100)], time)]
    assert numbers == [1, 1, 1, 2], "two samples without the face are an absence"


class Seer:
    """Sees the same face in every picture."""

    classifier = SimpleNamespace(uncertain_below=0.4)

    def analyze(self, image: np.ndarray, known: object = None) -> list[Face]:
        return [face(10, 10)]


@pytest.mark.parametrize("has_profile", [False, True])
def test_a_video_of_few_samples_a_second_shows_one_person(has_profile: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    film, team = io.BytesIO(), [Seer()]
    with VideoWriter(film) as writer:
        for number in range(3):
            writer.write(np.full((90, 160, 3), 80, np.uint8), 2.0 * number)
    monkeypatch.setattr(records, "relative", lambda face, profile, below: face)
    with VideoReader(io.BytesIO(film.getvalue())) as reader:
        if has_profile:
            found, _ = records.personal_video_records("film", reader, team, None, 0.5)  # type: ignore[arg-type]
        else:
            found = list(records.video_records("film", reader, team, 0.5))  # type: ignore[arg-type]
    assert [shown["person"] for record in found for shown in record["faces"]] == [1, 1, 1]


def test_somebody_elsewhere_or_of_another_size_is_somebody_else(film: Film) -> None:
    film.show(face(100))
    assert film.show(face(300)) == [2]
    assert film.show(face(300, size=180)) == [3]


def test_a_cut_ends_every_track(film: Film) -> None:
    film.show(face(100))
    assert film.show(face(100), is_cut=True) == [2] and film.show(face(100)) == [2]


def test_answers_are_smoothed_by_person_and_probabilities_are_the_samples_own(film: Film) -> None:
    for _ in range(5):
        film.named([face(0, happy=0.9), face(200, happy=0.1)])
    first, second = film.named([face(0, happy=0.2), face(200, happy=0.1)])
    assert first.probabilities["happy"] == 0.2 and 0.2 < first.confidence < 0.9 and first.emotion == "happy"
    assert second.emotion != "happy" or second.confidence < 0.3
    alone = Film()
    once = alone.named([face(0, happy=0.9)])[0]
    assert once.confidence == pytest.approx(0.9)


def test_the_same_film_gives_the_same_numbers() -> None:
    def numbers() -> list[list[int]]:
        rng, film = np.random.default_rng(3), Film()
        return [film.show(*(face(x) for x in rng.uniform(0, 1500, 9))) for _ in range(40)]

    assert numbers() == numbers()
