"""Named recipes: settings that were measured to work together."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from emotion_core.experiments.config import Augmentation, RunConfig, settings_of
from emotion_core.experiments.processor import fastest_precision
from emotion_core.registry.model_folder import ModelFolder


@dataclass(frozen=True)
class Preset:
    """settings: those that differ from the defaults; note: what to expect of it, measured as docs/measurements.md says
    under "Recipes"."""

    settings: Mapping[str, Any]
    note: str


_RESIDUAL = {
    "batch_size": 64,
    "optimizer": "sgd",
    "schedule": "one-cycle",
    "learning_rate": 0.05,
    "weight_decay": 0.005,
    "ema_decay": 0.999,
    "initial_resolution": 32,
    "validation_split": 0.05,
}
# Accuracies are those of PublicTest; times are those of all epochs on two cores at 2.1 to 2.6 GHz.
PRESETS = {
    "baseline": Preset(
        {},
        "The first network of this project. Accuracy on FER2013's PublicTest: 59%. Model file 0.6 MiB; 4 minutes on "
        "two cores.",
    ),
    "quick": Preset(
        {**_RESIDUAL, "architecture": "residual_small", "epochs": 15, "dropout": 0.1, "ferplus_weight": 0.3},
        "A small residual network. Accuracy on FER2013's PublicTest: 62% (80% of the FER+ majority; 74% if "
        "trained without FER+ votes). Model file 0.6 MiB; 20 minutes on two cores.",
    ),
    "best": Preset(
        {
            **_RESIDUAL,
            "architecture": "residual",
            "precision": fastest_precision(),
            "epochs": 45,
            "dropout": 0.2,
            "ferplus_weight": 0.35,
            "aligned_fraction": 0.25,
            "logit_adjustment": 0.5,
            "rotation": 12.0,
            "contrast": 0.3,
            "brightness": 0.15,
            "erasing": 0.1,
        },
        "The network of the shipped model, in one run. Accuracy on FER2013's PublicTest: 68% (81% of the FER+ "
        "majority). Model file 3.7 MiB; 100 minutes on two cores with AMX (bfloat16); several hours without.",
    ),
}


def run_name(preset: str | None, config: RunConfig) -> str:
    """What a run is called: its recipe, or its network where that is not the recipe's or there is none."""
    settings = PRESETS[preset].settings if preset else {}
    usual = RunConfig.from_settings({"data": config.data, **settings})
    return preset if preset and usual.architecture == config.architecture else config.architecture


def fine_tune(model: ModelFolder, data: str) -> RunConfig:
    """A short run from a model's own weights, on its own split, with the faces that people corrected mixed in. Raises
    `ConfigError` for a recipe that makes no sense."""
    recipe = model.card.recipe
    strengths = recipe.get("augmentation", {})
    kept = (
        "architecture",
        "dropout",
        "ferplus_weight",
        "aligned_fraction",
        "logit_adjustment",
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
