"""A server that its operator has used: what a stranger must neither change nor see."""

import shutil
import zipfile
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from emotion_core.datasets import FaceDataset, load
from emotion_core.datasets.corrections import save_correction
from emotion_core.experiments.run_schemas import RunState
from emotion_core.files import write_json
from emotion_core.registry import active
from emotion_core.registry.model_folder import ModelFolder, models_root, open_model
from emotion_core.validation import to_json
from tests.pages.steps import finished_run, png, write_predictions

THEIRS = "their-secret-run"
STOPPED = "their-stopped-run"
BROUGHT = "their-faces.zip"
_USED = "model-in-use"  # every page says which model answers
_MODEL = "baseline"  # the smaller one


def occupy(folder: Path) -> None:
    """Lay out models, runs, a promoted model, brought data, marks and a kept face, in place of what is there."""
    for name in ("runs", "data", f"models/{_USED}"):
        shutil.rmtree(folder / name, ignore_errors=True)
    (folder / "data").mkdir(parents=True)
    for name in active.SHIPPED_MODELS:
        if not (folder / "models" / name).exists():
            shutil.copytree(models_root() / name, folder / "models" / name)
    sample, shipped = _sample(), open_model(models_root() / _MODEL)
    run = finished_run(folder / "runs" / THEIRS)
    data = {**to_json(shipped.card.data), "digest": sample.digest, "is_sample": True}
    _copy_model(shipped, run.model_path, {"name": THEIRS, "data": data})
    write_predictions(run, sample.select("train").take(np.arange(20)), [3])
    finished_run(folder / "runs" / STOPPED).update_status(state=RunState.stopped)
    (folder / "data" / "sample.exclusions.txt").write_text("train/3\n")
    with zipfile.ZipFile(folder / "data" / BROUGHT, "w") as archive:
        for number in range(3):
            archive.writestr(f"happy/{number}.png", png(sample.images[number]))
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("EMOTION_DATA", str(folder / "data"))
        save_correction(sample.images[0], "sad")
    _copy_model(shipped, folder / "models" / _USED, {"name": _USED})
    write_json(folder / "models" / "active.json", {"promoted": [_USED]})


@cache
def _sample() -> FaceDataset:
    return load("sample")


def _copy_model(model: ModelFolder, target: Path, said: dict[str, object]) -> None:
    """said: what its card says instead."""
    shutil.copytree(model.path, target)
    write_json(target / "card.json", {**to_json(model.card), **said})
