"""Faces and emotions in pictures and videos."""

import json
import os
import sys
from collections.abc import Iterable
from contextlib import nullcontext
from enum import StrEnum
from math import inf
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from emotion_core.cli.shared import ModelOption, fail, open_chosen_model
from emotion_core.registry.model_folder import ModelFolder

if TYPE_CHECKING:
    from emotion_core.vision.faces.profile import Profile
    from emotion_core.vision.media.input_reader import ReadingOptions


class DetectorName(StrEnum):
    blazeface = "blazeface"
    cascade = "cascade"


class TableFormat(StrEnum):
    json = "json"
    csv = "csv"


def analyze(
    paths: Annotated[
        list[str],
        typer.Argument(metavar="PATH...", help='Pictures, videos, folders of them, patterns; "-" for a list of paths.'),
    ],
    model: ModelOption = None,
    detector: Annotated[
        DetectorName, typer.Option(help="blazeface for any face; cascade for upright, frontal ones.")
    ] = DetectorName.blazeface,
    format: Annotated[
        TableFormat | None, typer.Option(help="One JSON object a picture (the default), or one CSV row a face.")
    ] = None,
    output: Annotated[Path | None, typer.Option(help="File to write instead of the terminal.")] = None,
    out: Annotated[
        str | None,
        typer.Option(
            help="Table of many inputs: .parquet, .csv or .jsonl. What was read stays in OUT.parts, and the same "
            "command goes on there."
        ),
    ] = None,
    workers: Annotated[int | None, typer.Option(min=1, help="Processes for --out. [default: all cores]")] = None,
    annotated: Annotated[
        Path | None, typer.Option(help="With --out: folder for pictures and videos with the faces drawn.")
    ] = None,
    ray: Annotated[
        str | None,
        typer.Option(
            metavar="[ADDRESS]",
            help="With --out: read on the computers of a Ray cluster, without an address on this one; paths may be "
            "addresses as s3://bucket/folder, and OUT becomes a folder of Parquet parts.",
        ),
    ] = None,
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
    from emotion_core.cli.batch import run_batch
    from emotion_core.cli.ray_command import run_on_ray
    from emotion_core.vision.media.input_reader import ReadingOptions
    from emotion_core.vision.media.inputs import expand, with_lines

    if out and (format or output):
        fail("--out takes its format from the file's name; leave out --format and --output.")
    if not out and (workers or annotated or ray):
        fail("--workers, --annotated and --ray need --out.")
    if ray and annotated:
        fail("--annotated writes files of this computer; leave it out with --ray.")
    folder = open_chosen_model(model)
    person = _open_profile(profile, folder) if profile else None
    options = ReadingOptions(detector, sample_rate, max_seconds, person)
    named, cores = with_lines(paths, sys.stdin), workers or os.cpu_count() or 1
    files = expand(map(Path, named))
    if out and ray:
        failed = run_on_ray(named, out, folder, options, ray, cores)
    elif out:
        failed = run_batch(list(files), Path(out), folder, options, cores, annotated)
    else:
        failed = _write(files, folder, options, format or TableFormat.json, output)
    raise typer.Exit(1 if failed else 0)


def _write(
    files: Iterable[Path], folder: ModelFolder, options: "ReadingOptions", format: TableFormat, output: Path | None
) -> bool:
    """One input after the other, to a file or the terminal; whether any could not be read."""
    from emotion_core.exports import to_csv
    from emotion_core.vision.media.input_reader import InputReader
    from emotion_core.vision.media.records import to_table

    try:
        opened = output.open("w", encoding="utf-8", newline="") if output else nullcontext(sys.stdout)
    except OSError as error:
        fail(f"{output} cannot be written ({error.strerror}).")
    kept, failed = [], False
    reader = InputReader(folder, options, os.cpu_count() or 1)
    with opened as file:
        for path in files:
            for record in reader.records(path):
                failed |= record["error"] is not None
                if format is TableFormat.json:
                    file.write(json.dumps(record) + "\n")
                else:
                    kept.append(record)
            if reader.note:
                print(f"{path}: {reader.note}", file=sys.stderr)
        if format is TableFormat.csv:
            file.write(to_csv(to_table(kept, folder.name)))
    return failed


def _open_profile(path: Path, folder: ModelFolder) -> "Profile":
    from emotion_core.vision.faces.profile import ProfileError, read_profile

    try:
        return read_profile(path.read_bytes(), folder)
    except OSError as error:
        fail(f"{path} cannot be read ({error.strerror}).")
    except ProfileError as error:
        fail(f"{path}: {error}")
