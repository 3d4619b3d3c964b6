"""Named recipes: settings that were measured to work together."""

from collections.abc import Mapping
from typing import Any

PRESETS: dict[str, Mapping[str, Any]] = {
    "seed": {},
    "small": {
        "architecture": "small",
        "epochs": 30,
        "batch_size": 64,
        "optimizer": "sgd",
        "learning_rate": 0.05,
        "schedule": "one-cycle",
        "weight_decay": 0.005,
        "validation_split": 0.1,
        "dropout": 0.2,
        "label_smoothing": 0.05,
        "start_size": 32,
    },
    "strong": {
        "architecture": "strong",
        "epochs": 63,
        "batch_size": 64,
        "optimizer": "sgd",
        "learning_rate": 0.05,
        "schedule": "one-cycle",
        "weight_decay": 0.005,
        "validation_split": 0.1,
        "dropout": 0.4,
        "label_smoothing": 0.05,
        "annotators": 0.35,
        "start_size": 32,
        "rotation": 15.0,
        "zoom": 0.2,
        "shift": 0.1,
        "contrast": 0.4,
        "brightness": 0.2,
        "blur": 1.0,
        "noise": 0.05,
        "erasing": 0.3,
    },
}
PRESET_NOTES = {
    "seed": "The first network with its own settings: 25 quick epochs.",
    "small": "Better than seed with half its parameters.",
    "strong": "The recipe of the shipped model: an hour and more. Best on FER2013 with FER+ votes beside it.",
}
