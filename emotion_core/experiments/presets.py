"""Named recipes: settings that were measured to work together."""

from collections.abc import Mapping
from typing import Any

from emotion_core.experiments.config import Augmentation, RunConfig, settings_of
from emotion_core.registry.model_folder import ModelFolder
from emotion_core.wording import listed

_RESIDUAL = {
    "batch_size": 64,
    "optimizer": "sgd",
    "learning_rate": 0.05,
    "schedule": "one-cycle",
    "weight_decay": 0.005,
    "validation_split": 0.1,
    "label_smoothing": 0.05,
    "initial_resolution": 32,
}
_STUDENT = {
    **_RESIDUAL,
    "architecture": "residual",
    "precision": "bfloat16",
    "label_smoothing": 0.0,
    "dropout": 0.4,
    "ferplus_weight": 0.2,
    "rotation": 12.0,
    "zoom": 0.15,
    "shift": 0.08,
    "contrast": 0.3,
    "brightness": 0.15,
    "blur": 0.8,
    "noise": 0.04,
    "erasing": 0.2,
}
PRESETS: dict[str, Mapping[str, Any]] = {
    "baseline": {},
    "residual_small": {
        **_RESIDUAL,
        "architecture": "residual_small",
        "epochs": 30,
        "dropout": 0.2,
    },
    "residual": {
        **_RESIDUAL,
        "architecture": "residual",
        "epochs": 63,
        "dropout": 0.4,
        "ferplus_weight": 0.35,
        "rotation": 15.0,
        "zoom": 0.2,
        "shift": 0.1,
        "contrast": 0.4,
        "brightness": 0.2,
        "blur": 1.0,
        "noise": 0.05,
        "erasing": 0.3,
    },
    "residual_2": {
        **_RESIDUAL,
        "architecture": "residual",
        "epochs": 48,
        "learning_rate": 0.03,
        "start_share": 0.25,
        "initial_resolution": 48,
        "dropout": 0.4,
        "ferplus_weight": 0.25,
        "rotation": 10.0,
        "zoom": 0.15,
        "shift": 0.07,
        "contrast": 0.2,
        "brightness": 0.1,
        "blur": 0.6,
        "noise": 0.03,
        "erasing": 0.15,
    },
    "student": {
        **_STUDENT,
        "epochs": 60,
        "teacher_weight": 0.5,
    },
    "residual_crops": {
        **_STUDENT,
        "epochs": 110,
        "label_smoothing": 0.05,
        "ferplus_weight": 0.25,
        "shift": 0.05,
        "crop": 40,
    },
    "residual_3": {
        **_STUDENT,
        "epochs": 28,
        "learning_rate": 0.015,
        "start_share": 0.25,
        "initial_resolution": 48,
        "teacher_weight": 0.7,
        "aligned_fraction": 0.25,
        "crop": 44,
        "validation_split": 0.05,
    },
}
# The settings without which a recipe is not what its note says.
PRESET_NEEDS: dict[str, tuple[str, ...]] = {
    "residual_2": ("start_from",),
    "residual_3": ("start_from", "teachers"),
    "student": ("teachers",),
}
PRESET_NOTES = {
    "baseline": "The first network with its own settings: 25 quick epochs.",
    "residual_small": "Better than baseline, from a smaller file; an epoch takes longer.",
    "residual": "The first of five runs that made the shipped model, best with FER+ votes. Two hours.",
    "residual_2": "The second, with milder changes of the faces: begin with a run of residual. Two hours.",
    "student": "The third: new weights that learn from the labels and from a run of residual_2. An hour and a half.",
    "residual_crops": "The fourth: new weights that see pieces of the faces. Six hours.",
    "residual_3": "The last: begin with a run of residual_2; its teachers: that, student, residual_crops. 40 minutes.",
}


def missing_requirement(preset: str, config: RunConfig) -> str | None:
    """A sentence where a recipe lacks what it needs, None where it is whole."""
    words = {"start_from": "a model to begin with", "teachers": "models to learn from"}
    lacking = [words[name] for name in PRESET_NEEDS.get(preset, ()) if not getattr(config, name)]
    return f"The recipe {preset} needs {listed(lacking)}." if lacking else None


def run_name(preset: str | None, config: RunConfig) -> str:
    """What a run is called: its recipe, or its network where that is not the recipe's or there is none."""
    usual = RunConfig.from_settings({"data": config.data, **PRESETS.get(preset or "", {})})
    return preset if preset and usual.architecture == config.architecture else config.architecture


def fine_tune(model: ModelFolder, data: str) -> RunConfig:
    """A short run from a model's own weights, on its own split, with the faces that people corrected mixed in. Raises
    `ConfigError` for a recipe that makes no sense."""
    recipe = model.card.recipe
    strengths = recipe.get("augmentation", {})
    kept = (
        "architecture",
        "dropout",
        "label_smoothing",
        "ferplus_weight",
        "aligned_fraction",
        "validation_split",
        "seed",
    )
    settings = {name: recipe[name] for name in kept if name in recipe}
    return RunConfig.from_settings(
        {
            **settings,
            **{name: strengths[name] for name in settings_of(Augmentation) if name in strengths},
            "data": data,
            "start_from": str(model.path),
            "correction_repeats": 10,
            "epochs": 3,
            "batch_size": 64,
            "optimizer": "sgd",
            "learning_rate": 1e-3,
            "schedule": "cosine",
        }
    )
