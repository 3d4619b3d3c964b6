"""Many inputs into one table: progress, what to say of each, and the table at the end or at Ctrl-C."""

from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from emotion_core.cli.shared import fail
from emotion_core.registry.model_folder import ModelFolder
from emotion_core.vision.media.input_reader import ReadingOptions
from emotion_core.vision.media.inputs import annotated_names
from emotion_core.vision.media.resumable_batch import Batch, BatchError
from emotion_core.vision.media.table_files import WRITERS
from emotion_core.wording import counted

_STOPPED = "Stopped. {out} has what was read so far; the same command goes on."


def run_batch(
    paths: Sequence[Path], out: Path, model: ModelFolder, options: ReadingOptions, workers: int, annotated: Path | None
) -> bool:
    """Read what has not been read yet and write the table; whether an input could not be read."""
    if out.suffix not in WRITERS:
        fail(f"{out} must end with .parquet, .csv or .jsonl.")
    paths = list(dict.fromkeys(paths))  # the same file twice is one input
    try:
        batch = Batch(out, model, options)
        places = _places(paths, annotated) if annotated else {}
        new = batch.left(paths, places)
    except BatchError as error:
        fail(str(error))
    except OSError as error:
        fail(f"{error.filename or out} cannot be written ({error.strerror}).")
    console = Console(stderr=True, soft_wrap=True)
    console.print(f"{counted(len(paths), 'input')}, {len(paths) - len(new)} read before.", highlight=False)
    failed = 0
    columns = (BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[rate]}"), TimeRemainingColumn())
    try:
        with Progress(*columns, console=console) as progress:
            task = progress.add_task("read", total=len(new), rate="")
            for done in batch.read(paths, workers, places):
                failed += done.failed
                speed = progress.tasks[0].speed
                progress.update(task, advance=1, rate=f"{speed:.1f} a second" if speed else "")
                if done.note:
                    console.print(f"{done.path}: {done.note}", markup=False, highlight=False)
    except BatchError as error:
        fail(str(error))
    except KeyboardInterrupt:
        batch.write(paths)
        fail(_STOPPED.format(out=out), status=130)
    batch.write(paths)
    if (said := batch.desk.progress) and said.stopped:
        fail(_STOPPED.format(out=out), status=130)
    if failed:
        console.print(f"{counted(failed, 'input')} could not be read; the column error says why.", highlight=False)
    return failed > 0


def _places(paths: Sequence[Path], folder: Path) -> dict[Path, Path]:
    """Files in a folder for what is drawn. Raises `OSError`."""
    folder.mkdir(parents=True, exist_ok=True)
    return {path: folder / name for path, name in annotated_names(paths).items()}
