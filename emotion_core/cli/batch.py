"""Many inputs into one table: progress, what to say of each, and the table at the end or at Ctrl-C."""

from collections.abc import Sequence
from pathlib import Path

from emotion_core.cli.reading_display import STOPPED, new_console, showing_progress, tell_failed
from emotion_core.cli.shared import fail
from emotion_core.registry.model_folder import ModelFolder
from emotion_core.vision.media.input_reader import ReadingOptions
from emotion_core.vision.media.inputs import outside
from emotion_core.vision.media.resumable_batch import Batch, BatchError
from emotion_core.vision.media.table_files import WRITERS


def run_batch(
    paths: Sequence[Path], out: Path, model: ModelFolder, options: ReadingOptions, workers: int, annotated: Path | None
) -> bool:
    """Read what has not been read yet and write the table; whether an input could not be read."""
    if out.suffix not in WRITERS:
        fail(f"{out} must end with .parquet, .csv or .jsonl.")
    paths = list(dict.fromkeys(paths))  # the same file twice is one input
    if annotated:
        others = outside(paths, annotated)  # what an earlier call has drawn is no input
        if paths and not others:
            fail(f"All inputs lie in {annotated}; give --annotated a folder of its own.")
        paths = others
    try:
        batch = Batch(out, model, options)
        if annotated:
            annotated.mkdir(parents=True, exist_ok=True)
        new = batch.left(paths, annotated)
    except BatchError as error:
        fail(str(error))
    except OSError as error:
        fail(f"{error.filename or out} cannot be written ({error.strerror}).")
    console, failed = new_console(), 0
    try:
        with showing_progress(console, len(paths), len(new)) as advance:
            for done in batch.read(paths, workers, annotated):
                failed += done.failed
                advance(1)
                if done.note:
                    console.print(f"{done.path}: {done.note}", markup=False, highlight=False)
    except BatchError as error:
        fail(str(error))
    except KeyboardInterrupt:
        batch.write(paths)
        fail(STOPPED.format(out=out), status=130)
    batch.write(paths)
    if (said := batch.desk.progress) and said.stopped:
        fail(STOPPED.format(out=out), status=130)
    tell_failed(console, failed)
    return failed > 0
