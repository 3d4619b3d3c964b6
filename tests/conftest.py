"""Data that many tests use."""

import functools
import gc
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import streamlit_webrtc  # noqa: F401  before the tests that import TensorFlow: the other order crashes in pylibsrtp
from playwright.sync_api import Playwright, sync_playwright
from streamlit.components.v2 import manifest_scanner
from streamlit.runtime.scriptrunner import script_runner

from emotion_core.datasets import FaceDataset, load
from emotion_core.datasets.tables import FERPLUS_FILE
from emotion_core.files import write_json
from emotion_core.images import read_rgb
from emotion_core.registry.active import DEFAULT_MODEL, active_model
from emotion_core.registry.model_folder import TRAINING_HASHES_FILE, ModelFolder, models_root, open_model
from emotion_core.validation import to_json
from emotion_core.vision.faces.classifier import Classifier
from emotion_core.vision.media.example import read_example


@pytest.fixture(scope="session", autouse=True)
def own_places(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Runs and data of a developer's own are neither seen nor touched by the tests."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("EMOTION_RUNS", str(tmp_path_factory.mktemp("runs")))
        patched.setenv("EMOTION_DATA", str(tmp_path_factory.mktemp("data")))
        yield


def pytest_collection_finish() -> None:
    """What the libraries hold stays to the end; the garbage collector need not look at it again and again."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session", autouse=True)
def quick_page_runs() -> Iterator[None]:
    """After each run of a page Streamlit clears Keras, where that is loaded, with all garbage in the process: nearly a
    second. Here tests of training have loaded it; a server never does (tests/browser/test_live.py). And each AppTest
    looks for components in every installed package."""
    scan = manifest_scanner.scan_component_manifests
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(script_runner, "_clean_problem_modules", lambda: None)
        patched.setattr(manifest_scanner, "scan_component_manifests", functools.cache(scan))
        yield


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    """While it lives, its event loop runs in this thread: no second one starts, and asyncio.run raises."""
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="session")
def example() -> np.ndarray:
    """A real photograph with one upright face: uint8 [512, 512, 3] RGB."""
    return read_rgb(read_example())


@pytest.fixture(scope="session")
def sample() -> FaceDataset:
    return load("sample")


@pytest.fixture(scope="session")
def shipped() -> ModelFolder:
    return active_model()


@pytest.fixture(scope="session")
def tiny_model(shipped: ModelFolder, tmp_path_factory: pytest.TempPathFactory) -> ModelFolder:
    """A whole model folder of one megabyte, called like the shipped model: the baseline network without the files that
    only training needs."""
    baseline = open_model(models_root() / "baseline")
    path = tmp_path_factory.mktemp("tiny") / DEFAULT_MODEL
    path.mkdir()
    for name in ("model.tflite", "history.csv", "report.json", TRAINING_HASHES_FILE):
        shutil.copy(baseline.path / name, path)
    shutil.copy(shipped.path / "measured.json", path)
    changes = {"name": shipped.name, "sha256": {"model.tflite": baseline.card.sha256["model.tflite"]}}
    write_json(path / "card.json", to_json(baseline.card.model_copy(update=changes)))
    return open_model(path)


@pytest.fixture(scope="session")
def classifier(shipped: ModelFolder) -> Classifier:
    return Classifier(shipped)


@pytest.fixture(scope="session")
def fer2013_folder() -> Path:
    """The folder named by FER2013_DATA."""
    if "FER2013_DATA" not in os.environ:
        pytest.skip("FER2013_DATA names no folder with FER2013.")
    return Path(os.environ["FER2013_DATA"])


@pytest.fixture(scope="session")
def people_folder(fer2013_folder: Path) -> Path:
    """Posed faces beside it, `<person>/<emotion>/*`."""
    if not (fer2013_folder / "people").is_dir():
        pytest.skip("FER2013_DATA has no posed faces of people.")
    return fer2013_folder / "people"


@pytest.fixture(scope="session")
def fer2013(fer2013_folder: Path) -> FaceDataset:
    """Its csv or Parquet file: other pictures may lie beside it."""
    tables = [path for path in sorted(fer2013_folder.iterdir()) if path.suffix in (".csv", ".parquet")]
    return load(next(path for path in tables if path.name != FERPLUS_FILE))


class SmallDisk:
    """A disk of some MiB, which can grow and become read-only."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def change(self, options: str) -> None:
        """Mount it anew: "size=64m", "ro", "rw"."""
        subprocess.run(["mount", "-o", f"remount,{options}", str(self.path)], check=True)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[SmallDisk]:
    """Three MiB; only where this process may mount one."""
    path = tmp_path / "disk"
    path.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", str(path)]
    if sys.platform != "linux" or subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("No disk can be mounted here.")
    yield SmallDisk(path)
    subprocess.run(["umount", "-l", str(path)], check=True)
