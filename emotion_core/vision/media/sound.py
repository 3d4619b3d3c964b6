"""The sound of a video, brought into an MP4 file: as it is where MP4 carries its codec, else as AAC."""

from collections.abc import Iterable
from contextlib import suppress

import av
from av.container import OutputContainer

_COPIED = {"aac", "mp3", "ac3", "eac3", "alac", "flac", "opus"}  # a bit of MP4 each
_ENCODED = {"vorbis", "mp2", "amr_nb", "amr_wb", "wmav2", "adpcm_ms", "adpcm_ima_wav", "pcm_alaw", "pcm_mulaw"}
_ENCODED |= {"pcm_u8", "pcm_s16le", "pcm_s16be", "pcm_s24le", "pcm_s24be", "pcm_s32le", "pcm_f32le"}
_MAX_CHANNELS = 8
_RATES = range(8_000, 96_001)  # samples a second that AAC takes
_UNFIT = (av.FFmpegError, ValueError)  # of packets that are damaged, or that MP4 has no place for


def is_kept(stream: av.AudioStream) -> bool:
    """Whether this kind of sound is brought along: what cameras and editors write, of all that FFmpeg reads."""
    sound = stream.codec_context
    if sound is None or not 1 <= sound.channels <= _MAX_CHANNELS:
        return False
    name = sound.codec.canonical_name
    return name in _COPIED or (name in _ENCODED and sound.sample_rate in _RATES)


class SoundTrack:
    """The sound of one video in another container.

    source: for which `is_kept` holds; container: to which nothing has been written yet.
    """

    def __init__(self, source: av.AudioStream, container: OutputContainer) -> None:
        self._container = container
        self._last = -1  # time of a copied packet, in the units of the source
        sound = source.codec_context
        if sound.codec.canonical_name in _COPIED:
            self._copied: av.AudioStream | None = container.add_stream_from_template(source)
            self._encoded: av.AudioStream | None = None
        else:
            self._copied = None
            self._encoded = container.add_stream("aac", rate=sound.sample_rate)
            self._encoded.codec_context.layout = "mono" if sound.channels == 1 else "stereo"

    def write(self, packets: Iterable[av.Packet]) -> None:
        """Append packets of the source; those that are damaged, or not later than the one before, are left out."""
        for packet in packets:
            if self._copied:
                self._copy(packet)
            else:
                self._encode(packet)

    def finish(self) -> None:
        """Write what the encoder still holds."""
        if self._encoded:
            self._mux(None)

    def _copy(self, packet: av.Packet) -> None:
        assert self._copied
        if packet.pts is None or packet.pts <= self._last:
            return
        self._last = packet.pts
        packet.stream = self._copied
        with suppress(*_UNFIT):
            self._container.mux(packet)

    def _encode(self, packet: av.Packet) -> None:
        try:
            frames = packet.decode()
        except _UNFIT:
            return
        for frame in frames:
            assert isinstance(frame, av.AudioFrame)
            self._mux(frame)

    def _mux(self, frame: av.AudioFrame | None) -> None:
        assert self._encoded
        with suppress(*_UNFIT):
            self._container.mux(self._encoded.encode(frame))
