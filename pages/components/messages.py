"""Which messages of a browser reach Streamlit: those that a page needs, and none that acts on the server or on others.

Streamlit asks nobody before it clears every visitor's caches (`clear_cache`), tells the state of the git repository
(`load_git_info`) or writes files for code assistants (`install_skills`).
"""

import asyncio

from google.protobuf.message import DecodeError
from starlette.types import Message, Receive
from streamlit.proto.BackMsg_pb2 import BackMsg

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


def filtered(receive: Receive) -> Receive:
    """What a websocket receives, less the messages that may not pass; it ends where the first one does not come."""
    spoke = False

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
            if passes(message.get("bytes") or (message.get("text") or "").encode()):
                return message

    return receiving
