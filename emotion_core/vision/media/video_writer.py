"""Videos out through PyAV: .mp4 files that browsers play."""

from collections.abc import Iterable
from contextlib import ExitStack
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

import av
import numpy as np

from emotion_core.images import shrink
from emotion_core.vision.media.sound import SoundTrack
from emotion_core.vision.media.whole_files import whole_file

MAX_SIDE = 1280  # pixels: encoding larger frames takes longer than analyzing them

_MILLISECOND = Fraction(1, 1000)
_OPTIONS = {
    "preset": "veryfast",
    "crf": "23",
    # Noise would take 140 Mbit/s, 2 GB in the two minutes that are annotated, all of it in memory.
    "maxrate": "3M",
    "bufsize": "6M",
    "threads": "2",  # each holds frames of its own
}


class VideoWriter:
    """Writes H.264 in yuv420p, each frame at its own time, to a path or into memory.

    with VideoWriter(path) as writer:
        writer.write(image, time=0.0)

    sound: of the video that the frames are from, where it is to be brought along. After an error there is no new file.
    """

    def __init__(self, target: Path | BinaryIO, sound: av.AudioStream | None = None) -> None:
        # The header comes first only where FFmpeg can open the file again, by its name; browsers ask for the end too.
        flags = {"movflags": "faststart"} if isinstance(target, Path) else {}
        with ExitStack() as opened:
            file = str(opened.enter_context(whole_file(target))) if isinstance(target, Path) else target
            self._container = av.open(file, mode="w", format="mp4", options=flags)
            opened.callback(self._container.close)
            self._add_streams(sound)
            opened.callback(self._finish)
            self._opened = opened.pop_all()
        self._last = -1

    def write(self, image: np.ndarray, time: float) -> None:
        """Append a frame, uint8 [height, width, 3] RGB, shown from `time` in seconds; sizes are those of the first."""
        image = shrink(image, MAX_SIDE)
        height, width = image.shape[:2]
        if self._last < 0:
            self._stream.width, self._stream.height = max(2, width // 2 * 2), max(2, height // 2 * 2)  # for yuv420p
        frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(image), format="rgb24")
        frame = frame.reformat(width=self._stream.width, height=self._stream.height, format="yuv420p")
        self._last = max(self._last + 1, round(time / _MILLISECOND))
        frame.pts, frame.time_base = self._last, _MILLISECOND
        self._container.mux(self._stream.encode(frame))

    def write_sound(self, packets: Iterable[av.Packet]) -> None:
        """Append packets of the sound, after the first frame: the file begins when both are known."""
        if self._sound:
            self._sound.write(packets)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._opened.__exit__(kind, error, trace)

    def _add_streams(self, sound: av.AudioStream | None) -> None:
        self._stream = self._container.add_stream("libx264", rate=30, options=_OPTIONS)
        self._stream.pix_fmt = "yuv420p"
        self._stream.codec_context.time_base = _MILLISECOND
        self._sound = SoundTrack(sound, self._container) if sound else None

    def _finish(self) -> None:
        if self._last >= 0:
            self._container.mux(self._stream.encode(None))
            if self._sound:
                self._sound.finish()
