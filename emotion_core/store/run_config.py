"""What a training run is asked to do, checked when made."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any

ARCHITECTURES = {
    "seed": "The first network: three convolutions, 319,527 parameters, seconds an epoch.",
}
SCHEDULES = {
    "constant": "The same learning rate throughout.",
    "cosine": "Falls along half a cosine wave to zero at the last epoch.",
}


class ConfigError(ValueError):
    """A setting that makes no sense; the message says which and why."""


@dataclass(frozen=True)
class Augmentation:
    """How far each training picture may be changed, anew every epoch. The defaults were chosen on the validation split.

    flip: mirror half of the pictures.
    rotation: largest turn, in degrees.
    shift: largest shift, as a share of the side.
    zoom: largest change of size, as a share.
    contrast: largest change of contrast, as a share.
    brightness: largest change of brightness, as a share of the full range.
    """

    flip: bool = True
    rotation: float = 10.0
    shift: float = 0.08
    zoom: float = 0.15
    contrast: float = 0.2
    brightness: float = 0.1


@dataclass(frozen=True)
class RunConfig:
    """Settings of one training run. Raises `ConfigError` when one makes no sense.

    data: what `emotion_core.datasets.load` reads.
    validation_split: share of the training rows kept back to choose the best epoch.
    seed: makes the split and the start weights repeatable.
    """

    data: str
    architecture: str = "seed"
    epochs: int = 25
    batch_size: int = 32
    learning_rate: float = 1e-3
    schedule: str = "cosine"
    dropout: float = 0.15
    validation_split: float = 0.2
    seed: int = 0
    augmentation: Augmentation = field(default_factory=Augmentation)

    def __post_init__(self) -> None:
        _require(self.data != "", "data must name a data set")
        _require(self.architecture in ARCHITECTURES, f"architecture must be one of {', '.join(ARCHITECTURES)}")
        _require(self.schedule in SCHEDULES, f"schedule must be one of {', '.join(SCHEDULES)}")
        _require(1 <= self.epochs <= 1000, "epochs must be 1 to 1000")
        _require(1 <= self.batch_size <= 4096, "batch size must be 1 to 4096")
        _require(0 < self.learning_rate <= 1, "learning rate must be above 0 and at most 1")
        _require(0 <= self.dropout < 1, "dropout must be at least 0 and below 1")
        _require(0 < self.validation_split < 1, "validation split must lie between 0 and 1")
        strengths = asdict(self.augmentation)
        _require(all(value >= 0 for value in strengths.values()), "augmentation strengths must not be negative")
        _require(all(strengths[name] < 1 for name in ("shift", "zoom", "contrast")), "shift, zoom, contrast: below 1")

    def to_dict(self) -> dict[str, Any]:
        """The same as plain values, for `config.json`."""
        return asdict(self)

    @classmethod
    def from_dict(cls, content: Mapping[str, Any]) -> "RunConfig":
        """The config written by `to_dict`; unknown names are an error, so that no setting is dropped silently."""
        unknown = set(content) - {item.name for item in fields(cls)}
        _require(not unknown, f"unknown setting {', '.join(sorted(unknown))}")
        augmentation = Augmentation(**content.get("augmentation", {}))
        return cls(**{**content, "augmentation": augmentation})


def _require(condition: bool, sentence: str) -> None:
    if not condition:
        raise ConfigError(sentence[0].upper() + sentence[1:] + ".")
