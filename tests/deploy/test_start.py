"""What a container does with its volume before the app starts."""

import shutil
from pathlib import Path

import pytest

from deploy.start import bring_models
from emotion_core.files import read_json, write_json
from emotion_core.registry.model_folder import list_models, open_model

SHIPPED = Path(__file__).resolve().parents[2] / "models"


@pytest.fixture
def image(tmp_path: Path) -> Path:
    """A folder of models as an image has it: one of the shipped ones."""
    shutil.copytree(SHIPPED / "baseline", tmp_path / "image" / "baseline")
    return tmp_path / "image"


def test_an_empty_volume_gets_the_models_of_the_image_whole(image: Path, tmp_path: Path) -> None:
    assert bring_models(image, tmp_path / "volume") == ["baseline"]
    assert [model.path.name for model in list_models(tmp_path / "volume")] == ["baseline"]


def test_a_second_start_copies_nothing(image: Path, tmp_path: Path) -> None:
    bring_models(image, tmp_path / "volume")
    assert bring_models(image, tmp_path / "volume") == []


def test_an_updated_image_replaces_its_model_and_leaves_what_was_promoted(image: Path, tmp_path: Path) -> None:
    volume = tmp_path / "volume"
    bring_models(image, volume)
    shutil.copytree(image / "baseline", volume / "promoted")
    write_json(volume / "active.json", {"promoted": ["promoted"]})
    card = {**(read_json(image / "baseline" / "card.json") or {}), "name": "newer"}
    write_json(image / "baseline" / "card.json", card)
    write_json(image / "active.json", {"promoted": []})

    assert bring_models(image, volume) == ["baseline"]
    assert open_model(volume / "baseline").name == "newer"
    assert open_model(volume / "promoted").name == "baseline"
    assert read_json(volume / "active.json") == {"promoted": ["promoted"]}


def test_a_model_that_the_image_promotes_is_in_use_from_the_first_start(image: Path, tmp_path: Path) -> None:
    write_json(image / "active.json", {"promoted": ["baseline"]})
    bring_models(image, tmp_path / "volume")
    assert read_json(tmp_path / "volume" / "active.json") == {"promoted": ["baseline"]}


def test_models_that_lie_in_the_image_are_left_alone(image: Path) -> None:
    assert bring_models(image, image) == []
    assert not (image / ".lock").exists(), "a read-only folder must do"
