"""`analyze --ray`: the batch command on the computers of a Ray cluster."""

from collections.abc import Iterable

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from emotion_core.cli.shared import fail
from emotion_core.registry.model_folder import ModelFolder
from emotion_core.vision.media.input_reader import ReadingOptions
from emotion_core.vision.media.places import PlaceError, expand_places
from emotion_core.vision.media.ray_batch import RayBatch
from emotion_core.vision.media.resumable_batch import BatchError
from emotion_core.wording import counted

_TABLES = (".csv", ".jsonl")


def run_on_ray(
    names: Iterable[str], out: str, model: ModelFolder, options: ReadingOptions, address: str, workers: int
) -> bool:
    """Read what has not been read yet; whether an input could not be read."""
    if out.endswith(_TABLES):
        fail("--ray writes a Parquet data set of many parts: let --out name a folder.")
    console = Console(stderr=True, soft_wrap=True)
    failed = 0
    columns = (BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[rate]}"), TimeRemainingColumn())
    try:
        inputs = list(dict.fromkeys(expand_places(names)))
        batch = RayBatch(out, model, options)
        left = batch.left(inputs)
        console.print(f"{counted(len(inputs), 'input')}, {len(inputs) - len(left)} read before.", highlight=False)
        with Progress(*columns, console=console) as progress:
            task = progress.add_task("read", total=len(left), rate="")
            for outcome in batch.read(left, address, workers):
                failed += len(outcome.failed)
                speed = progress.tasks[0].speed
                progress.update(task, advance=outcome.inputs, rate=f"{speed:.1f} a second" if speed else "")
    except (BatchError, PlaceError) as error:
        fail(str(error))
    except OSError as error:
        fail(f"{out} cannot be written ({error.strerror or error}).")
    except KeyboardInterrupt:
        fail(f"Stopped. {out} has what was read so far; the same command goes on.", status=130)
    if failed:
        console.print(f"{counted(failed, 'input')} could not be read; the column error says why.", highlight=False)
    return failed > 0
