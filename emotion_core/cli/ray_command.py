"""`analyze --ray`: the batch command on the computers of a Ray cluster."""

from collections.abc import Iterable

from emotion_core.cli.reading_display import STOPPED, new_console, showing_progress, tell_failed
from emotion_core.cli.shared import fail
from emotion_core.registry.model_folder import ModelFolder
from emotion_core.vision.media.input_reader import ReadingOptions
from emotion_core.vision.media.places import PlaceError, expand_places
from emotion_core.vision.media.ray_batch import RayBatch
from emotion_core.vision.media.resumable_batch import BatchError

_TABLES = (".csv", ".jsonl")


def run_on_ray(
    names: Iterable[str], out: str, model: ModelFolder, options: ReadingOptions, address: str, workers: int
) -> bool:
    """Read what has not been read yet; whether an input could not be read."""
    if out.endswith(_TABLES):
        fail("--ray writes a Parquet data set of many parts: let --out name a folder.")
    console, failed = new_console(), 0
    try:
        inputs = list(dict.fromkeys(expand_places(names)))
        batch = RayBatch(out, model, options)
        left = batch.left(inputs)
        with showing_progress(console, len(inputs), len(left)) as advance:
            for outcome in batch.read(left, address, workers):
                failed += len(outcome.failed)
                advance(outcome.inputs)
    except (BatchError, PlaceError) as error:
        fail(str(error))
    except OSError as error:
        fail(f"{out} cannot be written ({error.strerror or error}).")
    except KeyboardInterrupt:
        fail(STOPPED.format(out=out), status=130)
    tell_failed(console, failed)
    return failed > 0
