import json
import shutil
from pathlib import Path

import pytest

from emotion_core.registry.model_folder import ModelError, ModelFolder, list_models, open_model


@pytest.fixture
def copy(tiny_model: ModelFolder, tmp_path: Path) -> Path:
    return Path(shutil.copytree(tiny_model.path, tmp_path / "copy"))


def test_the_shipped_model_is_whole(shipped: ModelFolder) -> None:
    assert shipped.labels == ("angry", "disgust", "fear", "happy", "neutral", "sad", "surprise")
    assert not shipped.card.data.is_sample
    assert {"validation", "public_test"} <= set(shipped.card.metrics)


def test_damage_is_noticed(copy: Path) -> None:
    content = bytearray((copy / "model.tflite").read_bytes())
    content[1000] ^= 1
    (copy / "model.tflite").write_bytes(content)
    with pytest.raises(ModelError, match="damaged"):
        open_model(copy)
    assert list_models(copy.parent) == []


def test_what_is_missing_is_named(copy: Path) -> None:
    (copy / "model.tflite").unlink()
    with pytest.raises(ModelError, match=r"lacks model\.tflite"):
        open_model(copy)
    card = json.loads((copy / "card.json").read_text())
    del card["labels"]
    (copy / "card.json").write_text(json.dumps(card))
    with pytest.raises(ModelError, match="lacks labels"):
        open_model(copy)
    with pytest.raises(ModelError, match="not a model folder"):
        open_model(copy.parent)
