"""A model folder told to people: a model card (Mitchell et al. 2019, https://arxiv.org/abs/1810.03993) in Markdown."""

from collections.abc import Iterable, Mapping
from typing import Any

from emotion_core.experiments.config import ConfigError
from emotion_core.experiments.provenance import reproduce
from emotion_core.registry.model_folder import ModelFolder
from emotion_core.wording import UNCERTAIN_RULE, listed

PLOT = "<!-- calibration plot -->"
SPLIT_NAMES = {
    "validation": "Validation",
    "test": "Test",
    "public_test": "PublicTest",
    "private_test": "PrivateTest",
}

_USE = """\
## What it is for

It reads the *expression posed or shown in a picture*, **not what a person feels**: people feel without showing and show
without feeling ([Barrett et al. 2019](https://doi.org/10.1177/1529100619832930)). It is made for learning and teaching
machine learning, for demonstrations, and for research that counts expressions and states the error below.

**Out of scope**: hiring, the workplace, education (judging pupils or students), policing and border control, medical or
psychological judgement, and any decision about a person. In the European Union, emotion recognition at work and in
education is prohibited (AI Act, Regulation (EU) 2024/1689,
[Art. 5(1)(f)](https://eur-lex.europa.eu/eli/reg/2024/1689/oj)), and people exposed to it elsewhere must be told (Art.
50(3)).
"""

_FER2013_NOTE = """\
FER2013 (Goodfellow et al. 2013, [Challenges in Representation Learning](https://arxiv.org/abs/1307.0414)) was
collected with an image search for emotion words. The pictures belong to their owners, and Kaggle published them for
the contest without stating a licence of their own. They are not part of this repository; the weights learnt from them
are. The FER+ votes ([Barsoum et al. 2016](https://arxiv.org/abs/1608.01041)) are under the MIT licence.

**Noise.** People get about 65 ± 5 % of FER2013 right (Goodfellow et al. 2013), so no honest model comes near 100 %.
**Skew.** Happy faces are many, disgusted ones few; search results show mostly light-skinned adults and actors who pose.
Expect more mistakes on children, old people, dark skin in poor light, and on faces that are not posed. None of these
groups is marked in the data, so how many more is not known.
"""


_ACCURACY_NOTE = """\
*Right*: one pass through the network, no test-time augmentation. *Mean of the emotions*: balanced accuracy. *With
mirror image*: probabilities averaged with those of the mirrored face. *FER+ majority*: against what over half of ten
annotators saw, where that is one of the seven.
"""


def render(
    model: ModelFolder, report: Mapping[str, Any] | None = None, measured: Mapping[str, Any] | None = None
) -> str:
    """The whole card; `PLOT` stands where the calibration plot belongs.

    report, measured: figures to show instead of those kept in the model's folder.
    """
    card = model.card
    splits = (model.report if report is None else report).get("splits", {})
    measured = model.measured if measured is None else measured
    name, main = main_report(splits)
    parts = [
        f"# Model card: {model.name}",
        _summary(model),
        _USE,
        "## Data",
        _data(model),
        _FER2013_NOTE if "fer2013" in card["data"]["name"].lower() else "",
        "## Recipe",
        _recipe(model),
        "## Accuracy",
        _accuracy(splits, measured),
        "## Each emotion",
        _per_class(name, main, card["data"].get("training_counts", {})),
        "## Confidence",
        _confidence(model, name, main),
        PLOT,
        "## Bad pictures",
        _robustness(measured),
        "## Speed",
        _speed(measured),
    ]
    return "\n\n".join(part.strip() for part in parts if part) + "\n"


def render_file(model: ModelFolder) -> str:
    """The card for `MODEL_CARD.md`, its plot drawn by Mermaid (https://mermaid.js.org), as GitHub shows it."""
    bins = main_report(model.report.get("splits", {}))[1].get("reliability", [])
    said = ", ".join(f'"{entry["confidence"]:.2f}"' for entry in bins)
    right = ", ".join(f"{entry['accuracy']:.3f}" for entry in bins)
    ideal = ", ".join(f"{entry['confidence']:.3f}" for entry in bins)
    plot = (
        '```mermaid\nxychart-beta\n    title "Share of right answers (bars) by confidence (line: ideal)"\n'
        f'    x-axis "confidence" [{said}]\n    y-axis "right" 0 --> 1\n    bar [{right}]\n    line [{ideal}]\n```'
    )
    note = (
        "<!-- Written by `python -m benchmarks.accuracy --write`; "
        "changes belong in emotion_core/evaluation/model_card.py. -->\n"
    )
    return note + render(model).replace(PLOT, plot if bins else "")


def main_report(splits: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """The split whose figures stand for the model, a test split where there is one, and its report; empty without."""
    order = ("private_test", "public_test", "test", "validation")
    return next(((SPLIT_NAMES[split], splits[split]) for split in order if split in splits), ("", {}))


def _summary(model: ModelFolder) -> str:
    card, given = model.card, model.card["input"]
    size = model.tflite_path.stat().st_size / 2**20
    adds = f", {card['multiply_adds'] / 1e6:.0f} million multiply-adds a face" if "multiply_adds" in card else ""
    return (
        f"Architecture `{card['architecture']}`, {card['parameters']:,} parameters{adds}, {size:.1f} MiB for LiteRT, "
        f"made {card['created'][:10]}. In: one {given['colour']} face of {given['width']} × {given['height']} pixels, "
        f"framed as FER2013 frames them. Out: probabilities of {', '.join(card['labels'])}."
    )


def _data(model: ModelFolder) -> str:
    data = model.card["data"]
    share = data["validation"] / (data["training"] + data["validation"])
    counts = data.get("training_counts", {})
    faces = ", ".join(f"{name} {count:,}" for name, count in sorted(counts.items(), key=lambda item: -item[1]))
    text = (
        f"Learnt from {data['training']:,} faces of `{data['name']}`{f' ({faces})' if faces else ''}. Another "
        f"{data['validation']:,}, {share:.0%} of all these rows, were kept back: they chose the epoch and the "
        "settings, and calibrated the confidence. Pictures that stand in the data twice are always on one side. Test "
        "rows chose nothing; they were measured at the end."
    )
    if len(model.runs) > 1:
        text += " These are the numbers of the last of several runs, the recipe below has them all."
    if data.get("corrections"):
        text += f" Among those learnt from are {data['corrections']:,} faces that people corrected, several times each."
    if data.get("start_from"):
        text += f" The weights it began with are those of {data['start_from']}."
    if data.get("teachers"):
        text += f" Beside the labels it learnt the answers of {listed(data['teachers'])}."
    if data.get("excluded_test_copies"):
        text += f" {data['excluded_test_copies']:,} training rows that are exact copies of test faces were left out."
    return text if not data["is_sample"] else f"{text} **These are drawn faces: the figures say nothing about people.**"


def _recipe(model: ModelFolder) -> str:
    runs, lines = model.runs, []
    if len(runs) > 1:
        hours = sum(part.report.get("seconds", 0) for part in runs) / 3600
        lines.append(
            f"Made by {len(runs)} runs, each after those it builds on; their epochs took {hours:.1f} hours together."
        )
    for number, part in enumerate(runs, start=1):
        if len(runs) > 1:
            lines.append(f"**Run {number}: {part.name}.** {_built_on(part)}".rstrip())
        try:
            recipe = reproduce(model, part, "DATA", "RUN_{number}/model")
            lines.append(f"```\n{recipe.command}\n```")
        except ConfigError:
            lines.append("Its settings are those of another version of this program; `card.json` has them.")
        if part.report:
            cores = f" on {part.report['processors']} processor cores" if "processors" in part.report else ""
            history = (part.path / "history.csv").relative_to(model.path).as_posix()
            lines.append(
                f"{len(part.history)} epochs in {part.report['seconds'] / 3600:.1f} hours{cores}; epoch "
                f"{part.card['best_epoch']} was the best on the validation faces. `{history}` has them all."
            )
    return "\n\n".join(lines)


def _built_on(part: ModelFolder) -> str:
    """In words what a run begins with and learns from besides the data."""
    words = [f"It begins with the weights of {part.start.name}." if part.start else "It begins with new weights."]
    if part.teachers:
        share = part.card["recipe"].get("teacher_weight", 0)
        names = listed([teacher.name for teacher in part.teachers])
        words.append(f"{share:.0%} of what it learns are the answers of {names}.")
    if upright := part.card["recipe"].get("aligned_fraction"):
        words.append(
            f"{upright:.0%} of the faces are cut out and turned upright by the face landmarks, as the app does it."
        )
    return " ".join(words)


def _accuracy(splits: Mapping[str, Any], measured: Mapping[str, Any]) -> str:
    flipped = measured.get("with_flip", {})
    rows = []
    for split, report in splits.items():
        plus, fresh = report.get("ferplus"), report.get("without_copies")
        rows.append(
            [
                f"{SPLIT_NAMES[split]} ({report['count']:,})",
                _percent(report["accuracy"]),
                _percent(report["balanced_accuracy"]),
                _percent(flipped.get(split)),
                f"{_percent(plus['accuracy'])} of {plus['count']:,}" if plus else "–",
                f"{_percent(fresh['accuracy'])} of {fresh['count']:,}" if fresh else "–",
            ]
        )
    table = _table(
        ["faces", "right", "mean of the emotions", "with mirror image", "FER+ majority", "without copies in Training"],
        rows,
    )
    return f"{table}\n\n{_ACCURACY_NOTE}"


def _per_class(split: str, report: Mapping[str, Any], counts: Mapping[str, int]) -> str:
    if not report:
        return ""
    rows = [
        [name, *(_percent(row[key]) for key in ("precision", "recall", "f1")), f"{row['support']:,}"]
        for name, row in report["per_class"].items()
    ]
    failures = "; ".join(
        f"{true} taken for {answered}: {share:.0%} of its faces" for share, true, answered in _confusions(report)
    )
    rarest = ""
    if counts:
        name = min(counts, key=counts.__getitem__)
        rarest = f" {name.capitalize()} had the fewest faces to learn from ({counts[name]:,}): its figures vary most."
    return (
        f"{split}:\n\n{_table(['emotion', 'precision', 'recall', 'F1', 'faces'], rows)}\n\n"
        f"**Known failures.** The most frequent mistakes on {split}: {failures}.{rarest}"
    )


def _confusions(report: Mapping[str, Any]) -> list[tuple[float, str, str]]:
    labels = report["labels"]
    shares = [
        (count / max(1, sum(row)), true, answered)
        for true, row in zip(labels, report["confusion_matrix"], strict=True)
        for answered, count in zip(labels, row, strict=True)
        if answered != true
    ]
    return sorted(shares, reverse=True)[:4]


def _confidence(model: ModelFolder, split: str, report: Mapping[str, Any]) -> str:
    if not report:
        return ""
    text = f"Expected calibration error (15 bins) on {split}: **{report['ece']:.3f}**."
    if "calibration" not in model.card:
        return text + " The confidence is the network's own."
    point = next(
        (point for point in report.get("risk_coverage", []) if point["threshold"] >= model.uncertain_below), None
    )
    text += (
        f" The network's logits are divided by a temperature of {model.temperature:.2f}, and the "
        f"{model.smoothing:.1%} of every answer that the soft labels spread evenly are taken out again, both fitted on "
        f"validation faces. Below a confidence of {model.uncertain_below:.0%} the answer is called *uncertain*: the "
        f"{UNCERTAIN_RULE} (on validation faces)."
    )
    if point:
        text += (
            f" On {split} that leaves {point['coverage']:.1%} of the faces answered, of which "
            f"{point['accuracy']:.1%} are right."
        )
    return text


def _robustness(measured: Mapping[str, Any]) -> str:
    figures = measured.get("robustness")
    if not figures:
        return "Not measured."
    clean = next(iter(figures["accuracy"].values()))
    rows = [[name, _percent(value), f"{100 * (clean - value):.1f}"] for name, value in figures["accuracy"].items()]
    return (
        f"{figures['count']:,} {SPLIT_NAMES[figures['split']]} faces pasted into photographs at 80 to 300 pixels; "
        "those that the cascade finds are classified as they are, and after the picture or the box was spoilt.\n\n"
        f"{_table(['picture', 'right', 'lost, points'], rows)}"
    )


def _speed(measured: Mapping[str, Any]) -> str:
    speed = measured.get("speed")
    if not speed:
        return "Not measured."
    return (
        f"One face takes {speed['ratio']:.3f} of the time of a full-size Haar scan of a 640 × 480 frame in the same "
        f"run, {speed['milliseconds']:.1f} ms on the machine where it was measured, on one core."
    )


def _percent(value: float | None) -> str:
    return "–" if value is None else f"{value:.1%}"


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    lines = [list(head), *map(list, rows)]
    lines.insert(1, ["---"] * len(lines[0]))
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
