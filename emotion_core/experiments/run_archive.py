"""A run as one .zip to take home."""

import io
import zipfile

from emotion_core.experiments.run import Run
from emotion_core.registry.feature_statistics import FEATURES_FILE
from emotion_core.registry.model_folder import TRAINING_HASHES_FILE

# By name: checkpoints, copies of other models, locks and what was left half written are of use on this computer only,
# and people's own faces stay where they agreed to keep them.
_RUN_FILES = (
    "config.json",
    "status.json",
    "run_data.json",
    "history.csv",
    "report.json",
    "predictions.parquet",
    "note.txt",
    "log.txt",
)
_MODEL_FILES = (
    "card.json",
    "history.csv",
    "report.json",
    "model.keras",
    "model.tflite",
    FEATURES_FILE,
    TRAINING_HASHES_FILE,
    "measured.json",
)
_MAX_FILE_BYTES = 64 * 2**20  # bytes of a file; those of the largest network have 8 MiB. The .zip is made in memory


def run_archive(run: Run) -> bytes:
    """Config, history, report, predictions, log and model of a run, in a folder of its name."""
    # a shipped model is its own run: some of its files are then named twice
    wanted = dict.fromkeys(
        [*(run.path / name for name in _RUN_FILES), *(run.model_path / name for name in _MODEL_FILES)]
    )
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, strict_timestamps=False) as archive:
        for path in wanted:
            if path.is_file() and not path.is_symlink() and path.stat().st_size <= _MAX_FILE_BYTES:
                archive.write(path, f"{run.name}/{path.relative_to(run.path).as_posix()}")
    return buffer.getvalue()
