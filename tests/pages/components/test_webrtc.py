"""Which servers help browser and server to find each other."""

import asyncio
import socket
import time
from asyncio import selector_events
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from itertools import pairwise

import av
import pytest
import streamlit_webrtc.credentials
from aiortc import MediaStreamTrack
from aiortc.contrib.media import MediaRelay
from streamlit_webrtc.process import AsyncVideoProcessTrack

from pages.components import webrtc
from pages.components.webrtc import drop_late_frames, is_relayed, read_datagrams_together, rtc_configuration

GOOGLE = {"urls": "stun:stun.l.google.com:19302"}


@pytest.fixture(autouse=True)
def no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (
        "TURN_URL",
        "TURN_USERNAME",
        "TURN_CREDENTIAL",
        "CLOUDFLARE_TURN_KEY_ID",
        "TWILIO_ACCOUNT_SID",
        "HF_TOKEN",
    ):
        monkeypatch.delenv(name, raising=False)
    streamlit_webrtc.credentials.get_available_ice_servers.clear()


def visit(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setattr(type(webrtc.st.context), "url", url)


def test_on_this_computer_nobody_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TURN_URL", "turn:relay.example:3478")
    for url in ("http://localhost:8501", "http://127.0.0.1:8501/train", "http://[::1]:8501"):
        visit(monkeypatch, url)
        assert rtc_configuration() == {"iceServers": []}
    assert not is_relayed()


def test_elsewhere_google_tells_both_their_addresses(monkeypatch: pytest.MonkeyPatch) -> None:
    visit(monkeypatch, "https://emotion.example.app")
    assert rtc_configuration() == {"iceServers": [GOOGLE]}
    assert not is_relayed()


def test_a_relay_of_ones_own_comes_with_its_password(monkeypatch: pytest.MonkeyPatch) -> None:
    visit(monkeypatch, "https://emotion.example.app")
    monkeypatch.setenv("TURN_URL", "turn:relay.example:3478 turns:relay.example:5349")
    monkeypatch.setenv("TURN_USERNAME", "me")
    monkeypatch.setenv("TURN_CREDENTIAL", "secret")
    own, google = rtc_configuration()["iceServers"]
    assert own == {
        "urls": ["turn:relay.example:3478", "turns:relay.example:5349"],
        "username": "me",
        "credential": "secret",
    }
    assert google == GOOGLE and is_relayed()


def test_a_service_that_is_configured_is_asked_for_relays(monkeypatch: pytest.MonkeyPatch) -> None:
    visit(monkeypatch, "https://emotion.example.app")
    monkeypatch.setenv("CLOUDFLARE_TURN_KEY_ID", "id")
    monkeypatch.setenv("CLOUDFLARE_TURN_KEY_API_TOKEN", "token")
    relays = [{"urls": ["turn:turn.example:3478"], "username": "a", "credential": "b"}]
    asked = []

    def answer(turn_key_id: str, turn_key_api_token: str) -> list[dict]:
        asked.append((turn_key_id, turn_key_api_token))
        return relays

    monkeypatch.setattr(streamlit_webrtc.credentials, "get_cloudflare_ice_servers", answer)
    assert rtc_configuration()["iceServers"] == relays and asked == [("id", "token")] and is_relayed()


def test_a_service_that_does_not_answer_leaves_google(monkeypatch: pytest.MonkeyPatch) -> None:
    visit(monkeypatch, "https://emotion.example.app")
    monkeypatch.setenv("TWILIO_ACCOUNT_SID", "sid")
    monkeypatch.setenv("TWILIO_AUTH_TOKEN", "token")

    def refuse(twilio_sid: str, twilio_token: str) -> list[dict]:
        raise OSError("no network")

    monkeypatch.setattr(streamlit_webrtc.credentials, "get_twilio_ice_servers", refuse)
    assert rtc_configuration() == {"iceServers": [GOOGLE]}


class Camera(MediaStreamTrack):
    """Shows a new frame every millisecond, numbered."""

    kind = "video"
    shown = 0

    async def recv(self) -> av.VideoFrame:
        await asyncio.sleep(0.001)
        self.shown += 1
        frame = av.VideoFrame(16, 16)
        frame.pts, frame.time_base = self.shown, Fraction(1, 1000)
        return frame


@pytest.fixture
def relay(monkeypatch: pytest.MonkeyPatch) -> MediaRelay:
    relay = MediaRelay()
    monkeypatch.setattr(webrtc, "get_global_relay", lambda: relay)
    drop_late_frames()
    return relay


def test_a_slow_stream_sends_each_processed_frame_once(relay: MediaRelay) -> None:
    class Slow:
        """Takes as long for a frame as the camera for many."""

        def recv(self, frame: av.VideoFrame) -> av.VideoFrame:
            time.sleep(0.005)
            return av.VideoFrame(16, 16)

    async def watch() -> list[av.VideoFrame]:
        processed = AsyncVideoProcessTrack(track=relay.subscribe(Camera()), processor=Slow())
        stream = relay.subscribe(processed)
        frames = [await stream.recv() for _ in range(40)]  # before the first is ready, the camera's own come back
        processed.stop()
        return frames

    with ThreadPoolExecutor(1) as thread:  # the browser tests leave a loop running in this one
        frames = thread.submit(asyncio.run, watch()).result()
    assert all(frame is not following for frame, following in pairwise(frames))


def test_a_stream_that_is_late_goes_on_with_the_newest_frame(relay: MediaRelay) -> None:
    async def watch() -> list[int]:
        camera = Camera()
        stream, behind = relay.subscribe(camera), []
        await stream.recv()  # the camera begins with the first one
        for _ in range(3):
            late = camera.shown + 10
            while camera.shown < late:
                await asyncio.sleep(0.001)
            frame = await stream.recv()
            assert frame.pts is not None
            behind.append(camera.shown - frame.pts)
        stream.stop()
        return behind

    with ThreadPoolExecutor(1) as thread:
        assert max(thread.submit(asyncio.run, watch()).result()) <= 1


def test_datagrams_that_wait_are_read_in_one_turn_of_the_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    transport = selector_events._SelectorDatagramTransport  # type: ignore[attr-defined]
    monkeypatch.setattr(transport, "_read_ready", transport._read_ready)  # as it was before, after this test
    read_datagrams_together()

    class Receiver(asyncio.DatagramProtocol):
        def __init__(self) -> None:
            self.turns: dict[int, int] = {}
            self.turn = 0

        def datagram_received(self, data: bytes, addr: object) -> None:
            self.turns[self.turn] = self.turns.get(self.turn, 0) + 1

    async def receive() -> list[int]:
        loop = asyncio.get_running_loop()
        end, receiver = await loop.create_datagram_endpoint(Receiver, local_addr=("127.0.0.1", 0))
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            for _ in range(20):
                sender.sendto(b"packet", end.get_extra_info("sockname"))
        async with asyncio.timeout(10):
            while sum(receiver.turns.values()) < 20:
                receiver.turn += 1
                await asyncio.sleep(0)
        end.close()
        return list(receiver.turns.values())

    with ThreadPoolExecutor(1) as thread:
        assert thread.submit(asyncio.run, receive()).result() == [20]
