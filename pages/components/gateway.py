"""The gate in front of the server: host names, methods, connections and uploads, before Streamlit sees them."""

import asyncio
import re

from starlette.formparsers import MultiPartParser
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit import runtime
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.uploaded_file_manager import UploadedFileRec

from emotion_core.limits import VISITOR
from pages.components.connection_rights import Rights, is_host_refused, rights
from pages.components.connections import Connections, address_key
from pages.components.messages import filtered, is_returning
from pages.components.uploading import LEDGER

MAX_UPLOADS = 8  # that arrive at a time
UPLOAD_SECONDS = 300.0  # for one upload
STALL_SECONDS = 20.0  # without a byte of it; a stalled one must not hold a place
_UPLOAD = re.compile(r".*/_stcore/upload_file/([^/]+)/([^/]+)$")
_RECORD_BYTES = 1_024  # of an upload beside its content and names, about: an empty one is not free
_METRICS = "/_stcore/metrics"
_READING = ("GET", "HEAD", "OPTIONS")
_GONE: Message = {"type": "http.disconnect"}
_HEADERS = [
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
]


class Gateway:
    """ASGI middleware for `st.App`."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._connections = Connections()
        self._uploads = 0
        # Larger parts would lie in a temporary file while they arrive; visitors are told that nothing is stored.
        MultiPartParser.spool_max_size = VISITOR.file_mib * 2**20

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await self._websocket(scope, receive, send)
        elif scope["type"] == "http":
            await self._http(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _websocket(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers, address = _sender(scope)
        key = address_key(headers, address)
        if is_host_refused(headers, address) or self._connections.is_full_for(key):
            await send({"type": "websocket.close", "code": 1008})  # before it was accepted: status 403
            return
        with self._connections.counted(key):
            await self._app(scope, filtered(receive, is_returning(headers)), send)

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        upload = _UPLOAD.match(scope["path"])
        headers, address = _sender(scope)
        if is_host_refused(headers, address):
            await _answer(scope, receive, send, 421, "This server does not answer to this name (see EMOTION_HOSTS).")
        elif upload and scope["method"] == "PUT":
            await self._upload(upload[1], upload[2], scope, receive, _with_headers(send))
        elif scope["path"].endswith(_METRICS) and rights(headers, address) is not Rights.own:
            await _answer(scope, receive, send, 403, "The figures of this server are not public.")
        elif scope["method"] in _READING or (upload and scope["method"] == "DELETE"):
            await self._app(scope, receive, _with_headers(send))
        else:
            await _answer(scope, receive, send, 405, "This server takes no such request.")

    async def _upload(self, session: str, file: str, scope: Scope, receive: Receive, send: Send) -> None:
        announced = dict(scope["headers"]).get(b"content-length", b"")
        if not announced.isdigit():
            await _answer(scope, receive, send, 411, "An upload must say how large it is.")
            return
        if self._uploads >= MAX_UPLOADS:
            await _answer(scope, receive, send, 503, "The server takes too many uploads at the moment.")
            return
        status, sentence = _room_for(session, file, int(announced))
        if status:
            await _answer(scope, receive, send, status, sentence)
            return
        self._uploads += 1
        try:
            await self._app(scope, self._counted(session, file, receive), send)
        finally:
            self._uploads -= 1
            LEDGER.done(session, file)

    def _counted(self, session: str, file: str, receive: Receive) -> Receive:
        """The request's body, cut off where it grows beyond its quota or comes too slowly."""
        loop = asyncio.get_running_loop()
        arrived, deadline = 0, loop.time() + UPLOAD_SECONDS

        async def counted() -> Message:
            nonlocal arrived
            try:
                async with asyncio.timeout_at(min(deadline, loop.time() + STALL_SECONDS)):
                    message = await receive()
            except TimeoutError:
                return _GONE
            arrived += len(message.get("body", b""))
            LEDGER.arriving(session, file, arrived)
            return _GONE if LEDGER.is_excessive(session, file, arrived, _held()) else message

        return counted


def _sender(scope: Scope) -> tuple[dict[str, str], str | None]:
    """Headers, names in lower case, and the address of the other end."""
    client = scope.get("client")
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
    return headers, client[0] if client else None


def _room_for(session: str, file: str, size: int) -> tuple[int, str]:
    """As `UploadLedger.refusal`, after uploads that lie idle have made room."""
    LEDGER.keep_only(runtime.get_instance().is_active_session)
    status, sentence = LEDGER.refusal(session, file, size, _held())
    if status == 503:
        for owner, old in LEDGER.idle(session, _held()):
            _manager().remove_file(owner, old)
            status, sentence = LEDGER.refusal(session, file, size, _held())
            if not status:
                break
    return status, sentence


def _manager() -> MemoryUploadedFileManager:
    manager = runtime.get_instance().uploaded_file_mgr
    assert isinstance(manager, MemoryUploadedFileManager)
    return manager


def _held() -> dict[str, dict[str, int]]:
    """Bytes of the uploads that Streamlit holds, by session and file id."""
    stored = list(_manager().file_storage.items())
    return {session: {file: _size(record) for file, record in list(files.items())} for session, files in stored}


def _size(record: UploadedFileRec) -> int:
    return len(record.data) + len(record.name) + len(record.type) + _RECORD_BYTES


def _with_headers(send: Send) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            message = {**message, "headers": [*message.get("headers", []), *_HEADERS]}
        await send(message)

    return sending


async def _answer(scope: Scope, receive: Receive, send: Send, status: int, sentence: str) -> None:
    await PlainTextResponse(sentence, status)(scope, receive, send)
