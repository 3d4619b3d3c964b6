"""One picture or video after the other, read into records."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from emotion_core.images import ImageError, read_rgb, to_jpeg
from emotion_core.limits import TERMINAL
from emotion_core.registry.model_folder import ModelFolder
from emotion_core.vision.detection.haar import scan_without_helpers
from emotion_core.vision.faces.analyzer import new_analyzer
from emotion_core.vision.faces.classifier import Classifier
from emotion_core.vision.faces.drawing import draw_faces
from emotion_core.vision.faces.profile import Profile, relative_if_alone
from emotion_core.vision.media import records
from emotion_core.vision.media.records import Record
from emotion_core.vision.media.video_sampling import VIDEO_SUFFIXES, VideoError, VideoReader

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

    note: after a file, a sentence about how it was read, or nothing.
    """

    def __init__(self, model: ModelFolder, options: ReadingOptions, workers: int = 1) -> None:
        scan_without_helpers()  # with them, two runs over one picture may differ in a box
        classifier = Classifier(model)
        self._team = [new_analyzer(options.detector, classifier) for _ in range(workers)]
        self._options, self._below = options, classifier.uncertain_below
        self._limits = replace(TERMINAL, video_seconds=options.max_seconds)
        self.note = ""

    def records(self, path: Path, annotated: Path | None = None) -> Iterator[Record]:
        """Of a picture one, of a video one for each sample; of what cannot be read one that says why.

        annotated: file for the picture (JPEG) or video (MP4) with the faces drawn; a video's without the profile.
        """
        self.note = ""
        try:
            if path.suffix.lower() in VIDEO_SUFFIXES:
                yield from self._video(path, annotated)
            else:
                yield self._picture(path, annotated)
        except (ImageError, VideoError) as error:
            yield records.error_record(str(path), str(error))

    def _picture(self, path: Path, annotated: Path | None) -> Record:
        image = read_rgb(path)
        faces = self._team[0].analyze(image)
        if self._options.profile and len(faces) > 1:
            self.note = _SHARED
        faces = relative_if_alone(faces, self._options.profile, self._below)
        if annotated:
            annotated.write_bytes(to_jpeg(draw_faces(image, faces)))
        return records.picture_record(str(path), image, faces)

    def _video(self, path: Path, annotated: Path | None) -> Iterator[Record]:
        profile, rate = self._options.profile, self._options.sample_rate
        with VideoReader(path, limits=self._limits) as reader:
            if profile is None:
                yield from records.video_records(str(path), reader, self._team, rate, annotated)
            else:
                found, is_alone = records.personal_video_records(
                    str(path), reader, self._team, profile, rate, annotated
                )
                yield from found
                self.note = "" if is_alone else _SHARED
            self.note = " ".join(filter(None, (self.note, reader.note)))
