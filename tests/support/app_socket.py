"""The websocket between a tab and a served app, with headers of one's own."""

import contextlib
import socket
from collections.abc import Mapping

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin, Subprotocol

_NO_TOKEN = "PLACEHOLDER_AUTH_TOKEN"  # what Streamlit's page sends in its place


class AppSocket:
    """Streamlit's protocol buffers, there and back.

    address: host and port to connect to; headers: of the handshake, `Host` among them replaces the usual one; origin:
    None sends none; token: the XSRF cookie's; session_id: of a session to go on with, else empty.
    Raises `websockets.exceptions.InvalidStatus` where the server refuses.
    """

    def __init__(
        self,
        address: tuple[str, int],
        headers: Mapping[str, str],
        origin: str | None,
        token: str = "",
        session_id: str = "",
        seconds: float = 60.0,
    ) -> None:
        extra = dict(headers)
        host = extra.pop("Host", f"{address[0]}:{address[1]}")
        self._tcp = socket.create_connection(address, timeout=seconds)
        protocols = ["streamlit", token or _NO_TOKEN, *([session_id] if session_id else [])]
        try:
            self._connection: ClientConnection = connect(
                f"ws://{host}/_stcore/stream",
                sock=self._tcp,
                origin=Origin(origin) if origin is not None else None,
                subprotocols=[Subprotocol(name) for name in protocols],
                additional_headers=extra,
                open_timeout=seconds,
                close_timeout=2.0,  # a server that is busy answers the goodbye late, and nothing depends on it
                max_size=None,
                proxy=None,
            )
        except BaseException:
            self._tcp.close()
            raise

    def send(self, message: BackMsg) -> None:
        self.send_bytes(message.SerializeToString())

    def send_bytes(self, content: bytes) -> None:
        """Anything at all. Raises `websockets.exceptions.ConnectionClosed`."""
        self._connection.send(content)

    def receive(self, seconds: float) -> ForwardMsg | None:
        """The next message; None where none comes in this time. Raises `websockets.exceptions.ConnectionClosed`."""
        try:
            content = self._connection.recv(timeout=max(0.0, seconds))
        except TimeoutError:
            return None
        assert isinstance(content, bytes), content
        message = ForwardMsg()
        message.ParseFromString(content)
        return message

    @property
    def close_code(self) -> int | None:
        """Why the server closed it (RFC 6455, 7.4), None while it is open."""
        return self._connection.close_code

    def close(self) -> None:
        self._connection.close()

    def vanish(self) -> None:
        """Break off without a word, like a computer whose lid is shut."""
        with contextlib.suppress(OSError):
            self._tcp.shutdown(socket.SHUT_RDWR)
        self._tcp.close()
