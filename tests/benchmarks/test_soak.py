"""The soak: its visitors, and what it holds against a server."""

import io

import av
import pytest
from PIL import Image

from benchmarks import soak
from benchmarks._guests import Belongings, Diary, Guest
from benchmarks._uploads import bad_files, large_photo, long_video
from benchmarks._vitals import Vitals, left_over, rise
from emotion_core.vision.detection.available import PICTURE_DETECTOR
from emotion_core.vision.faces.analyzer import new_analyzer
from emotion_core.vision.faces.classifier import Classifier
from emotion_core.vision.media.uploads import analyze_upload
from tests.browser.serving import Server
from tests.support.camera_visitor import Clip, MediaLoop
from tests.support.visitor import Visitor


def vitals(minute: float = 0.0, rss: float = 300.0, **more: int) -> Vitals:
    usual = {"threads": 20, "sockets": 1, "files": 10, "children": 0, "sessions": 1}
    return Vitals(minute, rss, **{**usual, **more})


@pytest.fixture
def guest(app: Server) -> Guest:
    things = Belongings({"small.jpg": large_photo(1, (320, 240))}, {}, bad_files(), Clip({}))
    return Guest(0, 0, app.url, things, MediaLoop(), Diary())


def test_a_guest_looks_around_and_brings_files_and_has_no_trouble(guest: Guest) -> None:
    for deed in (guest.look_around, guest.upload_photos, guest.upload_bad_files):
        guest.do(deed)
    assert guest._diary.troubles == []
    assert set(guest._diary.done) == {"look around", "upload photos", "upload bad files"}


def test_what_a_guest_sees_of_errors_is_written_down(guest: Guest) -> None:
    def meet_errors(tab: Visitor) -> None:
        tab.open("about")
        tab.page.errors += ["words.png is no picture.", "Something went wrong on this page."]
        tab.page.exceptions.append("KeyError: 'x'")

    def ask_in_vain(tab: Visitor) -> None:
        tab.open("about").press("Nothing of this name")

    guest.do(meet_errors)
    guest.do(ask_in_vain)
    first, second, third = guest._diary.troubles
    assert "Something went wrong" in first and "KeyError" in second and "LookupError" in third


def test_the_same_seed_draws_the_same_visits() -> None:
    def drawn(number: int) -> list[float]:
        guest = Guest(number, 7, "http://127.0.0.1:1", Belongings({}, {}, {}, Clip({})), MediaLoop(), Diary())
        return [guest._random.random() for _ in range(3)]

    assert drawn(1) == drawn(1) != drawn(2)


def test_all_bad_files_are_refused_with_a_sentence_that_names_them(classifier: Classifier) -> None:
    analyzer = new_analyzer(PICTURE_DETECTOR, classifier)
    for name, content in bad_files().items():
        error = analyze_upload(name, content, analyzer).error
        assert error is not None and name in error


def test_good_files_are_what_they_are_called() -> None:
    with Image.open(io.BytesIO(large_photo(2, (1280, 720)))) as photo:
        assert photo.size == (1280, 720)
    with av.open(io.BytesIO(long_video(5, (320, 240)))) as video:
        assert sum(1 for _ in video.decode(video=0)) == 150


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        (vitals(), []),
        (vitals(threads=30, files=20), []),  # pools
        (vitals(threads=40), ["40 threads, 20 before"]),
        (vitals(sockets=2, children=1), ["1 children, 0 before", "2 sockets, 1 before"]),
    ],
)
def test_what_was_left_behind_is_told(after: Vitals, expected: list[str]) -> None:
    assert left_over(vitals(), after) == expected


def test_a_rise_is_told_in_mib_an_hour_from_when_the_pools_are_full() -> None:
    signs = [vitals(minute, 300 + (5 * minute if minute < 10 else 50 + minute)) for minute in range(60)]
    assert rise(signs, 10) == pytest.approx(60)
    assert rise(signs, 55) is None
    assert soak._of_memory(signs) == ["the memory rises by 60 MiB an hour, more than 30"]
    assert soak._of_memory([vitals(minute) for minute in range(60)]) == []


def test_many_troubles_are_told_in_short() -> None:
    told = soak._in_short(["a" * 1000] * 25)
    assert len(told) == 21 and told[-1] == "and 5 more troubles" and len(told[0]) < 700
