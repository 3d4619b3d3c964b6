"""A trained network as a model folder."""

import contextlib
import io
import time
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from emotion_core.emotions import EMOTIONS
from emotion_core.experiments.config import RunConfig
from emotion_core.files import write_json
from emotion_core.registry.model_folder import sha256
from emotion_core.training.architectures import multiply_adds

_FILES = ("model.keras", "model.tflite", "model.onnx")


def export_model(model: keras.Model, path: Path, card: dict[str, Any]) -> None:
    """Write `model.keras`, `model.tflite` (fp16 weights), `model.onnx` and `card.json`, the card last.

    model: never compiled, as its optimizer would triple the file.
    """
    path.mkdir(parents=True, exist_ok=True)
    model.save(path / "model.keras")
    (path / "model.tflite").write_bytes(convert(model))
    model(np.zeros((1, *model.input_shape[1:]), np.float32))  # Keras exports no network to ONNX that was never called
    model.export(path / "model.onnx", format="onnx", verbose=False)
    write_card(path, card)


def write_card(path: Path, card: dict[str, Any]) -> None:
    """Write `card.json` with the checksums of the files beside it."""
    write_json(path / "card.json", {**card, "sha256": {file: sha256(path / file) for file in _FILES}})


def convert(model: keras.Model) -> bytes:
    """The network for LiteRT: any batch size, weights stored as fp16 (half the size, same answers within 1e-3)."""
    converter = tf.lite.TFLiteConverter.from_keras_model(model)
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.target_spec.supported_types = [tf.float16]
    with contextlib.redirect_stdout(io.StringIO()):  # a list of every weight, which Keras prints
        return bytes(converter.convert())


def describe(model: keras.Model, config: RunConfig, name: str, data: dict[str, Any]) -> dict[str, Any]:
    """The card's part that is known before anything is measured."""
    _, height, width, channels = model.input_shape
    recipe = {name: value for name, value in config.to_dict().items() if name != "data"}
    # by their names: where they lay says nothing on another computer
    recipe["start_from"], recipe["teachers"] = data["start_from"] or "", ",".join(data["teachers"])
    return {
        "name": name,
        "created": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "labels": list(EMOTIONS),
        "input": {"height": height, "width": width, "channels": channels, "range": [0, 255], "colour": "gray"},
        "architecture": config.architecture,
        "parameters": model.count_params(),
        "multiply_adds": multiply_adds(model),
        "data": data,
        "recipe": recipe,
    }
