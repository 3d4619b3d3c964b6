"""About how long the reading of files takes, before it begins."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from emotion_core.limits import TERMINAL
from emotion_core.vision.media.video_sampling import VIDEO_SUFFIXES, VideoError, VideoReader

# Seconds of one process on two cores at 2.1 GHz, with BlazeFace and the residual network: `python -m benchmarks.batch`
# and `python -m benchmarks.video` (720p, one face). Another computer may take half as long, or twice.
_PICTURE, _SAMPLE, _DRAWN_SECOND = 0.03, 0.04, 0.3
_START = 3.0
_OPENED = 30  # videos; the others are taken to be as long as these are on average


@dataclass(frozen=True)
class Inputs:
    """What there is to read. video_seconds: of all videos together, about."""

    pictures: int
    videos: int
    video_seconds: float

    def work_seconds(self, sample_rate: float, annotated: bool, workers: int) -> float:
        """sample_rate: pictures a second that are read of a video; annotated: whether each of its frames is drawn."""
        second = sample_rate * _SAMPLE + (_DRAWN_SECOND if annotated else 0.0)
        pictures = self.pictures * _PICTURE / workers
        return _START + pictures + self.video_seconds * second / max(1, min(workers, self.videos))


def count_inputs(paths: Sequence[Path]) -> Inputs:
    """Looks into some of the videos, for their length."""
    videos = [path for path in paths if path.suffix.lower() in VIDEO_SUFFIXES]
    lengths = []
    for path in videos[:_OPENED]:
        with suppress(VideoError), VideoReader(path, limits=TERMINAL) as reader:
            lengths.append(reader.length)
    mean = sum(lengths) / len(lengths) if lengths else 0.0
    return Inputs(len(paths) - len(videos), len(videos), mean * len(videos))
