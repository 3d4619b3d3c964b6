"""Classified faces as plain records, for JSON, CSV and tables."""

from collections.abc import Generator, Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd

from emotion_core.emotions import EMOTIONS
from emotion_core.vision.faces.analyzer import FaceAnalyzer
from emotion_core.vision.faces.face import Face
from emotion_core.vision.faces.profile import Profile, relative
from emotion_core.vision.media.names import storable
from emotion_core.vision.media.persons import PersonTracker
from emotion_core.vision.media.video_sampling import SAMPLES_PER_SECOND, Sample, VideoReader, analyze_frames

Record = dict[str, Any]


def picture_record(path: str, image: np.ndarray, faces: Iterable[Face]) -> Record:
    """One picture: path, width, height, faces, error (None)."""
    height, width = image.shape[:2]
    found = [_face(face) for face in faces]
    return {"path": storable(path), "width": width, "height": height, "faces": found, "error": None}


def video_records(
    path: str,
    reader: VideoReader,
    team: Sequence[FaceAnalyzer],
    samples_per_second: float = SAMPLES_PER_SECOND,
    annotated: Path | None = None,
) -> Generator[Record, None, None]:
    """Each sampled frame of a video, as `sample_record` has it. team, annotated: as for `analyze_frames`. Raises
    `VideoError`."""
    with closing(analyze_frames(reader, team, samples_per_second, annotated)) as samples:
        for sample in samples:
            yield sample_record(path, sample)


def personal_video_records(
    path: str,
    reader: VideoReader,
    team: Sequence[FaceAnalyzer],
    profile: Profile,
    samples_per_second: float = SAMPLES_PER_SECOND,
    annotated: Path | None = None,
) -> tuple[list[Record], bool]:
    """The same, with answers relative to a person's profile where no sampled frame shows more than one face, and
    whether that was so. Raises `VideoError`."""
    plain, personal = [], []
    below = team[0].classifier.uncertain_below
    persons = PersonTracker(below, samples_per_second)
    with closing(analyze_frames(reader, team, samples_per_second, annotated)) as samples:
        for sample in samples:
            plain.append(sample_record(path, sample))
            faces = [relative(face, profile, below) for face in sample.found]
            named = persons.update(faces, sample.time, sample.is_cut)
            personal.append(sample_record(path, replace(sample, faces=named)))
    is_alone = all(len(record["faces"]) <= 1 for record in plain)
    return (personal if is_alone else plain), is_alone


def sample_record(path: str, sample: Sample) -> Record:
    """One sampled frame of a video: the same as of a picture, its number `frame`, its time in seconds, and with each
    face its person's number."""
    record = picture_record(path, sample.image, sample.faces)
    return {**record, "frame": sample.frame, "time": round(sample.time, 3)}


def error_record(path: str, error: str) -> Record:
    """An input that could not be read, with one sentence why."""
    return {"path": storable(path), "width": None, "height": None, "faces": [], "error": storable(error)}


def to_table(records: Iterable[Record], model: str = "") -> pd.DataFrame:
    """One row a face: path, frame and time (videos), face (1 is the largest of its picture), person (videos), x, y,
    width, height, emotion, confidence, uncertain (all three smoothed over time in videos), the seven probabilities (of
    the one picture), profile (whether they are relative to one), model, error.

    An input with an error has one row that says so; a picture or moment without a face has one without face and person.
    """
    rows = []
    for record in records:
        where = {"path": record["path"], "frame": record.get("frame"), "time": record.get("time"), "model": model}
        if record["error"] or not record["faces"]:
            rows.append({**where, "error": record["error"]})
        for number, face in enumerate(record["faces"], start=1):
            box = dict(zip(("x", "y", "width", "height"), face["box"], strict=True))
            answer = {name: face[name] for name in ("emotion", "confidence", "uncertain")}
            who = {"face": number, "person": face.get("person"), "profile": face.get("profile", False)}
            rows.append({**where, **who, **box, **answer, **face["probabilities"]})
    return pd.DataFrame(rows, columns=list(_TYPES)).astype(_TYPES)


def with_names(table: pd.DataFrame, names: Mapping[int, str]) -> pd.DataFrame:
    """The table of one video with names that somebody gave by hand, in a last column `name`. Persons of one name become
    one, with the lowest of their numbers. names: by person; without any the table stays as it is."""
    given = {person: name for person, name in names.items() if name}
    if not given:
        return table
    lowest = {name: min(p for p, other in given.items() if other == name) for name in given.values()}
    merged = {person: lowest[name] for person, name in given.items()}
    person = table["person"].map(lambda number: merged.get(number, number), na_action="ignore").astype(_WHOLE)
    return table.assign(person=person, name=table["person"].map(given, na_action="ignore").astype("str"))


_WHOLE: Final = "Int64"
_TYPES = {
    "path": "str",
    "frame": _WHOLE,
    "time": "float64",
    **dict.fromkeys(("face", "person", "x", "y", "width", "height"), _WHOLE),
    "emotion": "str",
    "confidence": "float64",
    "uncertain": "boolean",
    **dict.fromkeys(EMOTIONS, "float64"),
    "profile": "boolean",
    "model": "str",
    "error": "str",
}


def _face(face: Face) -> Record:
    return {
        "box": face.box.to_list(),
        **({"person": face.track_id} if face.track_id else {}),
        "emotion": face.emotion,
        "confidence": round(face.confidence, 4),
        "uncertain": face.is_uncertain,
        "probabilities": {name: round(value, 4) for name, value in face.probabilities.items()},
        **({"profile": True} if face.has_profile else {}),
    }
