"""What a visitor brings, a picture or a video as bytes, to everything the page shows and offers for download.

Nothing of it is written to a file, by no name and for no time.
"""

import io
import json
import logging
import threading
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

from emotion_core.images import ImageError, animation_note, reading_rgb, shrink, to_jpeg
from emotion_core.limits import OWNER, Limits
from emotion_core.vision.faces.analyzer import FaceAnalyzer
from emotion_core.vision.faces.drawing import draw_faces
from emotion_core.vision.faces.face import Face, scaled
from emotion_core.vision.faces.profile import Profile, relative_if_alone
from emotion_core.vision.media.moments import BestMoments, Moment
from emotion_core.vision.media.names import unique_name
from emotion_core.vision.media.records import Record, error_record, picture_record, sample_record, to_table
from emotion_core.vision.media.video_sampling import (
    SAMPLES_PER_SECOND,
    VIDEO_SUFFIXES,
    VideoError,
    VideoReader,
    analyze_frames,
)
from emotion_core.wording import plain_name

_SHOWN_SIDE = 1600  # pixels; a page that is run again must not decode more
_one_video = threading.Lock()  # at a time in the process: each holds a decoder's and an encoder's frames
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Analysis:
    """One analyzed upload.

    name: as `plain_name` has it; records: one for a picture, one a sampled frame for a video; annotated: a JPEG or MP4
    file, empty after an error; shown: the same picture as small as a page shows it, where that is smaller; note: a
    sentence where not all was analyzed; faces: of a picture, as in its record; moments: the strongest of a video, by
    person and emotion; model: the one that read the faces; features: of a video's faces, float16 [N, F] in the order of
    the records, for `personal_video`.
    """

    name: str
    is_video: bool
    records: tuple[Record, ...]
    annotated: bytes = b""
    note: str = ""
    faces: tuple[Face, ...] = ()
    moments: Mapping[tuple[int, str], Moment] = field(default_factory=dict)
    model: str = ""
    shown: bytes = field(default=b"", compare=False, repr=False)
    features: np.ndarray | None = field(default=None, compare=False, repr=False)

    @property
    def error(self) -> str | None:
        return self.records[0]["error"] if self.records else None

    @property
    def annotated_name(self) -> str:
        return f"{Path(self.name).stem}_emotions.{'mp4' if self.is_video else 'jpg'}"

    @property
    def face_count(self) -> int:
        """Faces found, in a video those of all sampled frames."""
        return sum(len(record["faces"]) for record in self.records)

    @property
    def table(self) -> pd.DataFrame:
        """One row a face, as `records.to_table` makes it."""
        return all_faces([self])


def analyze_upload(
    name: str,
    content: bytes,
    analyzer: FaceAnalyzer,
    on_progress: Callable[[float], object] = lambda share: None,
    limits: Limits = OWNER,
    on_wait: Callable[[], object] = lambda: None,
    profile: Profile | None = None,
    on_stop: Callable[[Analysis], object] = lambda done: None,
    samples_per_second: float = SAMPLES_PER_SECOND,
) -> Analysis:
    """Analyze a picture or, by its ending, a video; never raises for its content, which gets one sentence instead.

    profile: of the person in a picture that shows one face; not used for videos. samples_per_second: of a video.
    on_progress: told the share of a video that is done, 0 to 1; on_wait: called now and then while another visitor's
    video is analyzed. Exceptions of these two end the analysis and are passed on, if they are no `Exception`; `on_stop`
    then gets what is done of a video.
    """
    name = plain_name(name)
    is_video = is_video_name(name)
    try:
        if len(content) > limits.file_mib * 2**20:
            raise ImageError(f"{name} is larger than {limits.file_mib} MiB.")
        if not is_video:
            return _analyze_picture(name, content, analyzer, profile, limits)
        with _alone(on_wait):
            return _analyze_video(name, content, analyzer, on_progress, limits, on_stop, samples_per_second)
    except (ImageError, VideoError) as error:
        sentence = str(error)
    except MemoryError:
        sentence = f"{name} needs more memory than this server has left."
    except Exception:
        _log.exception("%s could not be analyzed", name)
        sentence = f"{name} could not be analyzed. The server's log says why."
    return Analysis(name, is_video, (error_record(name, sentence),))


def is_video_name(name: str) -> bool:
    """Whether a file is taken for a video, by the ending that `plain_name` leaves it."""
    return Path(plain_name(name)).suffix.lower() in VIDEO_SUFFIXES


def all_faces(analyses: Iterable[Analysis]) -> pd.DataFrame:
    """The faces of all uploads in one table."""
    tables = [to_table(analysis.records, analysis.model) for analysis in analyses]
    return pd.concat(tables, ignore_index=True) if tables else to_table([])


def to_json(analyses: Iterable[Analysis]) -> str:
    """All records as JSON Lines, the form of `python -m emotion_core analyze`."""
    return "".join(json.dumps(record) + "\n" for analysis in analyses for record in analysis.records)


def to_zip(analyses: Iterable[Analysis]) -> bytes:
    """All annotated files in one archive; equal names get a number."""
    buffer, taken = io.BytesIO(), set[str]()
    with zipfile.ZipFile(buffer, "w") as archive:
        for analysis in (a for a in analyses if a.annotated):
            name = Path(analysis.annotated_name)
            archive.writestr(unique_name(name.stem, name.suffix, taken), analysis.annotated)
    return buffer.getvalue()


@contextmanager
def _alone(on_wait: Callable[[], object]) -> Iterator[None]:
    """One video at a time."""
    while not _one_video.acquire(timeout=0.5):
        on_wait()
    try:
        yield
    finally:
        _one_video.release()


def _analyze_picture(
    name: str, content: bytes, analyzer: FaceAnalyzer, profile: Profile | None, limits: Limits
) -> Analysis:
    with reading_rgb(content, name) as image:
        faces = relative_if_alone(analyzer.analyze(image), profile, analyzer.classifier.uncertain_below)
        record = picture_record(name, image, faces)
        annotated = _drawn(image, faces, limits.annotated_side)
        is_large = min(max(image.shape[:2]), limits.annotated_side) > _SHOWN_SIDE
        shown = _drawn(image, faces, _SHOWN_SIDE) if is_large else b""
    model = analyzer.classifier.model.name
    note = animation_note(content)
    return Analysis(name, False, (record,), annotated, note, faces=tuple(faces), model=model, shown=shown)


def _drawn(image: np.ndarray, faces: Sequence[Face], max_side: int) -> bytes:
    """A JPEG, no larger than that."""
    small = shrink(image, max_side)
    factor = small.shape[1] / image.shape[1]
    return to_jpeg(draw_faces(small, [scaled(face, factor) for face in faces]))


def _analyze_video(
    name: str,
    content: bytes,
    analyzer: FaceAnalyzer,
    on_progress: Callable[[float], object],
    limits: Limits,
    on_stop: Callable[[Analysis], object],
    samples_per_second: float,
) -> Analysis:
    annotated, records, best, features = io.BytesIO(), list[Record](), BestMoments(), list[np.ndarray]()

    def done(note: str) -> Analysis:
        model = analyzer.classifier.model.name
        whole = np.stack(features) if features and len(features) == sum(len(r["faces"]) for r in records) else None
        film = annotated.getvalue()
        return Analysis(name, True, tuple(records), film, note, moments=best.found, model=model, features=whole)

    try:
        with (
            VideoReader(io.BytesIO(content), name, limits) as reader,
            closing(analyze_frames(reader, analyzer, samples_per_second, annotated)) as samples,
        ):
            length = min(reader.length or limits.video_seconds, limits.video_seconds)
            for sample in samples:
                records.append(sample_record(name, sample))
                best.add(sample)
                features += [face.features for face in sample.faces if face.features is not None]
                on_progress(min(1.0, sample.time / length))
    except Exception:
        raise
    except BaseException:  # the visitor clicked
        if records:
            on_stop(done(f"Stopped after {records[-1]['time']:.0f} seconds of the video."))
        raise
    return done(reader.note)
