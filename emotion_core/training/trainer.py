"""One training run from its config to its model folder."""

import math
from collections.abc import Callable
from pathlib import Path

import keras
import numpy as np
import pandas as pd
import tensorflow as tf

from emotion_core.datasets import FaceDataset
from emotion_core.datasets.ferplus import soft_labels
from emotion_core.experiments.config import RunConfig
from emotion_core.experiments.run import Run
from emotion_core.experiments.run_schemas import RunState
from emotion_core.images import FACE_SIZE
from emotion_core.registry.model_folder import ModelError, ModelFolder
from emotion_core.training.aligned_faces import align_faces
from emotion_core.training.architectures import BUILDERS
from emotion_core.training.callbacks import (
    BEST_FILE,
    BestCheckpoint,
    HistoryWriter,
    LastCheckpoint,
    StatusWriter,
    best_checkpoint,
    best_checkpoints,
)
from emotion_core.training.input_pipeline import training_batches, validation_batches
from emotion_core.training.logit_adjustment import undo_adjustment
from emotion_core.training.moving_average import MovingAverage, swap, take_means
from emotion_core.training.run_data import RunData


class CheckpointError(ValueError):
    """Checkpoints that cannot be used; the message is one sentence."""


Conclude = Callable[[Run, RunConfig, RunData], None]
_WARM_SHARE = 0.1  # of a one-cycle run


def learn(run: Run, config: RunConfig, data: RunData, conclude: Conclude) -> None:
    """The epochs of a run, or what is left of them, and then its conclusion. Raises whatever goes wrong.

    conclude: what exports and measures the best epoch.
    """
    keras.utils.set_random_seed(config.seed)
    training, steps = data.training, math.ceil(len(data.training) / config.batch_size)
    last_path = run.path / "checkpoints" / "last.keras"
    last_path.parent.mkdir(exist_ok=True)
    model = _restored(last_path) or _new_model(config, data.start, steps)
    done = int(model.optimizer.iterations) // steps
    if done and done in [end for _, end in config.stages]:  # the file was written before Keras ended this stage
        take_means(model)
    must_align = config.aligned_fraction > 0 and done < config.epochs
    aligned = _align(run, training.images) if must_align else None
    if run.stop_path.exists() and run.history.empty:
        run.update_status(state=RunState.stopped, message="Stopped before its first epoch.")
        return
    targets = soft_labels(training.labels, training.votes, config.ferplus_weight)
    run.update_status(state=RunState.running, message="", training=len(training), validation=len(data.validation))
    _fit(model, config, data, targets, aligned, done, _callbacks(run, data, last_path, done))
    if not best_checkpoints(last_path.parent):
        run.update_status(state=RunState.stopped, message="No epoch was complete, so there is no model to keep.")
        return
    conclude(run, config, data)


def _callbacks(run: Run, data: RunData, last_path: Path, done: int) -> list[keras.callbacks.Callback]:
    """What writes a run's files while it learns, and stops it where that was asked for. done: epochs."""
    rows = run.history
    kept = rows[rows["epoch"] <= done]  # a row may have been written just before its checkpoint failed
    for ahead in best_checkpoints(last_path.parent):
        if ahead.name > BEST_FILE.format(epoch=done):
            ahead.unlink()
    status, mean = StatusWriter(run), MovingAverage(data.training.images)
    best = _best_accuracy(last_path.parent, kept, data.validation)
    # Keras calls them in this order after each epoch. StatusWriter comes before the others, who ask it whether the
    # epoch is whole. A row of the history comes before its checkpoint: where a process dies between the two, the row is
    # dropped above. LastCheckpoint comes after BestCheckpoint, as it deletes all but the newest best.
    return [
        mean,
        status,
        HistoryWriter(run, status, kept),
        BestCheckpoint(last_path.parent, status, mean, best),
        LastCheckpoint(last_path, status),
    ]


def _best_accuracy(folder: Path, history: pd.DataFrame, validation: FaceDataset) -> float:
    """Of the best epoch so far, on the validation faces; measured anew where its row was lost."""
    if not best_checkpoints(folder):
        return -math.inf
    epoch, path = best_checkpoint(folder)
    rows = history.loc[history["epoch"] == epoch, "val_accuracy"]
    if len(rows):
        return float(rows.iloc[0])
    model = keras.saving.load_model(path)
    return float(model.evaluate(_validating(model, validation), verbose=0, return_dict=True)["accuracy"])


def _validating(model: keras.Model, validation: FaceDataset) -> tf.data.Dataset:
    """The validation faces and their labels as they are, without votes, for this network's input."""
    truth = soft_labels(validation.labels, None, ferplus_weight=0)
    return validation_batches(validation.images, truth, model.input_shape[-1])


def _fit(
    model: keras.Model,
    config: RunConfig,
    data: RunData,
    targets: np.ndarray,
    aligned: np.ndarray | None,
    done: int,
    callbacks: list[keras.callbacks.Callback],
) -> None:
    """The stages that are left. At the end of each, Keras puts the means of the weights in their place."""
    training, channels = data.training, model.input_shape[-1]
    for size, end in config.stages:
        if end <= done:
            continue
        model.fit(
            training_batches(training.images, targets, config, channels, size, config.seed + done, aligned),
            validation_data=_validating(model, data.validation),
            epochs=end,
            initial_epoch=done,
            verbose=2,
            callbacks=callbacks,
        )
        if model.stop_training:
            break
        done = end


def _restored(last_path: Path) -> keras.Model | None:
    """The network as the last whole epoch left it, or the best one where that file is damaged; None where there is
    nothing yet to go on with. Raises `CheckpointError`."""
    kept = [*([last_path] if last_path.exists() else []), *reversed(best_checkpoints(last_path.parent))]
    for path in kept:
        try:
            model = keras.saving.load_model(path)
        except Exception as error:  # whatever a damaged file makes Keras, zip and HDF5 raise
            print(f"{path.name} cannot be read: {error}", flush=True)
            continue
        if path != last_path:  # it has the means as weights, and these in the means' place
            swap(model)
        return model
    if kept:
        raise CheckpointError("None of its checkpoints can be read, so it cannot go on; start a new run.")
    return None


def _align(run: Run, faces: np.ndarray) -> np.ndarray | None:
    """Like `align_faces`, while the status says how far it is; None where a stop was asked for meanwhile."""

    def goes_on(done: int) -> bool:
        run.update_status(message=f"Turning the faces upright: {done:,} of {len(faces):,}.")
        return not run.stop_path.exists()

    return align_faces(faces, goes_on)


def _new_model(config: RunConfig, start: ModelFolder | None, steps: int) -> keras.Model:
    """The network of a run that begins, ready to train; steps: of one epoch. Raises `ModelError`."""
    model = _build(config)
    if start:
        _take_weights(model, start)
    model.compile(_optimizer(config, steps), loss="categorical_crossentropy", metrics=["accuracy"])
    return model


def _build(config: RunConfig) -> keras.Model:
    usual = keras.config.dtype_policy()
    if config.precision == "bfloat16":
        keras.config.set_dtype_policy("mixed_bfloat16")
    try:
        size = FACE_SIZE if config.initial_resolution == FACE_SIZE else None
        return BUILDERS[config.architecture](config.dropout, size)
    finally:
        keras.config.set_dtype_policy(usual)


def _take_weights(model: keras.Model, start: ModelFolder) -> None:
    """Begin where another model ended. Raises `ModelError` when it is another network."""
    if start.card.architecture != model.name:
        raise ModelError(f"{start.name} is a {start.card.architecture} network; this run trains {model.name}.")
    model.set_weights(keras.saving.load_model(start.path / "model.keras").get_weights())
    undo_adjustment(model, start)


def _optimizer(config: RunConfig, steps: int) -> keras.optimizers.Optimizer:
    """steps: of one epoch."""
    rate, decay = _learning_rate(config, steps), config.weight_decay or None
    mean = {"use_ema": True, "ema_momentum": config.ema_decay} if config.ema_decay else {}
    if config.optimizer == "sgd":
        return keras.optimizers.SGD(rate, momentum=0.9, nesterov=True, weight_decay=decay, **mean)
    return keras.optimizers.Adam(rate, weight_decay=decay, **mean)


def _learning_rate(config: RunConfig, steps: int) -> keras.optimizers.schedules.LearningRateSchedule:
    total, peak = config.epochs * steps, config.learning_rate
    if config.schedule == "one-cycle":
        warm = max(1, round(total * _WARM_SHARE))
        return keras.optimizers.schedules.CosineDecay(
            peak / 25, max(1, total - warm), warmup_target=peak, warmup_steps=warm
        )
    return keras.optimizers.schedules.CosineDecay(peak, total)
