"""Which messages of a browser reach Streamlit: those that a page needs, and none that acts on the server or on others.

Streamlit asks nobody before it clears every visitor's caches (`clear_cache`), tells the state of the git repository
(`load_git_info`) or writes files for code assistants (`install_skills`).
"""

import asyncio
from collections.abc import Mapping

from google.protobuf.message import DecodeError
from starlette.types import Message, Receive
from streamlit.proto.BackMsg_pb2 import BackMsg

BURST, A_SECOND = 40, 10.0  # messages of one socket; the live page sends five a second. Later ones wait.
FIRST_MESSAGE_SECONDS = 30.0  # a page sends one within a second; a socket that says nothing only takes a place
MAX_MESSAGE_BYTES = 4 * 2**20  # widget states of a page are some kilobytes
_PASS = frozenset({"rerun_script", "stop_script", "file_urls_request", "app_heartbeat"})
_OPERATIONS_PASS = frozenset({"deferred_file", "dataframe_chunk"})
_GONE: Message = {"type": "websocket.disconnect", "code": 1008}


def passes(content: bytes) -> bool:
    """Whether a message may reach Streamlit."""
    if len(content) > MAX_MESSAGE_BYTES:
        return False
    message = BackMsg()
    try:
        message.ParseFromString(content)
    except DecodeError:
        return False
    kind = message.WhichOneof("type")
    if kind == "backend_operation_request":
        return message.backend_operation_request.WhichOneof("payload") in _OPERATIONS_PASS
    return kind in _PASS


def is_returning(headers: Mapping[str, str]) -> bool:
    """Whether a page names the session that it had before it lost its connection, as the third of its subprotocols.

    Such a page has nothing to say before its visitor clicks. headers: of the websocket, names in lower case.
    """
    return len(headers.get("sec-websocket-protocol", "").split(",")) > 2


class _Pace:
    """A token bucket: `BURST` messages at once, then `A_SECOND`."""

    def __init__(self) -> None:
        self._left, self._filled = float(BURST), asyncio.get_running_loop().time()

    async def wait(self) -> None:
        """Until there is room for one message more."""
        now = asyncio.get_running_loop().time()
        self._left = min(BURST, self._left + (now - self._filled) * A_SECOND) - 1
        self._filled = now
        if self._left < 0:
            await asyncio.sleep(-self._left / A_SECOND)


def filtered(receive: Receive, may_be_silent: bool = False) -> Receive:
    """What a websocket receives, less the messages that may not pass and no faster than a page has use for.

    It ends where the first message does not come, unless the page may be silent.
    """
    spoke = may_be_silent
    pace = _Pace()

    async def receiving() -> Message:
        nonlocal spoke
        while True:
            try:
                message = await (receive() if spoke else asyncio.wait_for(receive(), FIRST_MESSAGE_SECONDS))
            except TimeoutError:
                return _GONE
            if message["type"] != "websocket.receive":
                return message
            spoke = True
            await pace.wait()
            if passes(message.get("bytes") or (message.get("text") or "").encode()):
                return message

    return receiving
