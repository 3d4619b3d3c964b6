"""Faces and emotions in pictures and videos."""

import json
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from dataclasses import replace
from enum import StrEnum
from math import inf
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from emotion_core.cli.shared import ModelOption, fail, open_chosen_model
from emotion_core.images import ImageError, read_rgb
from emotion_core.limits import TERMINAL
from emotion_core.registry.model_folder import ModelFolder

if TYPE_CHECKING:
    from emotion_core.vision.faces.analyzer import FaceAnalyzer
    from emotion_core.vision.faces.profile import Profile
    from emotion_core.vision.media.video_sampling import VideoReader


class DetectorName(StrEnum):
    blazeface = "blazeface"
    cascade = "cascade"


class TableFormat(StrEnum):
    json = "json"
    csv = "csv"


def analyze(
    paths: Annotated[list[Path], typer.Argument(metavar="PATH...", help="Pictures, videos, or folders of them.")],
    model: ModelOption = None,
    detector: Annotated[
        DetectorName, typer.Option(help="blazeface for any face; cascade for upright ones cut out tightly.")
    ] = DetectorName.blazeface,
    format: Annotated[TableFormat, typer.Option(help="One JSON object a picture, or one CSV row a face.")] = (
        TableFormat.json
    ),
    output: Annotated[Path | None, typer.Option(help="File to write instead of the terminal.")] = None,
    sample_rate: Annotated[
        float, typer.Option(min=0.01, max=60, help="Pictures a second that are read of a video.")
    ] = 5,
    max_seconds: Annotated[
        float, typer.Option(min=0.1, help="Of each video; without it, all of it.", show_default=False)
    ] = inf,
    profile: Annotated[
        Path | None, typer.Option(help="A person's profile, for pictures and clips that show one face only.")
    ] = None,
) -> None:
    """Find and classify the faces in pictures and videos."""
    from emotion_core.exports import to_csv
    from emotion_core.vision.media.records import to_table

    folder = open_chosen_model(model)
    person = _open_profile(profile, folder) if profile else None
    try:
        opened = output.open("w", encoding="utf-8", newline="") if output else nullcontext(sys.stdout)
    except OSError as error:
        fail(f"{output} cannot be written ({error.strerror}).")
    kept, failed = [], False
    with opened as file:
        for record in _analyze_all(paths, folder, detector, person, sample_rate, max_seconds):
            failed |= record["error"] is not None
            if format is TableFormat.json:
                file.write(json.dumps(record) + "\n")
            else:
                kept.append(record)
        if format is TableFormat.csv:
            file.write(to_csv(to_table(kept, folder.name)))
    raise typer.Exit(1 if failed else 0)


def _open_profile(path: Path, folder: ModelFolder) -> "Profile":
    from emotion_core.vision.faces.profile import ProfileError, read_profile

    try:
        return read_profile(path.read_bytes(), folder)
    except OSError as error:
        fail(f"{path} cannot be read ({error.strerror}).")
    except ProfileError as error:
        fail(f"{path}: {error}")


def _analyze_all(
    paths: list[Path],
    folder: ModelFolder,
    detector: str,
    profile: "Profile | None",
    sample_rate: float,
    max_seconds: float,
) -> Iterator[dict[str, Any]]:
    from emotion_core.vision.detection.haar import scan_without_helpers
    from emotion_core.vision.faces.analyzer import new_analyzer
    from emotion_core.vision.faces.classifier import Classifier
    from emotion_core.vision.faces.profile import relative_if_alone
    from emotion_core.vision.media import records
    from emotion_core.vision.media.video_sampling import VIDEO_SUFFIXES, VideoError, VideoReader

    limits = replace(TERMINAL, video_seconds=max_seconds)
    scan_without_helpers()  # with them, two runs over one picture may differ in a box
    classifier = Classifier(folder)
    team = [new_analyzer(detector, classifier) for _ in range(os.cpu_count() or 1)]  # for the samples of a video
    analyzer = team[0]
    for path in _expand(paths, VIDEO_SUFFIXES):
        try:
            if path.suffix.lower() in VIDEO_SUFFIXES:
                with VideoReader(path, limits=limits) as reader:
                    yield from _video(path, reader, team, profile, sample_rate)
                if reader.note:
                    print(f"{path}: {reader.note}", file=sys.stderr)
            else:
                image = read_rgb(path)
                faces = analyzer.analyze(image)
                if profile and len(faces) > 1:
                    _say_shared(path)
                faces = relative_if_alone(faces, profile, analyzer.classifier.uncertain_below)
                yield records.picture_record(str(path), image, faces)
        except (ImageError, VideoError) as error:
            yield records.error_record(str(path), str(error))


def _video(
    path: Path, reader: "VideoReader", team: "Sequence[FaceAnalyzer]", profile: "Profile | None", rate: float
) -> Iterator[dict[str, Any]]:
    from emotion_core.vision.media import records

    if profile is None:
        yield from records.video_records(str(path), reader, team, rate)
        return
    found, is_alone = records.personal_video_records(str(path), reader, team, profile, rate)
    if not is_alone:
        _say_shared(path)
    yield from found


def _say_shared(path: Path) -> None:
    print(f"{path}: several faces, so the profile was not applied.", file=sys.stderr)


def _expand(paths: list[Path], video_suffixes: set[str]) -> Iterator[Path]:
    """Folders replaced by the pictures and videos under them, by name."""
    from emotion_core.datasets.folders import PICTURE_SUFFIXES

    for path in paths:
        if path.is_dir():
            files = (file for file in sorted(path.rglob("*")) if file.is_file())
            yield from (file for file in files if file.suffix.lower() in PICTURE_SUFFIXES | video_suffixes)
        else:
            yield path
