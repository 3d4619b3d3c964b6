"""Many at once, and some who say nothing: the next visitor still finds a place."""

import contextlib
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from websockets.exceptions import InvalidStatus

from pages.components.connections import MAX_CONNECTIONS
from pages.components.gateway import MAX_UPLOADS
from tests.security.guarded import Guarded, guarded
from tests.support.hostile_mp4 import shared_frames
from tests.support.hostile_pictures import face, saved
from tests.support.visitor import Visitor
from tests.support.waiting import wait_until

_ABOUT = "European Union"  # words of the page About


@pytest.fixture
def crowd() -> Iterator[contextlib.ExitStack]:
    """Everybody who is let in leaves at the end."""
    with contextlib.ExitStack() as stack:
        yield stack


def let_in(public: Guarded, crowd: contextlib.ExitStack) -> Visitor | None:
    """A new visitor, None where the server is full."""
    try:
        visitor = public.visit(seconds=20)
    except InvalidStatus as refused:
        assert refused.response.status_code == 403
        return None
    crowd.callback(visitor.vanish)
    return visitor


def test_five_hundred_websockets_are_too_many_and_leave_no_trace(public: Guarded, crowd: contextlib.ExitStack) -> None:
    with public.unharmed():
        came = [visitor for _ in range(500) if (visitor := let_in(public, crowd))]
        assert 10 < len(came) <= MAX_CONNECTIONS
        assert public.answers()
        crowd.close()
        with contextlib.ExitStack() as later:
            wait_until(lambda: (found := let_in(public, later)) is not None and _reads(found), 20)


def _reads(visitor: Visitor) -> bool:
    return _ABOUT in visitor.open("about").page.text


@pytest.mark.slow  # a server of its own, that remembers those who are gone as long as usual
def test_a_storm_of_reloads_fits_in_the_memory(tmp_path: Path) -> None:
    """Three hundred in half a minute, each to a page that makes something for its visitor."""
    (tmp_path / "served").mkdir()
    with guarded(tmp_path / "served", "public") as served, served.unharmed(quietly=False):
        for number in range(300):
            with contextlib.suppress(InvalidStatus), served.visit() as visitor:
                visitor.open(("", "analyze")[number % 2])


@pytest.mark.slow  # opens fifty pages
def test_as_many_pages_as_are_let_in_fit_in_the_memory(public: Guarded, crowd: contextlib.ExitStack) -> None:
    with public.unharmed():
        came = [visitor for _ in range(MAX_CONNECTIONS) if (visitor := let_in(public, crowd))]
        for number, visitor in enumerate(came):
            visitor.open(("", "analyze", "data", "train", "runs", "about")[number % 6])
            assert visitor.page.exceptions == []


@pytest.mark.slow  # every visitor analyzes a picture
def test_every_visitors_pictures_fit_in_the_memory(public: Guarded, crowd: contextlib.ExitStack) -> None:
    """As many as are let in, with the largest pictures that are read."""
    picture = saved(face(2_400), "JPEG", quality=60)
    with public.unharmed():
        for _ in range(MAX_CONNECTIONS):
            visitor = let_in(public, crowd)
            if visitor:
                answers = visitor.open("analyze").upload("Pictures or videos", {f"{n}.jpg": picture for n in range(4)})
                assert {answer.status for answer in answers} <= {204, 413, 503}
                assert visitor.page.exceptions == []


@pytest.mark.slow  # the server waits for half a minute
def test_who_says_nothing_keeps_nobody_out(public: Guarded, crowd: contextlib.ExitStack) -> None:
    with public.unharmed():
        silent = [visitor for _ in range(MAX_CONNECTIONS) if (visitor := let_in(public, crowd))]
        assert silent and let_in(public, crowd) is None, "full"
        wait_until(lambda: let_in(public, crowd) is not None, 60)


@pytest.mark.slow  # the server waits for five minutes
def test_uploads_that_never_end_keep_no_other_upload_out_for_long(public: Guarded, crowd: contextlib.ExitStack) -> None:
    """Each announces a file and sends its first bytes only."""
    with public.unharmed(quietly=False):
        for _ in range(MAX_UPLOADS):
            begin_upload(public, crowd)
        started = time.monotonic()
        with public.visit() as visitor:
            visitor.open("analyze")
            place = visitor.upload_places(["a.jpg"])[0].upload_url
            wait_until(lambda: visitor.put(place, "a.jpg", b"x").status == 204, 400)
        assert time.monotonic() - started < 330


def begin_upload(public: Guarded, crowd: contextlib.ExitStack) -> None:
    visitor = public.visit()
    crowd.callback(visitor.vanish)
    visitor.open("analyze")
    place = visitor.upload_places(["a.jpg"])[0].upload_url
    connection = socket.create_connection(visitor.http.address)
    crowd.callback(connection.close)
    head = [
        f"PUT {place} HTTP/1.1",
        f"Host: {visitor.http.address[0]}:{visitor.http.address[1]}",
        f"Cookie: {visitor.http.cookie_header['Cookie']}",
        f"X-Xsrftoken: {visitor.http.xsrf_token}",
        "Content-Type: multipart/form-data; boundary=x",
        "Content-Length: 1000000",
    ]
    connection.sendall("\r\n".join([*head, "", "--x\r\n"]).encode())


@pytest.mark.slow  # twelve videos
def test_what_comes_out_of_videos_fits_in_the_memory(public: Guarded) -> None:
    """Less than a megabyte of video each, from which much more is made."""
    with public.unharmed(), public.visit(seconds=600) as visitor:
        visitor.open("analyze")
        for number in range(12):
            visitor.upload("Pictures or videos", {f"{number}.mp4": shared_frames() + bytes(number)})
        assert visitor.page.exceptions == []
