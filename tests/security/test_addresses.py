"""Requests to the server's addresses: files of the server and of others, uploads that nobody asked for."""

import secrets
from pathlib import Path

import pytest

from emotion_core.limits import VISITOR
from tests.security.guarded import PROJECT, Guarded
from tests.security.occupied import BROUGHT, THEIRS
from tests.security.test_strangers import raw
from tests.support.hostile_pictures import face, saved
from tests.support.visitor import Visitor

_MIB = 2**20
_STEPS = ("../" * 8, "..%2f" * 8, "%2e%2e/" * 8, "..\\" * 8, "..%5c" * 8, "....//" * 8, "%252e%252e/" * 8, "/", "%00")
_STREAMER = "component/streamlit_webrtc.component.webrtc_streamer/"
_ROOTS = ("", "media/", "static/", _STREAMER, "component/", "app/static/", "_stcore/bidi-components/")


@pytest.mark.parametrize("root", _ROOTS)
def test_no_path_leads_out_of_what_is_served(root: str, public: Guarded) -> None:
    """The server's files: the system's, the program's, and what its operator keeps."""
    inside = str(public.folder / "runs" / THEIRS / "config.json").lstrip("/")
    targets = ("etc/passwd", inside, str(PROJECT / "streamlit_app.py").lstrip("/"))
    with public.unharmed():
        for steps in _STEPS:
            for target in targets:
                head = f"GET /{root}{steps}{target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
                assert is_nothing(*raw(public, head)), (root, steps, target)


def is_nothing(status: int, body: bytes) -> bool:
    """Whether an answer holds no file: the app's one page is what any address gets."""
    return status in (400, 404, 421) or b'<div id="root">' in body


@pytest.mark.parametrize(
    "path", ["streamlit_app.py", ".streamlit/secrets.toml", f"data/{BROUGHT}", f"runs/{THEIRS}/report.json", "LICENSE"]
)
def test_the_programs_folder_is_not_served(path: str, public: Guarded) -> None:
    with public.unharmed(), public.visit() as visitor:
        for root in ("", "app/static/", "static/", "media/"):
            answer = visitor.http.request("GET", f"/{root}{path}")
            assert is_nothing(answer.status, answer.body)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/_stcore/agent/interact"),
        ("POST", "/_stcore/agent/mcp"),
        ("GET", "/_stcore/metrics"),
        ("GET", "/_stcore/metrics?families=cache_memory_bytes"),
        ("DELETE", "/media/x"),
        ("PUT", "/media/x"),
        ("POST", "/"),
        ("TRACE", "/"),
        ("PATCH", "/_stcore/upload_file/x/y"),
    ],
)
def test_what_no_page_needs_is_closed(method: str, path: str, public: Guarded) -> None:
    with public.unharmed(), public.visit() as visitor:
        answer = visitor.http.request(method, path, b"{}" if method == "POST" else None)
        assert answer.status in (400, 403, 405)
        assert not any(name.encode() in answer.body for name in (THEIRS, str(PROJECT)))


@pytest.mark.parametrize("path", ["/_stcore/health", "/_stcore/host-config", "/_stcore/agent/openapi.json"])
def test_what_may_be_asked_tells_nothing(path: str, public: Guarded) -> None:
    with public.unharmed(), public.visit() as visitor:
        body = visitor.http.request("GET", path).body
        assert not any(name.encode() in body for name in (THEIRS, BROUGHT, str(PROJECT), str(public.folder)))


def media_of(visitor: Visitor) -> list[str]:
    """Addresses of the pictures and videos in sight."""
    pictures = [picture.url for shown in visitor.page.all("imgs") for picture in shown.body.imgs]
    return [*pictures, *(shown.body.url for shown in visitor.page.all("video"))]


def test_anothers_picture_has_an_address_that_cannot_be_guessed(public: Guarded) -> None:
    with public.unharmed(), public.visit() as visitor, public.visit() as stranger:
        visitor.open("analyze").upload("Pictures or videos", {"private.jpg": saved(face(), "JPEG")})
        addresses = media_of(visitor)
        assert addresses and all(len(Path(address).stem) >= 32 for address in addresses), addresses
        assert visitor.http.request("GET", addresses[0]).status == 200
        name = Path(addresses[0]).stem
        guesses = [
            "",
            ".",
            "private.jpg",
            "1.jpg",
            f"{name[:-1]}.jpg",
            f"*{name[-4:]}.jpg",
            f"{secrets.token_hex(16)}.jpg",
        ]
        for guess in guesses:
            answer = stranger.http.request("GET", f"/media/{guess}")
            assert is_nothing(answer.status, answer.body), guess
        stranger.open("analyze")
        assert media_of(stranger) == [] and "private.jpg" not in stranger.page.text


def test_a_picture_is_gone_when_its_visitor_looks_at_something_else(public: Guarded) -> None:
    with public.visit() as visitor:
        other = saved(face(257), "JPEG")  # none that another session may still hold
        visitor.open("analyze").upload("Pictures or videos", {"private.jpg": other})
        address = media_of(visitor)[0]
        visitor.open("about")
        visitor.wait_until(lambda: visitor.http.request("GET", address).status == 404, 20)


def test_another_sessions_upload_address_is_no_use(public: Guarded) -> None:
    """Neither one that is made up, nor that of a session whose page takes nothing, nor the right one with another's
    cookie."""
    with public.unharmed(), public.visit() as visitor, public.visit() as stranger:
        visitor.open("analyze")
        stranger.open("about")
        place = visitor.upload_places(["a.png"])[0].upload_url
        own_place = stranger.upload_places(["a.png"])[0].upload_url
        made_up = place.replace(visitor.session_id, secrets.token_hex(16))
        for address in (own_place, made_up, f"{place}/", place.replace("upload_file/", "upload_file/../upload_file/")):
            assert stranger.put(address, "a.png", b"x").status in (400, 403, 404, 405), address
        stranger.http.cookies.clear()
        assert stranger.put(place, "a.png", b"x").status == 403
        visitor.rerun()
        assert "a.png" not in visitor.page.text


@pytest.mark.parametrize("page", ["data", "train", "runs", "about"])
def test_a_page_without_an_uploader_takes_no_upload(page: str, public: Guarded) -> None:
    with public.unharmed(), public.visit() as visitor:
        visitor.open(page)
        for place in visitor.upload_places(["a.png", "b.zip"]):
            assert visitor.put(place.upload_url, "a.png", bytes(1_000)).status == 403


def test_the_live_page_takes_a_profile_and_nothing_larger(public: Guarded) -> None:
    with public.unharmed(), public.visit() as visitor:
        visitor.open("")
        small, large = visitor.upload_places(["profile.json", "profile.json"])
        assert visitor.put(small.upload_url, "profile.json", b"{}").status == 204
        assert put(visitor, large.upload_url, bytes(2 * _MIB)) == 413


def test_uploads_beyond_the_quota_are_refused_and_not_held(public: Guarded) -> None:
    """As in the issue: four files of 190 MB; then as many as fit, one after the other and for several visitors."""
    large = bytes(190 * _MIB)
    with public.unharmed(), public.visit() as visitor:
        visitor.open("analyze")
        for place in visitor.upload_places(["a.mp4"] * 4):
            assert put(visitor, place.upload_url, large) == 413
        statuses = []
        for place in visitor.upload_places(["a.mp4"] * 5):
            statuses.append(put(visitor, place.upload_url, bytes(20 * _MIB)))
        assert statuses.count(204) <= VISITOR.visitor_mib // 20 and set(statuses) <= {204, 413, 503}


def put(visitor: Visitor, place: str, content: bytes) -> int:
    """The server's answer; it may close the connection while the file is still being sent, after it has answered."""
    try:
        return visitor.put(place, "a.mp4", content).status
    except (BrokenPipeError, ConnectionResetError):
        return 413


def test_an_upload_that_says_nothing_of_its_length_is_refused(public: Guarded) -> None:
    with public.unharmed(), public.visit() as visitor:
        visitor.open("analyze")
        place = visitor.upload_places(["a.png"])[0].upload_url
        headers = {"Content-Type": "application/octet-stream", "X-Xsrftoken": visitor.http.xsrf_token}
        chunks = (bytes(1_000) for _ in range(3))
        assert visitor.http.request("PUT", place, chunks, headers).status == 411
