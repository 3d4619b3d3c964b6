"""The report of a run: how it ended, what it got right and wrong, its files."""

import pandas as pd
import streamlit as st

from emotion_core.charts.evaluation_charts import confusion_matrix, per_class_bars, reliability_diagram, risk_coverage
from emotion_core.charts.training_charts import learning_rate, training_curves
from emotion_core.datasets import DatasetError, FaceDataset
from emotion_core.experiments import jobs
from emotion_core.experiments.progress import duration_in_words
from emotion_core.experiments.run import Run
from emotion_core.experiments.run_archive import run_archive
from emotion_core.experiments.run_command import run_command
from emotion_core.experiments.run_schemas import RunState
from emotion_core.experiments.shipped import ShippedRun
from emotion_core.registry.model_folder import ModelError, ModelFolder, open_model
from emotion_core.registry.model_schemas import Figures, RunReport
from emotion_core.wording import UNCERTAIN_RULE
from pages.components.cache import open_dataset
from pages.components.downloads import offer_file
from pages.components.face_table import SHARE, show_faces

MAX_FACES = 60
MAX_MISTAKES = 24
STATES = {
    RunState.finished: ("The training is complete. {}", st.success),
    RunState.stopped: ("The training was stopped. {}", st.info),
    RunState.failed: ("The training failed. {}", st.error),
    RunState.interrupted: ("{} It can be resumed from its last complete epoch.", st.warning),
}


def show_report(run: Run, state: RunState) -> None:
    """Everything about a run that is not going on any more."""
    sentence, box = STATES.get(state, ("Nothing is known about this run. {}", st.warning))
    box(sentence.format(jobs.outcome_message(run)))
    for problem in run.problems:
        st.warning(problem)
    show_config(run)
    report = run.report
    if report:
        show_figures(report)
        show_before_and_after(report)
    if len(run.history):
        show_curves(run)
    if report:
        validation = report.validation
        show_classes(run, validation)
        show_mistakes(run)
        show_confidence(run, validation)
        show_downloads(run)
    with st.expander("Log"):
        st.code(run.log_tail(40) or "Nothing was written.", language=None)


def show_curves(run: Run) -> None:
    history, epochs = run.history, max(1, run.status.of)
    accuracy, loss, rate = st.columns(3)
    accuracy.plotly_chart(training_curves(history, epochs, "accuracy"), key=f"accuracy {run.name}")
    loss.plotly_chart(training_curves(history, epochs, "loss"), key=f"loss {run.name}")
    rate.plotly_chart(learning_rate(history, epochs), key=f"rate {run.name}")


def show_config(run: Run) -> None:
    config = run.config
    if config is None:
        return
    st.caption(f"Network {config.architecture}, {config.epochs} epochs, data: {config.data}.")
    if config.data == "sample":
        st.warning("Learnt from drawn faces: the figures say nothing about photographs of people.")
    with st.expander("All settings"):
        st.code(run_command(config), language="bash", wrap_lines=True)
        st.json(config.to_dict(), expanded=True)


def show_figures(report: RunReport) -> None:
    tests = {name: figures for name, figures in report.splits.items() if name != "validation"}
    cells = st.columns(3 + len(tests))
    cells[0].metric(
        "Validation accuracy",
        f"{report.validation.accuracy:.1%}",
        help="Also used to select the best epoch, so a little optimistic.",
    )
    for cell, (name, figures) in zip(cells[1:], tests.items(), strict=False):
        cell.metric(
            f"{name.replace('_', ' ').capitalize()} accuracy",
            f"{figures.accuracy:.1%}",
            help="Held out: not used to select epochs or settings.",
        )
    cells[-2].metric("Best epoch", report.best_epoch)
    cells[-1].metric("Time", duration_in_words(report.seconds))


def show_before_and_after(report: RunReport) -> None:
    """What a fine-tune changed."""
    names = {"validation": "Validation faces, never learnt from", "corrections": "Corrected faces, learnt from"}
    for cell, (name, row) in zip(st.columns(2), report.before_and_after.items(), strict=False):
        change = f"{100 * (row.after - row.before):+.1f} points"
        cell.metric(f"{names[name]} ({row.count:,})", f"{row.after:.1%}", change)
        cell.caption(f"Before: {row.before:.1%}.")


def show_classes(run: Run, validation: Figures) -> None:
    st.subheader("Each emotion, on the validation faces")
    st.dataframe(
        pd.DataFrame({name: row.model_dump() for name, row in validation.per_class.items()}).T,
        column_config={
            "precision": SHARE,
            "recall": SHARE,
            "f1": SHARE,
            "support": st.column_config.NumberColumn(format="%d"),
        },
    )
    st.caption(
        "Precision: how often the answer was right when given. Recall: how many of the emotion's faces were "
        "recognised. F1: harmonic mean of the two. Support: number of faces with this label."
    )
    recall, matrix = st.columns(2)
    recall.plotly_chart(per_class_bars(validation.per_class), key=f"recall {run.name}")
    with matrix:
        as_shares = st.toggle("As shares of the true emotion", key=f"shares {run.name}")
        figure = confusion_matrix(validation.confusion_matrix, validation.labels, as_shares)
        if run.predictions.empty:
            st.plotly_chart(figure, key=f"confusion {run.name}")
            return
        # another key for another run: a cell chosen there means nothing here
        chosen = st.plotly_chart(figure, key=f"confusion {run.name}", on_select="rerun", selection_mode="points")
        st.caption("Click a cell to see its faces.")
    points = chosen["selection"]["points"]
    if points:
        answered, true = str(points[0]["x"]), str(points[0]["y"])
        table = run.predictions
        rows = table[(table["truth"] == true) & (table["answer"] == answered)]
        st.markdown(f"**{len(rows):,} faces of {true}, taken for {answered}**" if true != answered else f"**{true}**")
        _show_run_faces(run, rows.head(MAX_FACES))


def show_mistakes(run: Run) -> None:
    if isinstance(run, ShippedRun) or not st.toggle("Show its most confident mistakes", key=f"mistakes {run.name}"):
        return
    table = run.predictions
    wrong = table[table["truth"] != table["answer"]].sort_values("confidence", ascending=False)
    _show_run_faces(run, wrong.head(MAX_MISTAKES))


def show_confidence(run: Run, validation: Figures) -> None:
    st.subheader("Calibration")
    honest, threshold = st.columns(2)
    honest.plotly_chart(reliability_diagram(validation.reliability), key=f"reliability {run.name}")
    honest.caption(
        "Of all answers with a confidence of 70%, about 70% should be right, and so on: then the points lie on the "
        f"line. Their mean distance from it (expected calibration error) is {validation.ece:.3f}, after the "
        "confidences were adjusted on these same faces."
    )
    if validation.risk_coverage:
        model = run_model(run)
        below = model.card.calibration.uncertain_below if model else 0.0
        threshold.plotly_chart(risk_coverage(validation.risk_coverage, below), key=f"risk {run.name}")
        threshold.caption(
            f"A higher threshold gives fewer answers, but more of them are right. The app calls an answer uncertain "
            f"below the {UNCERTAIN_RULE}."
        )


def show_downloads(run: Run) -> None:
    st.subheader("Downloads")
    formats = {"Keras": "model.keras", "LiteRT": "model.tflite"}
    files = {name: run.model_path / file for name, file in formats.items() if (run.model_path / file).exists()}
    cells = st.columns(1 + len(files))
    offer_file(cells[0], "Everything (.zip)", lambda: run_archive(run), f"{run.name}.zip")
    for cell, (name, path) in zip(cells[1:], files.items(), strict=True):
        offer_file(cell, f"Model for {name}", path.read_bytes, f"{run.name}{path.suffix}")


def _show_run_faces(run: Run, rows: pd.DataFrame) -> None:
    dataset = run_dataset(run)
    if dataset is not None:
        show_faces(dataset, rows)


def run_dataset(run: Run) -> FaceDataset | None:
    """The data that a run learnt from, where they are still there and the same; else a sentence is shown."""
    if run.config is None:
        return None
    if isinstance(run, ShippedRun):
        st.info("The faces that it was measured on do not ship with the program.")
        return None
    try:
        dataset = open_dataset(run.config.data)
    except DatasetError as error:
        st.error(f"The faces cannot be shown: {error}")
        return None
    if run.frozen_data and dataset.digest != run.frozen_data.digest:
        st.error(f"{dataset.name} has changed since {run.name} learnt from it.")
        return None
    return dataset


def run_model(run: Run) -> ModelFolder | None:
    """The model that a run made, where it is whole; else a sentence is shown."""
    try:
        return open_model(run.model_path)
    except ModelError as error:
        st.warning(str(error))
        return None
