"""A model folder told to people: a model card (Mitchell et al. 2019, https://arxiv.org/abs/1810.03993) in Markdown.

The words are in `model_card.md.jinja`; this module brings the figures.
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

import jinja2

from emotion_core.emotions import EMOTIONS
from emotion_core.experiments.config import ConfigError, RunConfig
from emotion_core.experiments.run_command import run_command
from emotion_core.registry.measured_schemas import Measured, Personal
from emotion_core.registry.model_folder import ModelFolder
from emotion_core.registry.model_schemas import Figures, PartFigures, ReliabilityBin, RunReport
from emotion_core.wording import UNCERTAIN_RULE

PLOT = "<!-- calibration plot -->"
SPLIT_NAMES = {
    "validation": "Validation",
    "test": "Test",
    "public_test": "PublicTest",
    "private_test": "PrivateTest",
}
_SHOWN_CONFUSIONS = 4


def render(model: ModelFolder, report: RunReport | None = None, measured: Measured | None = None) -> str:
    """The whole card; `PLOT` stands where the calibration plot belongs.

    report, measured: figures to show instead of those kept in the model's folder.
    """
    report, measured = report or model.report, measured or model.measured
    splits = report.splits if report else {}
    name, main = main_figures(splits)
    below = model.card.calibration.uncertain_below
    counts, spoilt = model.card.data.training_counts, measured.robustness
    return _template().render(
        model=model,
        card=model.card,
        data=model.card.data,
        calibration=model.card.calibration,
        measured=measured,
        size_mib=model.tflite_path.stat().st_size / 2**20,
        command=_command(model),
        report=report,
        epochs=len(model.history),
        splits=splits,
        split_names=SPLIT_NAMES,
        main_name=name,
        main=main,
        confusions=_confusions(main) if main else [],
        rarest=min(counts, key=counts.__getitem__, default=None),
        point=next((point for point in main.risk_coverage if point.threshold >= below), None) if main else None,
        clean=next(iter(spoilt.accuracy.values())) if spoilt else None,
        profile_table=profile_table(measured.personal) if measured.personal else "",
        uncertain_rule=UNCERTAIN_RULE,
        plot=PLOT,
    )


def render_file(model: ModelFolder) -> str:
    """The card for `MODEL_CARD.md`, its plot drawn by Mermaid (https://mermaid.js.org), as GitHub shows it."""
    main = main_figures(model.report.splits if model.report else {})[1]
    note = (
        "<!-- Written by `python -m benchmarks.accuracy --write`; "
        "changes belong in emotion_core/evaluation/model_card.md.jinja. -->\n"
    )
    return note + render(model).replace(PLOT, _mermaid_plot(main.reliability) if main else "")


def profile_table(personal: Personal) -> str:
    """What profiles are worth, as a Markdown table."""
    lines = [
        f"| {row.given} | {row.people} | {_percent(row.nothing)} | {_percent(row.accuracy)} | "
        f"{100 * (row.accuracy - row.nothing):+.1f} | {row.ece:.3f} | "
        + " | ".join(_percent(row.recall.get(emotion), 0) for emotion in EMOTIONS)
        + " |"
        for row in personal.rows
    ]
    head = f"| given | people | without | with | points | ECE | {' | '.join(EMOTIONS)} |"
    return "\n".join([head, "|" + "---|" * (6 + len(EMOTIONS)), *lines])


def main_figures(splits: Mapping[str, Figures]) -> tuple[str, Figures | None]:
    """The split whose figures stand for the model, a test split where there is one, and these; "" and None without."""
    order = ("private_test", "public_test", "test", "validation")
    return next(((SPLIT_NAMES[split], splits[split]) for split in order if split in splits), ("", None))


@cache
def _template() -> jinja2.Template:
    loader = jinja2.FileSystemLoader(Path(__file__).parent)
    environment = jinja2.Environment(
        loader=loader, undefined=jinja2.StrictUndefined, keep_trailing_newline=True, autoescape=False
    )
    environment.filters |= {"percent": _percent, "thousands": "{:,}".format, "part": _part}
    return environment.get_template("model_card.md.jinja")


def _command(model: ModelFolder) -> str:
    """How its run is repeated; nothing for settings of another version."""
    try:
        return run_command(RunConfig.from_dict({**model.card.recipe, "data": "DATA"}), with_precision=False)
    except ConfigError:
        return ""


def _confusions(figures: Figures) -> list[tuple[float, str, str]]:
    """The most frequent mistakes: share of the true emotion's faces, true emotion, answer."""
    shares = [
        (count / max(1, sum(row)), true, answered)
        for true, row in zip(figures.labels, figures.confusion_matrix, strict=True)
        for answered, count in zip(figures.labels, row, strict=True)
        if answered != true and count
    ]
    return sorted(shares, reverse=True)[:_SHOWN_CONFUSIONS]


def _mermaid_plot(bins: list[ReliabilityBin]) -> str:
    confidences = ", ".join(f'"{entry.confidence:.2f}"' for entry in bins)
    accuracies = ", ".join(f"{entry.accuracy:.3f}" for entry in bins)
    ideal = ", ".join(f"{entry.confidence:.3f}" for entry in bins)
    return (
        '```mermaid\nxychart-beta\n    title "Accuracy (bars) by confidence (line: ideal)"\n'
        f'    x-axis "confidence" [{confidences}]\n    y-axis "accuracy" 0 --> 1\n    bar [{accuracies}]\n'
        f"    line [{ideal}]\n```"
    )


def _percent(value: float | None, digits: int = 1) -> str:
    return "–" if value is None else f"{value:.{digits}%}"


def _part(figures: PartFigures | None) -> str:
    return f"{_percent(figures.accuracy)} of {figures.count:,}" if figures else "–"
