"""A run as one .zip to take home."""

import io
import zipfile

from emotion_core.store.runs import OWN_FACES_FOLDER, Run

# Checkpoints are large, and only of use on this computer; people's own faces stay where they agreed to keep them.
_LEFT_OUT = {"checkpoints", OWN_FACES_FOLDER}


def run_archive(run: Run) -> bytes:
    """Config, history, report, predictions, log and model of a run, in a folder of its name."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(run.path.rglob("*")):
            inside = path.relative_to(run.path)
            if path.is_file() and not _LEFT_OUT & set(inside.parts):
                archive.write(path, f"{run.name}/{inside.as_posix()}")
    return buffer.getvalue()
