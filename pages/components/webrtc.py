"""How browser and server find each other, and what to say when they do not."""

import os
import time
from asyncio import selector_events
from functools import partial
from typing import Any
from urllib.parse import urlsplit

import streamlit as st
from aiortc import MediaStreamTrack
from streamlit_webrtc import WebRtcStreamerContext
from streamlit_webrtc.config import Translations
from streamlit_webrtc.credentials import get_available_ice_servers
from streamlit_webrtc.process import AsyncMediaProcessTrack
from streamlit_webrtc.relay import get_global_relay

from pages.components.cache import read_secrets
from pages.components.connection_rights import LOCAL_NAMES
from pages.components.fragments import fragment

PATIENCE = 10.0  # seconds
_DATAGRAMS = 32  # of one socket at a time, so that the others get their turn; a keyframe has about as many
SILENCE = 4.0  # seconds without a frame in a stream that plays

# What the component itself says, in its own place.
CAMERA_SENTENCES: Translations = {
    "start": "START",
    "stop": "STOP",
    "select_device": "Choose a camera",
    "device_ask_permission": "Allow the camera in the browser's prompt.",
    "device_access_denied": "The browser blocks the camera: allow it beside the address, then press START again.",
    "device_not_available": "No camera answers: plug one in, or close the program that uses it, and press START again.",
    "media_api_not_available": "This browser allows the camera only on https pages or on localhost.",
}


class EachOnce(MediaStreamTrack):
    """A stream's processed frames, each of them once.

    The component's own track repeats the latest one for every frame of the camera until the next is ready, and each
    repetition would be encoded and sent like a new one.
    """

    kind = "video"

    def __init__(self, track: MediaStreamTrack) -> None:
        super().__init__()
        self._track = track
        self._latest: object = None

    async def recv(self) -> Any:
        """The next frame that is another one. Raises `MediaStreamError` at the end of the stream."""
        while (frame := await self._track.recv()) is self._latest:
            pass
        self._latest = frame
        return frame


def drop_late_frames() -> None:
    """Let every stream take the newest frame of its camera and send each processed one once; done once for the process.

    As the component sets it up, frames that arrive while the last one is being encoded wait in line: on a busy server
    the video is seconds late after a minute. It shares one relay among all streams (not a public name of
    streamlit-webrtc; tests/pages/components/test_webrtc.py and the streaming benchmark watch it).
    """
    relay = get_global_relay()
    subscribe = partial(relay.subscribe, buffered=False)

    def subscribe_to_newest(track: MediaStreamTrack) -> MediaStreamTrack:
        return subscribe(EachOnce(track) if isinstance(track, AsyncMediaProcessTrack) else track)

    relay.subscribe = subscribe_to_newest  # type: ignore[method-assign, assignment]


def read_what_has_come(transport: Any) -> None:
    """Fetch the datagrams that wait at a socket, up to a number of them.

    asyncio fetches one for each turn of its loop. On a busy server a turn takes as long as the threads that analyze
    hold the interpreter; a camera's packets would wait in line for seconds, and those for which there is no room be
    lost, the signs of life among them without which a connection ends.
    """
    for _ in range(_DATAGRAMS):
        if transport._conn_lost:
            return
        try:
            content, address = transport._sock.recvfrom(transport.max_size)
        except (BlockingIOError, InterruptedError):
            return
        except OSError as error:
            transport._protocol.error_received(error)
            return
        transport._protocol.datagram_received(content, address)


def read_datagrams_together() -> None:
    """Once for the process: all of asyncio's datagram sockets are read so (on Windows asyncio has others)."""
    selector_events._SelectorDatagramTransport._read_ready = read_what_has_come  # type: ignore[attr-defined]


def rtc_configuration() -> dict[str, list]:
    """On this computer directly; elsewhere by the servers that secrets or environment name, else Google's STUN server.

    TURN_URL with TURN_USERNAME and TURN_CREDENTIAL comes first, then Cloudflare and Twilio by the names that
    streamlit-webrtc knows (`.streamlit/secrets.toml.example`).
    """
    if urlsplit(st.context.url or "").hostname in LOCAL_NAMES:
        return {"iceServers": []}
    read_secrets()
    url = os.environ.get("TURN_URL")
    if not url:
        return {"iceServers": list(get_available_ice_servers())}
    turn = {
        "urls": url.split(),
        "username": os.environ.get("TURN_USERNAME", ""),
        "credential": os.environ.get("TURN_CREDENTIAL", ""),
    }
    return {"iceServers": [turn, {"urls": "stun:stun.l.google.com:19302"}]}


def is_relayed() -> bool:
    """Whether a TURN server may pass the frames on."""
    return any("turn" in str(server.get("urls", "")) for server in rtc_configuration()["iceServers"])


def is_connecting() -> bool:
    """Whether the browser was trying to connect in this run of the page, after `waiting_since` was asked."""
    return "connecting_since" in st.session_state


def waiting_since(context: WebRtcStreamerContext) -> float | None:
    """Since when (monotonic seconds) the browser has been trying to connect; None while it is not."""
    if context.state.playing or not context.state.signalling:
        st.session_state.pop("connecting_since", None)
        return None
    return st.session_state.setdefault("connecting_since", time.monotonic())


@fragment(run_every=1.0)
def watch_connection(since: float) -> None:
    """Say what is likely wrong when the connection takes too long."""
    if time.monotonic() - since < PATIENCE:
        st.caption("Connecting …")
        return
    relay = (
        "The relay that is configured did not answer, or the network forbids it."
        if is_relayed()
        else "Many company, school and mobile networks let video through only by way of a relay (TURN), and none is "
        "configured here."
    )
    st.warning(
        f"No connection within {PATIENCE:.0f} seconds. {relay} Try another network, press STOP and START again, or "
        "choose Snapshot above: it needs no video connection."
    )
