"""A visitor whose camera plays a clip: WebRTC without a browser.

    clip = record(numbered(one_face()))
    with MediaLoop() as loop, Visitor(server.url) as tab:
        camera = CameraVisitor(tab.open(), clip, loop)
        camera.start()
        tab.stay(5)
        print(camera.frames_back)
        camera.stop()

The clip is encoded once and sent as it is, at the rate that the page asks for. What comes back is decoded only while it
is watched, so that a dozen of these visitors cost less than the server that they visit.
"""

import asyncio
import json
import threading
import time
from collections.abc import Coroutine, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from types import TracebackType
from typing import Any, Self, TypeVar

import av
import numpy as np
from aiortc import MediaStreamTrack, RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from aiortc.mediastreams import VIDEO_TIME_BASE, MediaStreamError

from tests.browser.camera import RATE
from tests.support.frame_numbers import read_number
from tests.support.page_view import Shown
from tests.support.visitor import Visitor
from tests.support.watched_frames import WatchedFrames

KILOBITS = 1_000  # a second; about what Chromium sends of the example clip
_LATE = 0.5  # seconds after which the camera gives up the time it lost instead of hurrying after it
_COMPONENT = "streamlit_webrtc.component.webrtc_streamer"
_T = TypeVar("_T")


@dataclass(frozen=True)
class Clip:
    """A few seconds of video as VP8 packets, by frames a second: whole, and with every other frame left out."""

    packets: Mapping[int, Sequence[bytes]]

    def closest(self, rate: float) -> int:
        """The rate that there is for the one that is asked for."""
        return min(self.packets, key=lambda there: abs(there - rate))


def record(frames: Sequence[np.ndarray], kilobits: int = KILOBITS) -> Clip:
    """Encode frames, uint8 [height, width, 3] RGB with even sides, made for 30 a second."""
    return Clip({RATE // step: _encode(frames[::step], RATE // step, kilobits // step) for step in (1, 2)})


def _encode(frames: Sequence[np.ndarray], rate: int, kilobits: int) -> list[bytes]:
    """A keyframe a second; the first is one."""
    codec = av.CodecContext.create("libvpx", "w")
    assert isinstance(codec, av.VideoCodecContext)
    codec.height, codec.width = frames[0].shape[:2]
    codec.pix_fmt, codec.bit_rate, codec.gop_size, codec.time_base = "yuv420p", 1000 * kilobits, rate, Fraction(1, rate)
    codec.options = {"deadline": "realtime", "cpu-used": "-6", "lag-in-frames": "0"}  # as a browser encodes
    packets = []
    for number, image in enumerate(frames):
        frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(image), format="rgb24")
        frame.pts, frame.time_base = number, codec.time_base
        packets += [bytes(packet) for packet in codec.encode(frame)]
    return packets + [bytes(packet) for packet in codec.encode(None)]


class MediaLoop:
    """The thread on which the media of all visitors of one process move."""

    def __enter__(self) -> Self:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="media", daemon=True)
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)

    def run(self, task: Coroutine[Any, Any, _T], seconds: float = 30.0) -> _T:
        """What the coroutine returns. Raises `TimeoutError`."""
        return asyncio.run_coroutine_threadsafe(task, self._loop).result(seconds)


class _RecordedCamera(MediaStreamTrack):
    """Plays encoded frames in a loop. sent: when each number was sent last; lateness: seconds, of each frame."""

    kind = "video"

    def __init__(self, clip: Clip, rate: int) -> None:
        super().__init__()
        self.sent: dict[int, float] = {}
        self.lateness: list[float] = []
        self.rate = rate
        self._packets, self._count, self._began = clip.packets[rate], 0, 0.0

    async def recv(self) -> av.Packet:
        if self.readyState != "live":
            raise MediaStreamError
        now = time.monotonic()
        self._began = self._began or now
        wait = self._began + self._count / self.rate - now
        if wait > 0:
            await asyncio.sleep(wait)
        elif wait < -_LATE:
            self._began -= wait
        now, place = time.monotonic(), self._count % len(self._packets)
        self.lateness.append(max(0.0, now - self._began - self._count / self.rate))
        self.sent[place * RATE // self.rate] = now
        packet = av.Packet(self._packets[place])
        packet.pts, packet.time_base = self._count * VIDEO_TIME_BASE.denominator // self.rate, VIDEO_TIME_BASE
        self._count += 1
        return packet


class CameraVisitor:
    """The live page's camera on one visitor's tab, which must show that page.

    delays: seconds from a frame's way out of the camera to its way back, complete, drawn on and encoded again; read
    while it is watched; seen: the numbers of the frames that came back then, one after the other.
    """

    def __init__(self, tab: Visitor, clip: Clip, loop: MediaLoop, is_mirrored: bool = True) -> None:
        self.tab = tab
        self.delays: list[float] = []
        self.seen: list[int] = []
        self._clip, self._loop, self._is_mirrored = clip, loop, is_mirrored
        self._peer: RTCPeerConnection | None = None

    def start(self, seconds: float = 60.0, is_watched: bool = False) -> None:
        """Press START and wait for the first frame back; is_watched: from this one on. Raises `TimeoutError`."""
        video = json.loads(self._component.body.json_args)["media_stream_constraints"]["video"]
        offer = self._loop.run(self._offer(self._clip.closest(video["frameRate"]["ideal"])))
        self._frames.is_watched = is_watched
        self._say(sdpOffer={"sdp": offer.sdp, "type": offer.type})
        self.tab.wait_until(lambda: self._answer is not None, seconds)
        self._loop.run(self._accept(self._answer))
        self._say(playing=True)
        self.tab.wait_until(lambda: self.frames_back > 0, seconds)

    def stop(self) -> None:
        """Press STOP."""
        self._say()
        self.hang_up()

    def hang_up(self) -> None:
        """End the connection without a word to the page, as a tab that closes or goes to another page."""
        self._loop.run(self._close())

    def vanish(self) -> None:
        """Be gone, the tab too, without a word on any way."""
        assert self._peer
        for transceiver in self._peer.getTransceivers():
            self._loop.run(transceiver.sender.transport.transport.stop())
        self.tab.vanish()
        self.hang_up()

    @property
    def is_offered(self) -> bool:
        """Whether the page has a START: a full server offers snapshots only."""
        return bool(self._components)

    @property
    def frames_back(self) -> int:
        """How many frames have come back, those that show the same as the one before included."""
        return self._frames.count

    @property
    def rate(self) -> int:
        """Frames a second that the camera sends, which is what the page asked for."""
        return self._camera.rate

    @property
    def lateness(self) -> list[float]:
        """Seconds that each frame left the camera late: this process itself was short of time."""
        return self._camera.lateness

    def watch(self, is_watched: bool) -> None:
        """Decode what comes back, from the next keyframe on, which is asked for; or no longer."""
        self._frames.is_watched = is_watched
        if is_watched:
            self._loop.run(self._ask_for_keyframe())

    @property
    def _components(self) -> list[Shown]:
        return [e for e in self.tab.page.all("component_instance") if e.body.component_name == _COMPONENT]

    @property
    def _component(self) -> Shown:
        if not self._components:
            raise LookupError(f"The page shows no camera: {self.tab.page.text[:500]}")
        return self._components[0]

    @property
    def _answer(self) -> str | None:
        answer: str | None = json.loads(self._component.body.json_args)["sdp_answer_json"]
        return answer

    def _say(self, **changes: Any) -> None:
        """What the component in the page tells the server."""
        value = {"playing": False, "sdpOffer": "", "iceCandidates": {}, **changes}
        self.tab.set(self._component.key, json_value=json.dumps(value))

    async def _offer(self, rate: int) -> RTCSessionDescription:
        self._camera, self._frames = _RecordedCamera(self._clip, rate), WatchedFrames()
        self._peer = peer = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        transceiver = peer.addTransceiver(self._camera, "sendrecv")
        self._receiver = self._frames.take_the_place_of_decoding(transceiver.receiver)
        peer.on("track", lambda track: asyncio.ensure_future(self._look(track)))
        await peer.setLocalDescription(await peer.createOffer())
        return peer.localDescription

    async def _accept(self, answer: str | None) -> None:
        assert self._peer and answer
        await self._peer.setRemoteDescription(RTCSessionDescription(**json.loads(answer)))

    async def _look(self, track: MediaStreamTrack) -> None:
        with suppress(MediaStreamError):
            while True:
                frame = await track.recv()
                assert isinstance(frame, av.VideoFrame) and frame.pts is not None
                came = self._frames.came.pop(frame.pts, None)
                plane = frame.planes[0]
                gray = np.frombuffer(memoryview(plane), np.uint8).reshape(plane.height, plane.line_size)[
                    :, : plane.width
                ]
                number = read_number(gray, self._is_mirrored)
                if number is None or came is None or number not in self._camera.sent:
                    continue
                if not self.seen or self.seen[-1] != number:
                    self.seen.append(number)
                    self.delays.append(came - self._camera.sent[number])

    async def _ask_for_keyframe(self) -> None:
        for source in self._receiver.getSynchronizationSources():
            await self._receiver._send_rtcp_pli(source.source)

    async def _close(self) -> None:
        if self._peer:
            await self._peer.close()
