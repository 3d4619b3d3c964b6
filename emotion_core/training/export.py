"""A trained network as a model folder."""

import contextlib
import io
import time
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf

from emotion_core.emotions import EMOTIONS
from emotion_core.experiments.config import RunConfig
from emotion_core.files import write_json
from emotion_core.registry.feature_statistics import FEATURES_FILE
from emotion_core.registry.model_folder import TRAINING_HASHES_FILE, ModelFolder, sha256
from emotion_core.registry.model_schemas import DataCard, InputCard, ModelCard
from emotion_core.training.architectures import multiply_adds
from emotion_core.validation import to_json
from emotion_core.vision.faces.classifier import FEATURES, PROBABILITIES

_FILES = ("model.keras", "model.tflite", FEATURES_FILE, TRAINING_HASHES_FILE)


def export_model(model: keras.Model, path: Path, card: ModelCard) -> ModelCard:
    """Write `model.keras`, `model.tflite` (fp16 weights) and `card.json`, the card last; the card with checksums.

    model: never compiled, as its optimizer would triple the file.
    """
    path.mkdir(parents=True, exist_ok=True)
    model.save(path / "model.keras")
    (path / "model.tflite").write_bytes(convert(model))
    return write_card(path, card)


def write_card(path: Path, card: ModelCard) -> ModelCard:
    """Write `card.json` with the checksums of the files beside it; that card."""
    card = card.model_copy(update={"sha256": {file: sha256(path / file) for file in _FILES if (path / file).exists()}})
    write_json(path / "card.json", to_json(card))
    return card


def export_onnx(folder: ModelFolder, path: Path) -> None:
    """Write a model's network as ONNX (https://onnx.ai): input `face`, float32 [N, height, width, channels] from 0 to
    255; output the network's own probabilities, not calibrated. Raises `OSError`."""
    model = keras.saving.load_model(folder.path / "model.keras", compile=False)
    model(np.zeros((1, *model.input_shape[1:]), np.float32))  # Keras exports no network that was never called
    model.export(path, format="onnx", verbose=False)


def convert(model: keras.Model) -> bytes:
    """The network for LiteRT: any batch size, weights stored as fp16 (half the size, same answers within 1e-3).

    Two outputs, told apart by their names in its signature: `probabilities`, and `features`, what its last layer reads.
    """
    outputs = {PROBABILITIES: model.output, FEATURES: model.layers[-1].input}
    converter = tf.lite.TFLiteConverter.from_keras_model(keras.Model(model.input, outputs))
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.target_spec.supported_types = [tf.float16]
    with contextlib.redirect_stdout(io.StringIO()):  # a list of every weight, which Keras prints
        return bytes(converter.convert())


def describe(model: keras.Model, config: RunConfig, name: str, data: DataCard, best_epoch: int) -> ModelCard:
    """The card before anything is exported or measured."""
    _, height, width, channels = model.input_shape
    recipe = {setting: value for setting, value in config.to_dict().items() if setting != "data"}
    recipe["start_from"] = data.start_from or ""  # by its name: where it lay says nothing on another computer
    return ModelCard(
        name=name,
        created=time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        labels=list(EMOTIONS),
        input=InputCard(height=height, width=width, channels=channels, colour="gray"),
        architecture=config.architecture,
        parameters=model.count_params(),
        multiply_adds=multiply_adds(model),
        data=data,
        recipe=recipe,
        best_epoch=best_epoch,
        sha256={"model.tflite": ""},
    )
