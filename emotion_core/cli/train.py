"""A training run, new or resumed."""

import inspect
import os
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from emotion_core import process_memory
from emotion_core.cli.shared import fail
from emotion_core.experiments import jobs, run_lock
from emotion_core.experiments.config import Augmentation, ConfigError, RunConfig, settings_of
from emotion_core.experiments.presets import PRESETS, run_name
from emotion_core.experiments.resources import check_resources, check_resources_to_resume
from emotion_core.experiments.run import Run, create_run, new_run_path
from emotion_core.experiments.run_schemas import RunState


def _with_settings(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command an option for every setting of a run; None where it was not given."""
    signature = inspect.signature(command)
    parameters = [item for item in signature.parameters.values() if item.kind is not item.VAR_KEYWORD]
    for name, setting in {**settings_of(RunConfig), **settings_of(Augmentation)}.items():
        choices = f" One of: {', '.join(map(str, setting.choices))}." if setting.choices else ""
        option = typer.Option(
            help=f"{setting.help}{choices} Default: {setting.default if setting.default != '' else 'none'}."
        )
        kind = Annotated[type(setting.default) | None, option]  # type: ignore[valid-type]
        parameters.append(inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=kind))
        command.__annotations__[name] = kind
    del command.__annotations__["settings"]
    command.__signature__ = signature.replace(parameters=parameters)  # type: ignore[attr-defined]
    return command


@_with_settings
def train(
    data: Annotated[
        str | None, typer.Option(help='"sample", "kaggle:OWNER/NAME", or a folder, .zip, .csv or .parquet.')
    ] = None,
    resume: Annotated[Path | None, typer.Option(help="Run folder to go on with, with its own settings.")] = None,
    run_dir: Annotated[Path | None, typer.Option(help="Folder for the new run; default: a new one in runs/.")] = None,
    preset: Annotated[str | None, typer.Option(help=f"Settings to start from: {', '.join(PRESETS)}.")] = None,
    **settings: Any,
) -> None:
    """Train a network and leave everything about it in a run folder."""
    if (data is None) == (resume is None):
        fail("Give either --data or --resume.")
    given = {name: value for name, value in settings.items() if value is not None}
    if resume and (preset or run_dir or given):
        fail("With --resume a run keeps its own settings and folder; give no other option.")
    try:
        with jobs.starting(Run(resume) if resume else None):
            run = _open_run(resume) if resume else _new_run(str(data), preset, given, run_dir)
            if jobs.state(run) is RunState.finished:
                fail(f"{run.path} is complete; there is nothing to go on with.")
            was_trained = run.status.pid is not None
            if resume and not run_lock.is_handed_over(run) and run.config:
                check_resources_to_resume(run.config)
            run_lock.claim(run)
            if was_trained:  # an old wish to stop; one made since this start counts
                run.stop_path.unlink(missing_ok=True)
    except jobs.JobError as error:
        fail(str(error), status=1)
    except (ConfigError, OSError) as error:
        fail(str(error))
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")  # leave TensorFlow's notices to developers out of the run's log
    process_memory.prefer_as_oom_victim()
    # Imported only now, as what comes with it takes seconds, and the run should be seen at once.
    from emotion_core.training.launch import launch

    came_to_end = launch(run)
    print(f"{run.path}: {run.status.message}", flush=True)
    run_lock.release(run)
    raise typer.Exit(0 if came_to_end else 1)


def _open_run(path: Path) -> Run:
    run = Run(path)
    if run.config is None:
        fail(f"{path} holds no run to resume.")
    return run


def _new_run(data: str, preset: str | None, given: dict[str, Any], path: Path | None) -> Run:
    if preset is not None and preset not in PRESETS:
        raise ConfigError(f"Preset must be one of {', '.join(PRESETS)}.")
    recipe = PRESETS[preset].settings if preset else {}
    config = RunConfig.from_settings({"data": data, **recipe, **given})
    check_resources(config)
    return create_run(config, path or new_run_path(run_name(preset, config)))
