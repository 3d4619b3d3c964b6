"""What a visitor brings, a picture or a video as bytes, to everything the page shows and offers for download."""

import io
import json
import tempfile
import zipfile
from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from PIL import Image

from emotion_core.images import ImageError, read_rgb, shrink
from emotion_core.vision.analyzer import FaceAnalyzer
from emotion_core.vision.drawing import draw_faces
from emotion_core.vision.face import Face
from emotion_core.vision.records import Record, error_record, frame_record, picture_record, to_table
from emotion_core.vision.video import MAX_SECONDS, VIDEO_SUFFIXES, VideoError, analyze_video, cut_note, duration

_SHOWN_SIDE = 1600  # pixels; larger pictures are kept smaller, so that fifty of them fit in a visitor's memory


@dataclass(frozen=True)
class Analysis:
    """One analyzed upload.

    records: one for a picture, one a sampled frame for a video; annotated: a JPEG or MP4 file, empty after an error;
    faces: of a picture, as in its record.
    """

    name: str
    is_video: bool
    records: tuple[Record, ...]
    annotated: bytes = b""
    note: str = ""
    faces: tuple[Face, ...] = ()

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
    name: str, content: bytes, analyzer: FaceAnalyzer, on_progress: Callable[[float], object] = lambda share: None
) -> Analysis:
    """Analyze a picture or, by its ending, a video; never raises for its content, which gets one sentence instead.

    on_progress: told the share of a video that is done, 0 to 1.
    """
    is_video = Path(name).suffix.lower() in VIDEO_SUFFIXES
    try:
        return (
            _analyze_video(name, content, analyzer, on_progress)
            if is_video
            else _analyze_picture(name, content, analyzer)
        )
    except (ImageError, VideoError) as error:
        return Analysis(name, is_video, (error_record(name, str(error)),))


def all_faces(analyses: Iterable[Analysis]) -> pd.DataFrame:
    """The faces of all uploads in one table."""
    return to_table(record for analysis in analyses for record in analysis.records)


def to_csv(analyses: Iterable[Analysis]) -> str:
    """The same table as CSV."""
    return all_faces(analyses).to_csv(index=False)


def to_json(analyses: Iterable[Analysis]) -> str:
    """All records as JSON Lines, the form of `python -m emotion_core analyze`."""
    return "".join(json.dumps(record) + "\n" for analysis in analyses for record in analysis.records)


def to_zip(analyses: Iterable[Analysis]) -> bytes:
    """All annotated files in one archive; equal names get a number."""
    buffer, names = io.BytesIO(), set[str]()
    with zipfile.ZipFile(buffer, "w") as archive:
        for number, analysis in enumerate((a for a in analyses if a.annotated), start=1):
            name = analysis.annotated_name
            name = f"{number}_{name}" if name in names else name
            names.add(name)
            archive.writestr(name, analysis.annotated)
    return buffer.getvalue()


def _analyze_picture(name: str, content: bytes, analyzer: FaceAnalyzer) -> Analysis:
    image = read_rgb(content, name)
    faces = analyzer.analyze(image)
    drawn = shrink(draw_faces(image, faces), _SHOWN_SIDE)
    buffer = io.BytesIO()
    Image.fromarray(drawn).save(buffer, "JPEG", quality=90)
    return Analysis(name, False, (picture_record(name, image, faces),), buffer.getvalue(), faces=tuple(faces))


def _analyze_video(
    name: str, content: bytes, analyzer: FaceAnalyzer, on_progress: Callable[[float], object]
) -> Analysis:
    with tempfile.TemporaryDirectory() as folder:
        # The visitor's name for it may not be one that this system allows.
        source, target = Path(folder) / f"video{Path(name).suffix}", Path(folder) / "annotated.mp4"
        source.write_bytes(content)
        try:
            length = duration(source)
            records = []
            # closing: an interrupted page must let go of the files before their folder goes
            with closing(analyze_video(source, analyzer, annotated=target)) as samples:
                for sample in samples:
                    records.append(frame_record(name, sample.time, sample.image, sample.faces))
                    on_progress(min(1.0, sample.time / min(length or MAX_SECONDS, MAX_SECONDS)))
        except VideoError as error:
            raise VideoError(str(error).replace(source.name, name, 1)) from error
        note = cut_note(length, records[-1]["time"] if records else 0.0)
        return Analysis(name, True, tuple(records), target.read_bytes(), note)
