"""What the JSON files of runs and models must look like before a page shows them or a training goes on with them."""

from typing import Any

from emotion_core.checked import COUNT, SHARE, Entries, Fields, Items, Maybe, Number, ShapeError, Text, Truth
from emotion_core.emotions import EMOTIONS

_SPLITS = ("validation", "test", "public_test", "private_test")
_MOMENT = Number(0, 4e9)  # seconds since 1970; within what every system can write as a date
_SECONDS = Number(0, 1e9)
_FILE_NAME = Text(100)
_EMOTION = Text(choices=EMOTIONS)
_EPOCH = Number(0, 1_000_000, whole=True)

STATUS = Fields(
    {"state": Text(50)},
    {
        **dict.fromkeys(("epoch", "of"), _EPOCH),
        **dict.fromkeys(("step", "steps", "pid", "training", "validation"), COUNT),
        **dict.fromkeys(("begun", "started", "heartbeat"), _MOMENT),
        "message": Text(),
    },
)

RUN_DATA = Fields({"digest": Text(200), "exclusions": Items(Text())}, {"votes_digest": Maybe(Text(200))})

PROMOTED = Fields({}, {"promoted": Items(Text(200))})

_SOME = {"count": COUNT, "accuracy": SHARE}


def _check_figures(figures: dict[str, Any]) -> None:
    labels = figures["labels"]
    if len(set(labels)) != len(labels) or set(figures["per_class"]) != set(labels):
        raise ShapeError("its emotions are not those it has figures for")
    if [len(row) for row in figures["confusion_matrix"]] != [len(labels)] * len(labels):
        raise ShapeError("its confusion matrix has not a row and a column for each emotion")


_FIGURES = Fields(
    {
        **_SOME,
        "balanced_accuracy": SHARE,
        "ece": SHARE,
        "labels": Items(_EMOTION, minimum=1),
        "per_class": Entries(
            Fields({"precision": SHARE, "recall": SHARE, "f1": SHARE, "support": COUNT}), names=_EMOTION
        ),
        "confusion_matrix": Items(Items(COUNT)),
        "reliability": Items(Fields({"confidence": SHARE, "accuracy": SHARE, "count": COUNT})),
    },
    {
        "risk_coverage": Items(Fields({"threshold": SHARE, "coverage": SHARE, "accuracy": SHARE})),
        "ferplus": Fields({**_SOME, "balanced_accuracy": SHARE}),
        "without_copies": Fields(_SOME),
    },
    agree=_check_figures,
)


def _check_splits(report: dict[str, Any]) -> None:
    if "validation" not in report["splits"]:
        raise ShapeError("it has no figures for the validation faces")


REPORT = Fields(
    {"best_epoch": _EPOCH, "seconds": _SECONDS, "splits": Entries(_FIGURES, names=Text(choices=_SPLITS))},
    {
        "processors": Maybe(COUNT),
        "before_and_after": Entries(
            Fields({"count": COUNT, "before": SHARE, "after": SHARE}), names=Text(choices=("validation", "corrections"))
        ),
    },
    agree=_check_splits,
)


def _check_counts(data: dict[str, Any]) -> None:
    if not data["training"]:
        raise ShapeError("it learnt from no faces")


_DATA = Fields(
    {"name": Text(1000), "digest": Text(200), "is_sample": Truth(), "training": COUNT, "validation": COUNT},
    {
        "train_digest": Text(200),
        "excluded_test_copies": COUNT,
        "corrections": COUNT,
        "exclusions": Items(Text()),
        "training_counts": Entries(COUNT, names=_EMOTION),
        "start_from": Maybe(Text(1000)),
        "teachers": Items(Text(1000)),
    },
    agree=_check_counts,
)


def _check_card(card: dict[str, Any]) -> None:
    if len(set(card["labels"])) != len(card["labels"]):
        raise ShapeError("labels names an emotion twice")
    if any("/" in name or "\\" in name or name in ("", ".", "..") for name in card["sha256"]):
        raise ShapeError("sha256 names a file of another folder")
    if "model.tflite" not in card["sha256"]:
        raise ShapeError("it lacks sha256.model.tflite")


_SIDE = Number(1, 10_000, whole=True)
CARD = Fields(
    {
        "labels": Items(_EMOTION, minimum=1),
        "input": Fields({"height": _SIDE, "width": _SIDE, "channels": Number(1, 3, whole=True), "colour": Text(50)}),
        "sha256": Entries(Text(200), names=_FILE_NAME),
        "architecture": Text(100),
        "parameters": COUNT,
        "created": Text(100),
        "best_epoch": _EPOCH,
        "data": _DATA,
        "recipe": Fields({}, {"augmentation": Fields({}), "teacher_weight": SHARE, "aligned_fraction": SHARE}),
    },
    {
        "name": Text(200),
        "multiply_adds": COUNT,
        "calibration": Fields(
            {},
            {
                "temperature": Number(0.01, 100),
                "smoothing": Number(0, 0.9),
                "uncertain_below": SHARE,
                "split": Text(50),
            },
        ),
        "metrics": Entries(
            Fields({"accuracy": SHARE}, {"balanced_accuracy": SHARE, "ece": SHARE, "count": COUNT}),
            names=Text(choices=_SPLITS),
        ),
    },
    agree=_check_card,
)


def _check_robustness(figures: dict[str, Any]) -> None:
    if not figures["accuracy"]:
        raise ShapeError("it has no figures of bad pictures")


MEASURED = Fields(
    {},
    {
        "with_flip": Entries(SHARE, names=Text(choices=_SPLITS)),
        "speed": Fields({"ratio": Number(0, 1e6), "milliseconds": Number(0, 1e6)}),
        "robustness": Fields(
            {"split": Text(choices=_SPLITS), "count": COUNT, "accuracy": Entries(SHARE, names=Text(200))},
            agree=_check_robustness,
        ),
    },
)
