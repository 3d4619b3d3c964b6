"""The gate in front of the server, with a stand-in for Streamlit behind it."""

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.types import Message, Receive, Scope, Send
from streamlit import runtime
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.uploaded_file_manager import UploadedFileRec

from emotion_core.limits import VISITOR
from pages.components import connections, gateway
from pages.components.gateway import Gateway
from pages.components.uploading import MIB, UploadLedger

UPLOAD = "/_stcore/upload_file/one/a"
STALL = b"nothing more comes"


@pytest.fixture(autouse=True)
def uploads(monkeypatch: pytest.MonkeyPatch) -> MemoryUploadedFileManager:
    manager = MemoryUploadedFileManager("/upload")
    stand_in = SimpleNamespace(uploaded_file_mgr=manager, is_active_session=lambda session: True)
    monkeypatch.setattr(runtime, "get_instance", lambda: stand_in)
    ledger = UploadLedger()
    ledger.grant(VISITOR, "one")
    monkeypatch.setattr(gateway, "LEDGER", ledger)
    monkeypatch.setenv("EMOTION_MODE", "public")
    return manager


class Streamlit:
    """Reads a request's body to its end and answers 204; counts bytes."""

    def __init__(self) -> None:
        self.arrived = 0
        self.was_cut_off = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        more = scope["type"] == "http"
        while more:
            message = await receive()
            self.was_cut_off |= message["type"] == "http.disconnect"
            self.arrived += len(message.get("body", b""))
            more = message.get("more_body", False)
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body"})


def ask(
    app: Any, method: str, path: str, body: tuple[bytes, ...] = (b"",), host: str = "demo.example", **headers: str
) -> list[Message]:
    """Send a request through an ASGI app; what it sent back."""
    sent: list[Message] = []
    chunks = [{"type": "http.request", "body": part, "more_body": True} for part in body]
    chunks[-1]["more_body"] = False

    async def receive() -> Message:
        if chunks and chunks[0]["body"] is STALL:
            await asyncio.sleep(60)
        return chunks.pop(0) if chunks else {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        sent.append(message)

    names = {"host": host, **{name.replace("_", "-"): value for name, value in headers.items()}}
    scope = {
        "type": "websocket" if method == "WEBSOCKET" else "http",
        "method": method,
        "path": path,
        "client": ("127.0.0.1", 5),
        "headers": [(name.encode(), value.encode()) for name, value in names.items()],
    }
    asyncio.run(app(scope, receive, send))
    return sent


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/", 204),
        ("HEAD", "/train", 204),
        ("DELETE", UPLOAD, 204),
        ("POST", "/", 405),
        ("PUT", "/", 405),
        ("DELETE", "/", 405),
        ("TRACE", "/", 405),
    ],
)
def test_only_reading_and_uploading_pass(method: str, path: str, status: int) -> None:
    assert ask(Gateway(Streamlit()), method, path)[0]["status"] == status


def test_answers_forbid_the_browser_to_guess_what_a_file_is_and_to_tell_others_its_address() -> None:
    headers = ask(Gateway(Streamlit()), "GET", "/")[0]["headers"]
    assert {(b"x-content-type-options", b"nosniff"), (b"referrer-policy", b"same-origin")} <= set(headers)


def test_a_rebound_name_reaches_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("EMOTION_MODE")
    behind = Streamlit()
    assert ask(Gateway(behind), "GET", "/", host="rebound.example")[0]["status"] == 421
    assert ask(Gateway(behind), "WEBSOCKET", "/_stcore/stream", host="rebound.example")[0]["type"] == "websocket.close"
    assert ask(Gateway(behind), "WEBSOCKET", "/_stcore/stream", host="localhost")[0]["type"] != "websocket.close"


def test_a_websocket_beyond_the_limit_is_refused_before_streamlit_sees_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "MAX_OF_ONE_ADDRESS", 1)
    answers: list[str] = []

    async def nested(scope: Scope, receive: Receive, send: Send) -> None:
        async def note(message: Message) -> None:
            answers.append(message["type"])

        if "second" not in scope:
            await gate(dict(scope) | {"second": True}, receive, note)

    gate = Gateway(nested)
    for _ in range(2):
        ask(gate, "WEBSOCKET", "/_stcore/stream", x_forwarded_for="203.0.113.5")
    assert answers == ["websocket.close"] * 2, "the one inside another is refused; after its end there is room again"


def test_an_upload_passes_whole() -> None:
    behind = Streamlit()
    assert ask(Gateway(behind), "PUT", UPLOAD, (b"12", b"345"), content_length="5")[0]["status"] == 204
    assert (behind.arrived, behind.was_cut_off) == (5, False)


@pytest.mark.parametrize(
    ("path", "length", "status"),
    [
        (UPLOAD, None, 411),
        (UPLOAD, "much", 411),
        (UPLOAD, str(51 * MIB), 413),
        ("/_stcore/upload_file/stranger/a", "5", 403),
    ],
)
def test_an_upload_that_is_too_large_or_unasked_for_never_arrives(path: str, length: str | None, status: int) -> None:
    behind = Streamlit()
    headers = {} if length is None else {"content_length": length}
    assert ask(Gateway(behind), "PUT", path, (b"12345",), **headers)[0]["status"] == status
    assert not behind.arrived


def test_uploads_arrive_a_few_at_a_time_and_leave_their_places(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gateway, "MAX_UPLOADS", 1)
    inside: list[Message] = []

    class Nested(Streamlit):
        async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
            async def note(message: Message) -> None:
                inside.append(message)

            if not inside:
                await gate(scope, receive, note)
            await super().__call__(scope, receive, send)

    gate = Gateway(Nested())
    statuses = [
        ask(gate, "PUT", f"/_stcore/upload_file/one/{number}", content_length="1")[0]["status"]
        for number in range(VISITOR.files + 1)
    ]
    assert inside[0]["status"] == 503
    assert set(statuses) == {204}, "nothing was stored, so nothing counts any more"


def test_a_session_that_has_ended_uploads_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runtime.get_instance(), "is_active_session", lambda session: False)
    assert ask(Gateway(Streamlit()), "PUT", UPLOAD, content_length="1")[0]["status"] == 403


def test_an_upload_that_grows_beyond_what_it_announced_is_cut_off() -> None:
    behind = Streamlit()
    ask(Gateway(behind), "PUT", UPLOAD, (bytes(MIB),) * 60, content_length="5")
    assert behind.was_cut_off and behind.arrived <= 50 * MIB


def test_a_run_that_begins_does_not_cut_an_upload_off() -> None:
    class Rerun(Streamlit):
        async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
            gateway.LEDGER.grant(None, "one")
            await super().__call__(scope, receive, send)

    behind = Rerun()
    ask(Gateway(behind), "PUT", UPLOAD, (b"12", b"345"), content_length="5")
    assert (behind.arrived, behind.was_cut_off) == (5, False)


def test_an_empty_upload_counts_with_its_names(uploads: MemoryUploadedFileManager) -> None:
    uploads.add_file("one", UploadedFileRec("a", "x" * 300, "image/png", b""))
    assert gateway._held()["one"]["a"] == 1_024 + 309


@pytest.mark.parametrize("limit", ["UPLOAD_SECONDS", "STALL_SECONDS"])
def test_an_upload_that_stalls_is_cut_off(limit: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gateway, limit, 0.05)
    behind = Streamlit()
    ask(Gateway(behind), "PUT", UPLOAD, (b"1", STALL), content_length="5")
    assert behind.was_cut_off and behind.arrived == 1


def test_the_figures_of_the_server_are_not_public(monkeypatch: pytest.MonkeyPatch) -> None:
    for path in ("/_stcore/metrics", "/below/a/path/_stcore/metrics"):
        assert ask(Gateway(Streamlit()), "GET", path)[0]["status"] == 403
    monkeypatch.setenv("EMOTION_MODE", "own")
    assert ask(Gateway(Streamlit()), "GET", "/_stcore/metrics", host="localhost")[0]["status"] == 204


def test_idle_uploads_of_others_make_room(uploads: MemoryUploadedFileManager, monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0]
    ledger = UploadLedger(lambda: now[0])
    monkeypatch.setattr(gateway, "LEDGER", ledger)
    for session in ("one", "two", "three"):
        ledger.grant(VISITOR, session)
    for began, session in enumerate(("two", "three")):
        now[0] = began
        ledger.refusal(session, "old", 1, {})
        uploads.add_file(session, UploadedFileRec("old", "old", "", bytes(50 * MIB)))
    behind = Streamlit()
    length = str(45 * MIB)
    assert ask(Gateway(behind), "PUT", UPLOAD, content_length=length)[0]["status"] == 503
    now[0] = 62
    assert ask(Gateway(behind), "PUT", UPLOAD, content_length=length)[0]["status"] == 204
    assert sorted(name for name, files in uploads.file_storage.items() if files) == ["three"]


def test_an_upload_that_arrives_lies_in_no_file() -> None:
    """Streamlit reads uploads as forms; Starlette's parser writes large parts to disk unless it is told otherwise."""
    Gateway(Streamlit())
    head = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\n\r\n'
    body = head + bytes(3 * MIB) + b"\r\n--x--\r\n"
    scope = {"type": "http", "method": "PUT", "headers": [(b"content-type", b"multipart/form-data; boundary=x")]}

    async def receive() -> Message:
        return {"type": "http.request", "body": body}

    async def is_on_disk() -> bool:
        async with Request(scope, receive).form() as form:
            part = form["file"]
            assert isinstance(part, UploadFile) and part.size == 3 * MIB
            return part.file._rolled  # type: ignore[attr-defined, no-any-return]

    assert not asyncio.run(is_on_disk())
