"""Classified faces as plain records, for JSON, CSV and tables."""

from collections.abc import Generator, Iterable
from contextlib import closing
from dataclasses import replace
from typing import Any, BinaryIO

import numpy as np
import pandas as pd

from emotion_core.emotions import EMOTIONS
from emotion_core.vision.faces.analyzer import FaceAnalyzer
from emotion_core.vision.faces.face import Face
from emotion_core.vision.faces.profile import Profile, relative
from emotion_core.vision.media.video import Sample, VideoReader, analyze_frames

Record = dict[str, Any]


def picture_record(path: str, image: np.ndarray, faces: Iterable[Face]) -> Record:
    """One picture: path, width, height, faces, error (None)."""
    height, width = image.shape[:2]
    return {"path": path, "width": width, "height": height, "faces": [_face(face) for face in faces], "error": None}


def video_records(
    path: str, reader: VideoReader, analyzer: FaceAnalyzer, annotated: BinaryIO | None = None
) -> Generator[Record, None, None]:
    """Each sampled frame of a video: the same and its time in seconds; `annotated` as for `analyze_frames`. Raises
    `VideoError`."""
    with closing(analyze_frames(reader, analyzer, annotated=annotated)) as samples:
        for sample in samples:
            yield _sample_record(path, sample)


def personal_video_records(
    path: str, reader: VideoReader, analyzer: FaceAnalyzer, profile: Profile
) -> tuple[list[Record], bool]:
    """The same, with answers relative to a person's profile where no sampled frame shows more than one face, and
    whether that was so. Raises `VideoError`."""
    plain, personal = [], []
    with closing(analyze_frames(reader, analyzer)) as samples:
        for sample in samples:
            plain.append(_sample_record(path, sample))
            faces = [relative(face, profile, analyzer.classifier.uncertain_below) for face in sample.faces]
            personal.append(_sample_record(path, replace(sample, faces=faces)))
    is_alone = all(len(record["faces"]) <= 1 for record in plain)
    return (personal if is_alone else plain), is_alone


def _sample_record(path: str, sample: Sample) -> Record:
    return {**picture_record(path, sample.image, sample.faces), "time": round(sample.time, 3)}


def error_record(path: str, error: str) -> Record:
    """An input that could not be read, with one sentence why."""
    return {"path": path, "width": None, "height": None, "faces": [], "error": error}


def to_table(records: Iterable[Record]) -> pd.DataFrame:
    """One row a face: path, time (videos), face (its number in the picture), x, y, width, height, emotion, confidence,
    uncertain (below the model's threshold), the seven probabilities. An input with an error has one row that says so; a
    picture without faces has none."""
    rows = []
    for record in records:
        where = {"path": record["path"], "time": record.get("time")}
        if record["error"]:
            rows.append({**where, "error": record["error"]})
        for number, face in enumerate(record["faces"], start=1):
            box = dict(zip(("x", "y", "width", "height"), face["box"], strict=True))
            answer = {"emotion": face["emotion"], "confidence": face["confidence"], "uncertain": face["uncertain"]}
            rows.append({**where, "face": number, **box, **answer, **face["probabilities"]})
    columns = ["path", "time", "face", "x", "y", "width", "height", "emotion", "confidence", "uncertain"]
    columns += [*EMOTIONS, "error"]
    return pd.DataFrame(rows, columns=columns).astype(dict.fromkeys(columns[2:7], "Int64"))


def _face(face: Face) -> Record:
    return {
        "box": face.box.to_list(),
        "emotion": face.emotion,
        "confidence": round(face.confidence, 4),
        "uncertain": face.is_uncertain,
        "probabilities": {name: round(value, 4) for name, value in face.probabilities.items()},
        **({"profile": True} if face.has_profile else {}),
    }
