"""What our input pipeline costs a training, and how it does against the tutorials' one.

    python -m benchmarks.training

Faces a second while training, by rounds taken in turn, so that noise hits all alike:
- "cached": the same network fed one batch over and over, which nothing can beat;
- "ours": this project's pipeline with full augmentation;
- "tutorial": `image_dataset_from_directory`, cached, and Keras augmentation layers inside the model, with the same
  flip, rotation, shift, zoom, contrast and brightness.
"""

import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import keras
import numpy as np
import tensorflow as tf
import typer
from keras import layers
from PIL import Image

from emotion_core.datasets import FaceDataset, load
from emotion_core.datasets.ferplus import soft_labels
from emotion_core.emotions import EMOTIONS
from emotion_core.experiments.config import RunConfig
from emotion_core.experiments.presets import PRESETS
from emotion_core.training.architectures import BUILDERS
from emotion_core.training.input_pipeline import training_batches

BATCH = 64


def compiled(model: keras.Model) -> keras.Model:
    model.compile(keras.optimizers.SGD(0.01, momentum=0.9), loss="categorical_crossentropy")
    return model


def cached(faces: FaceDataset, config: RunConfig, channels: int) -> tf.data.Dataset:
    batch = next(iter(ours(faces, config, channels)))
    return tf.data.Dataset.from_tensors(batch).repeat()


def ours(faces: FaceDataset, config: RunConfig, channels: int) -> tf.data.Dataset:
    targets = soft_labels(faces.labels, None, ferplus_weight=0)
    return training_batches(faces.images, targets, config, channels, size=48, seed=0).repeat()


def tutorial(folder: Path, channels: int) -> tf.data.Dataset:
    batches = keras.utils.image_dataset_from_directory(
        folder,
        label_mode="categorical",
        color_mode="grayscale" if channels == 1 else "rgb",
        image_size=(48, 48),
        batch_size=BATCH,
        verbose=False,
    )
    return batches.cache().shuffle(100).repeat().prefetch(tf.data.AUTOTUNE)


def with_layers(model: keras.Model, config: RunConfig) -> keras.Model:
    """The network behind Keras's own augmentation layers, which only act while it trains."""
    strength = config.augmentation
    inputs = keras.Input(model.input_shape[1:])
    x = layers.RandomFlip("horizontal")(inputs)
    x = layers.RandomRotation(strength.rotation / 360, fill_mode="nearest")(x)
    x = layers.RandomTranslation(strength.shift, strength.shift, fill_mode="nearest")(x)
    x = layers.RandomZoom(strength.zoom, fill_mode="nearest")(x)
    x = layers.RandomContrast(strength.contrast)(x)
    x = layers.RandomBrightness(strength.brightness)(x)
    return keras.Model(inputs, model(x))


def write_folder(faces: FaceDataset, folder: Path) -> None:
    for row, (face, label) in enumerate(zip(faces.images, faces.labels, strict=True)):
        path = folder / EMOTIONS[label] / f"{row}.png"
        path.parent.mkdir(exist_ok=True)
        Image.fromarray(face).save(path)


def speed(model: keras.Model, batches: Iterator[Any], steps: int) -> float:
    """Faces a second."""
    began = time.perf_counter()
    for _ in range(steps):
        model.train_on_batch(*next(batches))
    return steps * BATCH / (time.perf_counter() - began)


def main(
    data: Annotated[str, typer.Option()] = "sample",
    steps: Annotated[int, typer.Option(help="Batches a round.")] = 20,
    rounds: Annotated[int, typer.Option()] = 5,
) -> None:
    faces = load(data).select("train")
    faces = faces.take(np.arange(min(len(faces), 4000)))
    print("| network | ours, faces a second | ours / cached | ours / tutorial |")
    print("|---|---|---|---|")
    with tempfile.TemporaryDirectory() as name:
        write_folder(faces, Path(name))
        for preset, network in (("baseline", "baseline"), ("best", "residual")):
            config = RunConfig.from_settings({**PRESETS[preset].settings, "data": data, "batch_size": BATCH})
            networks = {kind: BUILDERS[network](config.dropout, 48) for kind in ("cached", "ours", "tutorial")}
            channels = networks["ours"].input_shape[-1]
            ways: dict[str, tuple[keras.Model, Iterator[Any]]] = {
                "cached": (compiled(networks["cached"]), iter(cached(faces, config, channels))),
                "ours": (compiled(networks["ours"]), iter(ours(faces, config, channels))),
                "tutorial": (
                    compiled(with_layers(networks["tutorial"], config)),
                    iter(tutorial(Path(name), channels)),
                ),
            }
            measured: dict[str, list[float]] = {kind: [] for kind in ways}
            for number in range(rounds + 1):
                for kind, (model, batches) in ways.items():
                    faces_a_second = speed(model, batches, steps)
                    if number:  # the first round traces the graph
                        measured[kind].append(faces_a_second)
            middle = {kind: statistics.median(values) for kind, values in measured.items()}
            print(
                f"| {network} | {middle['ours']:,.0f} | {middle['ours'] / middle['cached']:.2f} |"
                f" {middle['ours'] / middle['tutorial']:.2f} |"
            )


if __name__ == "__main__":
    typer.run(main)
