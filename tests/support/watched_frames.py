"""Encoded frames that come to an aiortc receiver, counted, and decoded only while someone watches."""

import queue
import time
from typing import Any

from aiortc import RTCRtpReceiver

_QUEUE = "_RTCRtpReceiver__decoder_queue"  # aiortc 1.16 has no public place to take frames before they are decoded


class WatchedFrames(queue.Queue[Any]):
    """Stands where the receiver puts what its decoder thread takes.

    count: of all frames; came: when each frame that is decoded came, by its time stamp. Decoding begins with a
    keyframe.
    """

    def __init__(self) -> None:
        super().__init__()
        self.count = 0
        self.came: dict[int, float] = {}
        self.is_watched = False
        self._is_decoding = False

    def take_the_place_of_decoding(self, receiver: RTCRtpReceiver) -> RTCRtpReceiver:
        """Before the receiver starts."""
        assert hasattr(receiver, _QUEUE), f"aiortc's receiver has no {_QUEUE} any more."
        setattr(receiver, _QUEUE, self)
        return receiver

    def put(self, item: Any, block: bool = True, timeout: float | None = None) -> None:
        if item is not None:  # which ends the thread
            frame = item[1]
            self.count += 1
            is_keyframe = not frame.data[0] & 1  # RFC 6386, 9.1
            self._is_decoding = self.is_watched and (self._is_decoding or is_keyframe)
            if not self._is_decoding:
                return
            self.came[frame.timestamp] = time.monotonic()
        super().put(item, block, timeout)
