"""Model folders and the list of promoted models with odd bytes, values and figures: a model or one sentence."""

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydantic import BaseModel

from emotion_core.evaluation.model_card import PLOT, render
from emotion_core.experiments.config import ConfigError
from emotion_core.experiments.presets import fine_tune
from emotion_core.registry import active
from emotion_core.registry.active import active_model_and_notice, active_stamp, promoted_models
from emotion_core.registry.measured_schemas import Measured
from emotion_core.registry.model_folder import TRAINING_HASHES_FILE, ModelError, ModelFolder, open_model, sha256
from emotion_core.registry.model_schemas import ModelCard, RunReport
from emotion_core.vision.faces.classifier import Classifier
from tests.support import odd


@pytest.fixture(scope="module")
def copied(shipped: ModelFolder, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The smallest model in the place of the shipped one, with all its files."""
    path = tmp_path_factory.mktemp("models") / "residual"
    shutil.copytree(shipped.path.with_name("baseline"), path)
    shutil.copy(shipped.path / "measured.json", path)
    return path


@pytest.fixture
def model(copied: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """That one, alone in a folder of models; whole again afterwards."""
    kept = {path: path.read_bytes() for path in copied.iterdir() if path.is_file()}
    monkeypatch.setenv("EMOTION_MODELS", str(copied.parent))
    yield copied
    for path, content in kept.items():
        path.write_bytes(content)
    (copied.parent / "active.json").unlink(missing_ok=True)


def read_model(path: Path) -> None:
    """What pages read of a model, or one sentence without any place on the server."""
    try:
        opened = open_model(path)
        assert PLOT in render(opened)
        assert isinstance(opened.training_hashes, np.ndarray)
        fine_tune(opened, "sample")
    except (ModelError, ConfigError) as error:
        assert str(error).endswith(".") and str(path.parent) not in str(error) and "\n" not in str(error)


@pytest.mark.parametrize("part", ["labels", "input", "sha256", "calibration", "metrics", "data", "recipe", "name"])
def test_a_card_with_one_odd_value_is_a_model_or_a_sentence(part: str, model: Path) -> None:
    card = json.loads((model / "card.json").read_text())
    few = dict(list(card[part].items())[:6]) if isinstance(card[part], dict) else card[part]
    changed = [{**card, **change} for _, change in odd.mutations({part: few})]
    refused = [document for document in changed if odd.refuses(ModelCard, document)]
    accepted = [document for document in changed if not odd.refuses(ModelCard, document)]
    assert len(refused) > 10
    for document in [*refused[:: len(refused) // 10], *accepted[:: 1 + len(accepted) // 10]]:
        (model / "card.json").write_bytes(odd.as_json(document))
        read_model(model)


@pytest.mark.parametrize("name", ["card.json", "report.json", "measured.json", "history.csv", TRAINING_HASHES_FILE])
@pytest.mark.parametrize("content", odd.BYTES, ids=range(len(odd.BYTES)))
def test_a_model_with_a_file_of_odd_bytes_is_a_model_or_a_sentence(name: str, content: bytes, model: Path) -> None:
    (model / name).write_bytes(content)
    read_model(model)


@pytest.mark.parametrize(("name", "kind"), [("report.json", RunReport), ("measured.json", Measured)])
def test_a_model_card_is_written_from_what_is_left_of_odd_figures(
    name: str, kind: type[BaseModel], model: Path
) -> None:
    good = json.loads((model / name).read_text())
    if name == "report.json":
        good["splits"] = {"validation": {**good["splits"]["validation"], "risk_coverage": []}}
    accepted = [changed for _, changed in odd.mutations(good) if not odd.refuses(kind, changed)]
    for document in [*accepted[:: 1 + len(accepted) // 12], *odd.VALUES[::5]]:
        (model / name).write_bytes(odd.as_json(document))
        read_model(model)


def test_a_network_that_cannot_be_loaded_is_a_sentence(model: Path) -> None:
    card = json.loads((model / "card.json").read_text())
    (model / "model.tflite").write_bytes(bytes(1000))
    card["sha256"]["model.tflite"] = sha256(model / "model.tflite")
    (model / "card.json").write_text(json.dumps(card))
    with pytest.raises(ModelError, match=r"^model\.tflite of baseline cannot be loaded") as caught:
        Classifier.load(model)
    assert str(model.parent) not in str(caught.value)


def test_a_card_names_no_file_of_another_folder(model: Path) -> None:
    card = json.loads((model / "card.json").read_text())
    card["sha256"]["../secret"] = "0"
    (model / "card.json").write_text(json.dumps(card))
    with pytest.raises(ModelError, match="sha256"):
        open_model(model)


CONTENTS: list[Callable[[Any], Any]] = [lambda value: value, lambda value: {"promoted": value}]


@pytest.mark.parametrize("content", CONTENTS, ids=["all of it", "its list"])
@pytest.mark.parametrize("value", odd.VALUES, ids=range(len(odd.VALUES)))
def test_an_odd_list_of_promoted_models_leaves_the_shipped_one(
    content: Callable[[Any], Any], value: Any, model: Path
) -> None:
    (model.parent / "active.json").write_bytes(odd.as_json(content(value)))
    used, notice = active_model_and_notice()
    assert used.path == model and isinstance(promoted_models(), list) and active_stamp()
    assert notice is None or notice.endswith(".")


def test_a_list_that_cannot_be_read_is_said_and_the_next_promotion_writes_a_new_one(model: Path) -> None:
    (model.parent / "active.json").write_text('{"promoted": 7}')
    notice = active_model_and_notice()[1]
    assert notice is not None and "list of promoted models cannot be used" in notice
    promoted = active.promote(model, "new")
    assert active_model_and_notice() == (promoted, None)
    active.roll_back()
