"""`python -m emotion_core`: analyze, train, evaluate, models, promote, rollback."""

import inspect
import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

from emotion_core import process_memory
from emotion_core.datasets import DatasetError, load
from emotion_core.experiments import claims, jobs
from emotion_core.experiments.config import Augmentation, ConfigError, RunConfig, settings_of
from emotion_core.experiments.presets import PRESETS, missing, run_name
from emotion_core.experiments.room import check_room, check_room_to_go_on
from emotion_core.experiments.run import Run, create_run, new_run_path, runs_root
from emotion_core.images import ImageError, read_rgb
from emotion_core.registry import active
from emotion_core.registry.active import active_model
from emotion_core.registry.model_folder import ModelError, ModelFolder, list_models, models_root, open_model

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help=__doc__)


class DetectorName(StrEnum):
    blazeface = "blazeface"
    cascade = "cascade"


class TableFormat(StrEnum):
    json = "json"
    csv = "csv"


class ReportFormat(StrEnum):
    json = "json"
    text = "text"


ModelOption = Annotated[Path | None, typer.Option(help="Model folder, or the name of one in models/.")]


@app.command()
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
) -> None:
    """Find and classify the faces in pictures and videos."""
    from emotion_core.exports import to_csv
    from emotion_core.vision.media.records import to_table

    folder = _open_model(model)
    try:
        opened = output.open("w", encoding="utf-8", newline="") if output else nullcontext(sys.stdout)
    except OSError as error:
        _fail(f"{output} cannot be written ({error.strerror}).")
    kept, failed = [], False
    with opened as file:
        for record in _analyze_all(paths, folder, detector):
            failed |= record["error"] is not None
            if format is TableFormat.json:
                file.write(json.dumps(record) + "\n")
            else:
                kept.append(record)
        if format is TableFormat.csv:
            file.write(to_csv(to_table(kept)))
    raise typer.Exit(1 if failed else 0)


def _with_settings(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command an option for every setting of a run; None where it was not given."""
    signature = inspect.signature(command)
    parameters = [item for item in signature.parameters.values() if item.kind is not item.VAR_KEYWORD]
    for name, (item, setting) in {**settings_of(RunConfig), **settings_of(Augmentation)}.items():
        choices = f" One of: {', '.join(map(str, setting.choices))}." if setting.choices else ""
        option = typer.Option(help=f"{setting.help}{choices} Default: {item.default}.")
        kind = Annotated[type(item.default) | None, option]  # type: ignore[valid-type]
        parameters.append(inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=kind))
        command.__annotations__[name] = kind
    del command.__annotations__["settings"]
    command.__signature__ = signature.replace(parameters=parameters)  # type: ignore[attr-defined]
    return command


@app.command()
@_with_settings
def train(
    data: Annotated[
        str | None, typer.Option(help='"sample", "kaggle:OWNER/NAME", or a folder, .zip, .csv or .parquet.')
    ] = None,
    resume: Annotated[Path | None, typer.Option(help="Run folder to go on with, with its own settings.")] = None,
    run_dir: Annotated[Path | None, typer.Option(help="Folder for the new run; default: a new one in runs/.")] = None,
    preset: Annotated[str | None, typer.Option(help=f"Recipe to start from: {', '.join(PRESETS)}.")] = None,
    **settings: Any,
) -> None:
    """Train a network and leave everything about it in a run folder."""
    if (data is None) == (resume is None):
        _fail("Give either --data or --resume.")
    try:
        with jobs.starting(Run(resume) if resume else None):
            run = _open_run(resume) if resume else _new_run(str(data), preset, settings, run_dir)
            if jobs.state(run) == "finished":
                _fail(f"{run.path} is complete; there is nothing to go on with.")
            if "pid" in run.status:  # an old wish to stop; one made since this start counts
                run.stop_path.unlink(missing_ok=True)
            if resume and not claims.is_handed_over(run) and run.config:
                check_room_to_go_on(run.config)
            claims.claim(run)
    except jobs.JobError as error:
        _fail(str(error), status=1)
    except (ConfigError, OSError) as error:
        _fail(str(error))
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")  # leave TensorFlow's notices to developers out of the run's log
    process_memory.go_first_when_it_runs_out()
    # Imported only now, as what comes with it takes seconds, and the run should be seen at once.
    from emotion_core.training.launch import launch

    came_to_end = launch(run, resume=resume is not None)
    print(f"{run.path}: {run.status['message']}", flush=True)
    claims.let_go(run)
    raise typer.Exit(0 if came_to_end else 1)


@app.command()
def evaluate(
    data: Annotated[str, typer.Option(help="Data set, as for train.")],
    split: Annotated[str, typer.Option(help="train, validation, test, public_test, private_test or all.")] = "test",
    model: ModelOption = None,
    flip: Annotated[
        bool, typer.Option(help="Average each face with its mirror image (test-time augmentation).")
    ] = False,
    format: Annotated[ReportFormat, typer.Option(help="One JSON line, or text to read.")] = ReportFormat.text,
) -> None:
    """Measure a model on the labelled faces of a data set."""
    from emotion_core.evaluation.metrics import measure_split
    from emotion_core.vision.faces.classifier import Classifier

    folder = _open_model(model)
    try:
        dataset = load(data)
        report = measure_split(Classifier(folder), dataset, split, flip)
    except (DatasetError, ModelError) as error:
        _fail(str(error), status=1)
    for problem in dataset.problems:
        print(problem, file=sys.stderr)
    print(json.dumps(report) if format is ReportFormat.json else _report_text(folder, dataset.name, split, report))
    raise typer.Exit(1 if dataset.problems else 0)


@app.command()
def models() -> None:
    """List the usable models; a star marks the one the app uses."""
    try:
        used = active_model().path
    except ModelError:
        used = None
    for folder in list_models():
        measured = [f"{split} {figures['accuracy']:.1%}" for split, figures in folder.card.get("metrics", {}).items()]
        star = "*" if folder.path == used else " "
        print(f"{star} {folder.name:<24} {folder.card.get('parameters', 0):>10,} parameters  {', '.join(measured)}")


@app.command()
def promote(
    run: Annotated[Path, typer.Argument(help="Run folder, or the name of one in runs/.")],
    anyway: Annotated[bool, typer.Option(help="Also when it is worse or learnt from drawn faces.")] = False,
) -> None:
    """Make a run's model the one that the app uses, when it is better on the same faces."""
    from emotion_core.evaluation.comparison import compare, objections

    chosen = Run(run if run.is_dir() else runs_root() / run)
    if chosen.config is None:
        _fail(f"{run} is no run.")
    try:
        candidate = open_model(chosen.model_path)
        comparison = compare(candidate, active_model(), load(chosen.config.data))
        print(comparison.in_words)
        reasons = objections(candidate, comparison)
        if reasons and not anyway:
            _fail(" ".join([*reasons, "Not promoted; --anyway does it all the same."]), status=1)
        print(f"{active.promote(chosen.model_path, chosen.name).name} is in use now.")
    except (DatasetError, ModelError, OSError) as error:
        _fail(str(error), status=1)


@app.command()
def rollback() -> None:
    """Go back to the model before the one in use."""
    try:
        print(f"{active.roll_back().name} is in use now.")
    except (ModelError, OSError) as error:
        _fail(str(error), status=1)


def _analyze_all(paths: list[Path], folder: ModelFolder, finder: str) -> Iterator[dict[str, Any]]:
    from emotion_core.vision.detection.available import new_analyzer
    from emotion_core.vision.faces.classifier import Classifier
    from emotion_core.vision.media import records
    from emotion_core.vision.media.video import VIDEO_SUFFIXES, VideoError, VideoReader, analyze_frames

    analyzer = new_analyzer(finder, Classifier(folder))
    for path in _expand(paths, VIDEO_SUFFIXES):
        try:
            if path.suffix.lower() in VIDEO_SUFFIXES:
                with VideoReader(path) as reader:
                    for sample in analyze_frames(reader, analyzer):
                        yield records.frame_record(str(path), sample.time, sample.image, sample.faces)
                if reader.note:
                    print(f"{path}: {reader.note}", file=sys.stderr)
            else:
                image = read_rgb(path)
                yield records.picture_record(str(path), image, analyzer.analyze(image))
        except (ImageError, VideoError) as error:
            yield records.error_record(str(path), str(error))


def _expand(paths: list[Path], video_suffixes: set[str]) -> Iterator[Path]:
    """Folders replaced by the pictures and videos under them, by name."""
    from emotion_core.datasets.folders import PICTURE_SUFFIXES

    for path in paths:
        if path.is_dir():
            files = (file for file in sorted(path.rglob("*")) if file.is_file())
            yield from (file for file in files if file.suffix.lower() in PICTURE_SUFFIXES | video_suffixes)
        else:
            yield path


def _open_model(path: Path | None) -> ModelFolder:
    try:
        if path is None:
            return active_model()
        return open_model(path if path.is_dir() else models_root() / path)
    except ModelError as error:
        _fail(str(error))


def _open_run(path: Path) -> Run:
    run = Run(path)
    if run.config is None:
        _fail(f"{path} holds no run to resume.")
    return run


def _new_run(data: str, preset: str | None, settings: dict[str, Any], path: Path | None) -> Run:
    if preset is not None and preset not in PRESETS:
        raise ConfigError(f"Preset must be one of {', '.join(PRESETS)}.")
    given = {name: value for name, value in settings.items() if value is not None}
    config = RunConfig.from_settings({"data": data, **PRESETS.get(preset or "", {}), **given})
    lacking = missing(preset or "", config)
    if lacking:
        raise ConfigError(f"{lacking} See --start-from and --teachers.")
    check_room(config)
    return create_run(config, path or new_run_path(run_name(preset, config)))


def _report_text(folder: ModelFolder, dataset: str, split: str, report: dict[str, Any]) -> str:
    lines = [
        f"{folder.name} on {report['count']:,} {split} faces of {dataset}",
        f"accuracy {report['accuracy']:.2%}, balanced {report['balanced_accuracy']:.2%}, "
        f"expected calibration error {report['ece']:.3f}",
        f"{'':10} precision  recall      F1  support",
    ]
    for label, row in report["per_class"].items():
        lines.append(f"{label:10} {row['precision']:9.1%} {row['recall']:7.1%} {row['f1']:7.1%} {row['support']:8,}")
    if "ferplus" in report:
        plus = report["ferplus"]
        lines.append(f"against the FER+ majority: {plus['accuracy']:.2%} of {plus['count']:,}")
    if "without_copies" in report:
        fresh = report["without_copies"]
        lines.append(f"faces without a copy in the training rows: {fresh['accuracy']:.2%} of {fresh['count']:,}")
    return "\n".join(lines)


def _fail(sentence: str, status: int = 2) -> NoReturn:
    print(sentence, file=sys.stderr)
    raise typer.Exit(status)
