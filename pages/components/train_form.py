"""The form of a new training, its settings grouped."""

from pathlib import Path
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from emotion_core.experiments.config import Augmentation, ConfigError, RunConfig, Setting, settings_of
from emotion_core.experiments.networks import layer_table, size_in_words
from emotion_core.experiments.presets import PRESETS
from emotion_core.experiments.run import list_runs
from emotion_core.experiments.run_command import run_command
from emotion_core.files import read_json
from emotion_core.registry.model_folder import models_root
from pages.components import access
from pages.components.augmentation_preview import show_augmentation
from pages.components.cache import model_names
from pages.components.data_source import choose_source

NEW_WEIGHTS = "random (from scratch)"
AUGMENTATION = "Augmentation"
GROUPS: dict[str, tuple[str, ...]] = {
    "Network": ("architecture", "precision", "start_from"),
    "Optimisation": ("optimizer", "learning_rate", "schedule", "batch_size", "seed"),
    "Regularisation": ("weight_decay", "ema_decay", "dropout"),
    AUGMENTATION: tuple(settings_of(Augmentation)),
    "Data": (
        "ferplus_weight",
        "initial_resolution",
        "aligned_fraction",
        "logit_adjustment",
        "validation_split",
    ),
}


def choose_config() -> tuple[RunConfig, str] | None:
    """The form; the settings and the preset once its button was pressed."""
    source = choose_source()
    captions = [preset.note for preset in PRESETS.values()]
    preset = st.radio("Preset", list(PRESETS), captions=captions, key="preset")
    recipe = PRESETS[preset].settings
    known = settings_of(RunConfig) | settings_of(Augmentation)
    usual = RunConfig.from_settings({"data": "sample", **recipe})
    values = {**dict(usual), **dict(usual.augmentation)}
    # keys have the preset's name: another one brings its own numbers
    epochs = st.slider("Epochs", 1, 200, usual.epochs, key=f"epochs {preset}", help=known["epochs"].help)
    settings: dict[str, Any] = {**recipe, "epochs": epochs}
    with st.expander("All settings", icon=":material/tune:"):
        for tab, (group, names) in zip(st.tabs(list(GROUPS)), GROUPS.items(), strict=True):
            with tab:
                cells = st.columns(3)
                for place, name in enumerate(names):
                    architecture = settings.get("architecture", usual.architecture)
                    settings[name] = _ask(cells[place % 3], name, values[name], preset, known[name], architecture)
                if group == AUGMENTATION:
                    show_augmentation(source, Augmentation(**{name: settings[name] for name in names}))
    return _confirm(source, preset, settings)


def _confirm(source: str, preset: str, settings: dict[str, Any]) -> tuple[RunConfig, str] | None:
    """What was chosen, in words and as a command, and the button."""
    _show_network(settings["architecture"])
    try:
        config = RunConfig.from_settings({**settings, "data": source or "DATA"})
    except ConfigError as error:
        st.error(str(error))
        return None
    with st.expander("The same in a terminal", icon=":material/terminal:"):
        st.code(run_command(config), language="bash", wrap_lines=True)
    pressed = st.button(
        "Start training",
        type="primary",
        icon=":material/play_arrow:",
        disabled=not source or not access.is_owner(),
        help=None if source else "Choose the data first.",
        key="start training",
    )
    return (config, preset) if pressed else None


def _ask(cell: DeltaGenerator, name: str, usual: Any, preset: str, setting: Setting, architecture: str) -> Any:
    """A widget for one setting: the field's term, its limits and its default, and plain words in the help."""
    key = f"{name} {preset}"
    if name == "start_from":
        return _choose_start(cell, architecture)
    if setting.choices:
        options = list(setting.choices)
        words = "  \n".join(f"**{option}**: {sense}" for option, sense in setting.choices.items())
        help = f"{setting.help}  \n{words}"
        return cell.selectbox(setting.label, options, options.index(usual), key=key, help=help)
    if isinstance(usual, bool):
        return cell.toggle(setting.label, usual, key=key, help=setting.help)
    number = type(usual)
    minimum, maximum = number(setting.minimum), number(setting.maximum)
    look: dict[str, Any] = {"step": 1} if number is int else {"format": "%g", "step": usual / 10 or 0.01}
    return cell.number_input(setting.label, minimum, maximum, usual, key=key, help=setting.help, **look)


def _choose_start(cell: DeltaGenerator, architecture: str) -> str:
    """The model folder whose weights a run begins with, empty for new ones; only those of the same network fit."""
    folders = _model_folders()
    cards = {label: read_json(path / "card.json") or {} for label, path in folders.items()}
    fitting = [label for label in folders if cards[label].get("architecture") == architecture]
    chosen = cell.selectbox("Initial weights", [NEW_WEIGHTS, *fitting], key=f"start {architecture}")
    return "" if chosen == NEW_WEIGHTS else str(folders[chosen])


def _model_folders() -> dict[str, Path]:
    """Every model there is, shipped, promoted or of a finished run, by what to call it."""
    folders = {f"model {name}": models_root() / name for name in model_names()}
    if not access.is_owner():
        return {label: Path(path.parent.name) / path.name for label, path in folders.items()}  # no path of the server
    return folders | {f"run {run.name}": run.model_path for run in list_runs() if run.report}


def _show_network(architecture: str) -> None:
    with st.expander(f"Network {architecture}: {size_in_words(architecture)}", icon=":material/layers:"):
        st.dataframe(layer_table(architecture), hide_index=True, key="layers")
