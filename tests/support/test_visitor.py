"""The visitor without a browser that other tests and the benchmarks send to the app."""

from collections.abc import Iterator

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from emotion_core.vision.detection.available import DETECTORS, PICTURE_DETECTOR
from emotion_core.vision.media.example import read_example
from tests.browser.serving import Server
from tests.support.visitor import Visitor
from tests.support.waiting import wait_until


@pytest.fixture
def visitor(app: Server) -> Iterator[Visitor]:
    with Visitor(app.url) as tab:
        yield tab


def test_a_page_is_opened_by_its_address_and_its_words_are_known(visitor: Visitor) -> None:
    visitor.open("analyze")
    assert [heading.text for heading in visitor.page.all("heading")] == ["Photos and video"]
    assert visitor.page.has("Try the example picture", "button")
    assert set(visitor.pages) >= {"", "analyze", "about"}


def test_what_the_next_page_does_not_show_is_gone(visitor: Visitor) -> None:
    visitor.open("analyze").open("about")
    assert not visitor.page.has("Try the example picture")


def test_a_pressed_button_works_and_what_a_widget_was_set_to_stays(visitor: Visitor) -> None:
    other = next(detector for detector in DETECTORS if detector != PICTURE_DETECTOR)
    visitor.open("analyze").set("Detector", string_value=other).press("Try the example picture")
    assert "happy" in visitor.page.text
    assert DETECTORS[other] in visitor.page.text


def test_uploads_reach_the_page_and_its_error_boxes_are_collected(visitor: Visitor) -> None:
    visitor.open("analyze")
    answers = visitor.upload("Pictures or videos", {"face.png": read_example(), "broken.png": b"nonsense"})
    assert [answer.status for answer in answers] == [204, 204]
    assert "happy" in visitor.page.text
    assert len(visitor.page.errors) == 1 and "broken.png" in visitor.page.errors[0]
    assert visitor.page.exceptions == []


def test_an_upload_without_the_token_is_refused(visitor: Visitor) -> None:
    visitor.open("analyze")
    place = visitor.upload_places(["face.png"])[0]
    visitor.http.cookies.clear()
    assert visitor.put(place.upload_url, "face.png", b"").status == 403


def test_headers_of_ones_own_reach_the_server(app: Server) -> None:
    far = {"Host": "app.example", "Origin": "http://app.example", "X-Forwarded-For": "192.0.2.7"}
    with Visitor(app.url, far) as tab:
        assert "nobody else sees them" in tab.open("about").page.text  # what the notice says to visitors
    with pytest.raises(InvalidStatus):
        Visitor(app.url, {**far, "Origin": "http://other.example"})


def test_a_name_that_is_not_in_sight_is_told_with_those_that_are(visitor: Visitor) -> None:
    visitor.open("analyze")
    with pytest.raises(LookupError, match="Try the example picture"):
        visitor.press("Start training")


def test_what_is_awaited_in_vain_is_told_with_what_the_page_shows(visitor: Visitor) -> None:
    visitor.open("about")
    with pytest.raises(TimeoutError, match="European Union"):
        visitor.wait_until(lambda: False, 0.01)


def test_one_who_vanishes_leaves_no_socket_and_can_do_nothing_more(app: Server) -> None:
    def sockets() -> int:
        return len([c for c in app.process.net_connections() if c.status == "ESTABLISHED"])

    before = sockets()
    tab = Visitor(app.url).open("about")
    assert sockets() > before
    tab.vanish()
    with pytest.raises((ConnectionClosed, OSError)):
        tab.rerun()
    wait_until(lambda: sockets() <= before, 20)
