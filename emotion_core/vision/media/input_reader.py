"""One picture or video after the other, read into records."""

import hashlib
from collections.abc import Generator, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from emotion_core.images import MAX_FILE_BYTES, ImageError, animation_note, read_file, read_rgb, to_jpeg
from emotion_core.limits import TERMINAL
from emotion_core.registry.model_folder import ModelFolder
from emotion_core.vision.detection.haar import scan_without_helpers
from emotion_core.vision.faces.analyzer import new_team
from emotion_core.vision.faces.classifier import Classifier
from emotion_core.vision.faces.drawing import draw_faces
from emotion_core.vision.faces.profile import Profile, relative_if_alone
from emotion_core.vision.media import records
from emotion_core.vision.media.places import Place, PlaceError
from emotion_core.vision.media.records import Record
from emotion_core.vision.media.video_sampling import VIDEO_SUFFIXES, VideoError, VideoReader
from emotion_core.vision.media.whole_files import whole_file

_SHARED = "several faces, so the profile was not applied."


@dataclass(frozen=True)
class ReadingOptions:
    """What decides the answers, beside the model. sample_rate: pictures a second that are read of a video; max_seconds:
    of each; profile: of the person in pictures and clips that show one face only."""

    detector: str
    sample_rate: float
    max_seconds: float
    profile: Profile | None = None

    @property
    def profile_digest(self) -> str:
        """SHA-256 of the profile; empty without one."""
        return hashlib.sha256(self.profile.to_json().encode()).hexdigest() if self.profile else ""


class InputReader:
    """Reads files with one model. workers: that look at a video's samples at the same time.

    note: after a file, a sentence about how it was read, or nothing; length: of the video at hand, in seconds.
    """

    def __init__(self, model: ModelFolder, options: ReadingOptions, workers: int = 1) -> None:
        scan_without_helpers()  # with them, two runs over one picture may differ in a box
        classifier = Classifier(model)
        self._team = new_team(options.detector, classifier, workers)
        self._options, self._below = options, classifier.uncertain_below
        self._limits = replace(TERMINAL, video_seconds=options.max_seconds)
        self.note, self.length = "", 0.0

    def records(self, source: Path | Place, annotated: Path | None = None) -> Generator[Record, None, None]:
        """Of a picture one, of a video one for each sample; of what cannot be read one that says why.

        source: on this computer, or elsewhere; annotated: file for the picture (JPEG) or video (MP4) with the faces
        drawn; a video's without the profile.
        """
        self.note, self.length = "", 0.0
        name = source.name if isinstance(source, Place) else str(source)
        try:
            if source.suffix.lower() in VIDEO_SUFFIXES:
                yield from self._video(name, source, annotated)
            else:
                yield self._picture(name, source, annotated)
        except (ImageError, VideoError, PlaceError) as error:
            yield records.error_record(name, str(error))

    def _picture(self, name: str, source: Path | Place, annotated: Path | None) -> Record:
        content = _content(source)
        image = read_rgb(content, Path(name).name)
        faces = self._team[0].analyze(image)
        shared = _SHARED if self._options.profile and len(faces) > 1 else ""
        self.note = " ".join(filter(None, (animation_note(content), shared)))
        faces = relative_if_alone(faces, self._options.profile, self._below)
        if annotated:
            with whole_file(annotated) as file:
                file.write_bytes(to_jpeg(draw_faces(image, faces)))
        return records.picture_record(name, image, faces)

    def _video(self, name: str, source: Path | Place, annotated: Path | None) -> Iterator[Record]:
        profile, rate = self._options.profile, self._options.sample_rate
        file = source if isinstance(source, Path) else source.open_file()
        with VideoReader(file, Path(name).name, self._limits) as reader:
            self.length = min(reader.length, self._limits.video_seconds)
            if profile is None:
                yield from records.video_records(name, reader, self._team, rate, annotated)
            else:
                found, is_alone = records.personal_video_records(name, reader, self._team, profile, rate, annotated)
                yield from found
                self.note = "" if is_alone else _SHARED
            self.note = " ".join(filter(None, (self.note, reader.note)))


def _content(source: Path | Place) -> bytes:
    """A picture's file. Raises `ImageError`, `PlaceError`."""
    if isinstance(source, Path):
        return read_file(source)
    try:
        with source.open_file() as file:
            content = file.read(MAX_FILE_BYTES + 1)
    except OSError as error:
        raise PlaceError(f"{source.name} cannot be read: {error}") from error
    if len(content) > MAX_FILE_BYTES:
        raise PlaceError(f"{source.name} is larger than {MAX_FILE_BYTES // 2**20} MiB.")
    return content
