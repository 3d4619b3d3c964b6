"""Train: a button, curves that grow, and an honest report."""

from pathlib import Path
from typing import Any

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from emotion_core.datasets import DatasetError
from emotion_core.datasets.augmentation import augment
from emotion_core.datasets.corrections import load_corrections
from emotion_core.experiments import jobs
from emotion_core.experiments.config import Augmentation, ConfigError, RunConfig, Setting, settings_of
from emotion_core.experiments.networks import layer_table, size_in_words
from emotion_core.experiments.presets import (
    PRESET_NEEDS,
    PRESET_NOTES,
    PRESETS,
    fine_tune,
    missing_requirement,
    run_name,
)
from emotion_core.experiments.progress import duration_in_words, progress
from emotion_core.experiments.run import ACTIVE_STATES, Run, list_runs
from emotion_core.files import read_json, reason
from emotion_core.registry.active import active_model
from emotion_core.registry.model_folder import ModelError, models_root
from emotion_core.wording import counted
from pages.components import access
from pages.components.cache import enter_through_app, model_names, open_dataset
from pages.components.data_source import choose_source
from pages.components.promotion_panel import show_promotion
from pages.components.run_report import show_curves, show_report

REFRESH_SECONDS = 1.0
NEW_WEIGHTS = "none: new ones"
PREVIEW_FACES, PREVIEW_ROWS = 10, 3
MORE_SETTINGS = (
    "architecture",
    "optimizer",
    "schedule",
    "batch_size",
    "learning_rate",
    "weight_decay",
    "dropout",
    "label_smoothing",
    "ferplus_weight",
    "mixup",
    "sam_radius",
    "initial_resolution",
    "aligned_fraction",
    "class_weights",
    "start_share",
    "teacher_weight",
    "precision",
    "validation_split",
    "patience",
    "time_limit",
    "seed",
)


def choose_config() -> None:
    """The form; its button starts a run."""
    source = choose_source()
    preset = st.radio("Preset", list(PRESETS), captions=[PRESET_NOTES[name] for name in PRESETS])
    usual = RunConfig.from_settings({"data": "sample", **PRESETS[preset]})
    settings: dict[str, Any] = {**PRESETS[preset]}
    # a key with the preset's name: another one brings its own numbers
    known = settings_of(RunConfig)
    words = known["epochs"][1].help
    settings["epochs"] = st.slider("Epochs", 1, 200, usual.epochs, key=f"epochs {preset}", help=words)
    needed = PRESET_NEEDS.get(preset, ())
    more = st.toggle("More settings")
    if more:
        cells = st.columns(3)
        for place, name in enumerate(MORE_SETTINGS):
            settings[name] = ask(cells[place % 3], name, getattr(usual, name), preset, known[name][1])
    if more or "start_from" in needed:
        settings["start_from"] = choose_start(settings.get("architecture", usual.architecture))
    if more or "teachers" in needed:
        settings["teachers"] = choose_teachers()
    settings |= choose_augmentation(source, usual.augmentation, preset)
    show_network(settings.get("architecture", usual.architecture))
    try:
        config = RunConfig.from_settings({**settings, "data": source or "DATA"})
    except ConfigError as error:
        st.error(str(error))
        return
    with st.expander("The same in a terminal", icon=":material/terminal:"):
        st.code(config.command, language="bash", wrap_lines=True)
    lacking = missing_requirement(preset, config)
    if lacking:
        st.warning(lacking)
    ready = bool(source) and not lacking and access.is_owner()
    if st.button("Start training", type="primary", icon=":material/play_arrow:", disabled=not ready):
        start(config, run_name(preset, config))


def choose_start(architecture: str) -> str:
    """The model folder whose weights a run begins with, empty for new ones."""
    folders = model_folders()
    cards = {label: read_json(path / "card.json") or {} for label, path in folders.items()}
    fitting = [label for label in folders if cards[label].get("architecture") == architecture]
    chosen = st.selectbox("Begin with the weights of", [NEW_WEIGHTS, *fitting], key=f"start {architecture}")
    return "" if chosen == NEW_WEIGHTS else str(folders[chosen])


def choose_teachers() -> str:
    """The model folders whose answers a run learns, commas between."""
    folders = model_folders()
    chosen = st.multiselect("Learn from the answers of", list(folders), help=settings_of(RunConfig)["teachers"][1].help)
    return ",".join(str(folders[label]) for label in chosen)


def model_folders() -> dict[str, Path]:
    """Every model there is, shipped, promoted or of a finished run, by what to call it."""
    folders = {f"model {name}": models_root() / name for name in model_names()}
    if not access.is_owner():
        return {label: Path(path.parent.name) / path.name for label, path in folders.items()}  # no path of the server
    return folders | {f"run {run.name}": run.model_path for run in list_runs() if run.report}


def choose_augmentation(source: str, usual: Augmentation, preset: str) -> dict[str, Any]:
    """Sliders for every strength, and faces changed by them."""
    strengths: dict[str, Any] = {}
    with st.expander("How far faces are changed while training", icon=":material/auto_fix_high:"):
        cells = st.columns(3)
        for place, (name, (_, setting)) in enumerate(settings_of(Augmentation).items()):
            strengths[name] = ask(cells[place % 3], name, getattr(usual, name), preset, setting)
        if source and st.toggle("Show it on faces of these data"):
            try:
                faces = open_dataset(source).images
            except DatasetError as error:
                st.error(str(error))
                return strengths
            chosen = faces[np.random.default_rng(0).permutation(len(faces))[:PREVIEW_FACES]]
            rows = [chosen] + [
                augment(chosen, Augmentation(**strengths), np.random.default_rng(seed)).astype(np.uint8)
                for seed in range(PREVIEW_ROWS)
            ]
            st.image(np.vstack([np.hstack(list(row)) for row in rows]), width="stretch")
            st.caption("First row: the faces as they are. Below: what the network would see in other epochs.")
    return strengths


def show_network(architecture: str) -> None:
    with st.expander(f"Network {architecture}: {size_in_words(architecture)}", icon=":material/layers:"):
        st.dataframe(layer_table(architecture), hide_index=True)


def choose_fine_tune() -> None:
    """A short run from the model in use with the faces that people corrected."""
    own = load_corrections()
    if own is None:
        st.info("Correct some answers on the other pages first, and agree to keep those faces.")
        return
    model = active_model()
    st.write(
        f"Goes on from **{model.name}** for three short epochs, with {counted(len(own), 'face')} of your own mixed "
        f"into the data that you choose here; best are those it learnt from ({model.card['data']['name']}). Faces that "
        "it has learnt from do not count as validation faces, and the report shows both before and after."
    )
    source = choose_source("fine-tune", usual=None)
    if st.button("Start fine-tuning", type="primary", icon=":material/tune:", disabled=not source):
        start(fine_tune(model, source), "fine-tune")


def start(config: RunConfig, name: str) -> None:
    try:
        access.check("Training")
        run = jobs.start(config, name)
    except (jobs.JobError, OSError) as error:
        st.error(reason(error))
        return
    st.session_state.shown_run = run.name
    st.rerun()


def ask(cell: DeltaGenerator, name: str, usual: Any, preset: str, setting: Setting) -> Any:
    """A widget for one setting, with its sense, its limits and its default."""
    label, key = name.replace("_", " ").capitalize(), f"{name} {preset}"
    if setting.choices:
        options = list(setting.choices)
        words = "  \n".join(f"**{option}**: {sense}" for option, sense in setting.choices.items())
        return cell.selectbox(label, options, options.index(usual), key=key, help=f"{setting.help}  \n{words}")
    if isinstance(usual, bool):
        return cell.toggle(label, usual, key=key, help=setting.help)
    number = type(usual)
    least, most = number(setting.minimum), number(setting.maximum)
    look: dict[str, Any] = {"step": 1} if number is int else {"format": "%g", "step": usual / 10 or 0.01}
    return cell.number_input(label, least, most, usual, key=key, help=setting.help, **look)


def show_speed(run: Run) -> None:
    history = run.history
    if history.empty:
        return
    last, faces = history.iloc[-1], run.status.get("training", 0)
    best, rate, seconds, speed = st.columns(4)
    top = history.iloc[int(history["val_accuracy"].argmax())]
    best.metric("Best validation accuracy", f"{top['val_accuracy']:.1%}", help=f"In epoch {top['epoch']:.0f}.")
    rate.metric("Learning rate", f"{last['learning_rate']:.2g}")
    seconds.metric("Last epoch", duration_in_words(last["seconds"]))
    speed.metric("Faces a second", f"{faces / max(last['seconds'], 1e-9):,.0f}", help="Validation included.")


@st.fragment(run_every=REFRESH_SECONDS)
def watch(run: Run) -> None:
    """What is going on, read anew from the run's files every second."""
    if jobs.state(run) not in ACTIVE_STATES:
        st.rerun()
    now = progress(run)
    words = {"starting": f"Starting … {run.status['message']}".strip(), "evaluating": "Measuring the best epoch …"}
    left = f" · {duration_in_words(now.seconds_left)} left" if now.seconds_left else ""
    st.progress(now.fraction, words.get(run.status["state"], f"Epoch {now.epoch} of {now.epochs}{left}"))
    show_speed(run)
    words_of_stop = "Ends after the current step and keeps the best epoch."
    is_over = run.status["state"] == "evaluating"
    if st.button("Stop", icon=":material/stop:", help=words_of_stop, disabled=is_over):
        try:
            access.check("Stopping a run")
            jobs.stop(run)
        except OSError as error:
            st.error(f"It cannot be told to stop: {reason(error)}")
        else:
            st.toast("Stopping after this step …")
    if run.history.empty:
        st.caption("The curves begin with the first whole epoch.")
    else:
        show_curves(run)
    with st.expander("Log"):
        st.code(run.log_tail() or "Nothing yet.", language=None)


enter_through_app()
st.title("Train")
st.write("Teach a network again and watch it learn. A run that is better than the model in use can take its place.")

if not access.is_owner():
    access.explain_closed(
        "Here you can try the settings and see what they do to faces; starting a training is closed to visitors."
    )
    choose_config()
    st.markdown("The page [Runs](runs) shows how the models that ship with the program were trained.")
    st.stop()

active = jobs.active_run()
if active:
    st.subheader(active.name)
    st.caption("One run at a time: another one can start when this one has ended or was stopped.")
    watch(active)
    st.stop()

runs = {run.name: run for run in list_runs()}
with st.expander("New training", expanded=not runs, icon=":material/add:"):
    choose_config()
with st.expander("Fine-tune with your own faces", icon=":material/tune:"):
    try:
        choose_fine_tune()
    except (ConfigError, DatasetError, ModelError) as error:
        st.error(str(error))
if runs:
    names = list(runs)
    shown = st.session_state.get("shown_run", names[0])
    chosen = runs[st.selectbox("Run", names, names.index(shown) if shown in names else 0)]
    state = jobs.state(chosen)
    if jobs.can_resume(chosen) and st.button("Go on with this run", icon=":material/resume:"):
        try:
            access.check("Training")
            jobs.resume(chosen)
        except (jobs.JobError, OSError) as error:
            st.error(reason(error))
            st.stop()
        st.rerun()
    show_report(chosen, state)
    if chosen.report:
        show_promotion(chosen)
