"""What a training run is asked to do: each setting with its sense, its limits and its default, checked when made."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from emotion_core.experiments.choices import ARCHITECTURES, OPTIMIZERS, PRECISIONS, SCHEDULES, SIZES
from emotion_core.experiments.source import DataSource
from emotion_core.validation import Text, first_problem


class ConfigError(ValueError):
    """A setting that makes no sense; the message says which and why."""


@dataclass(frozen=True)
class Setting:
    """label: the field's term; help: what it does, in plain words. Then its default, and which values it takes: limits
    included, or one of `choices`, each with what it means. The command line's options and the page's widgets are made
    of these."""

    label: str
    default: Any
    help: str
    minimum: float | None = None
    maximum: float | None = None
    choices: Mapping[Any, str] | None = None


def _setting(
    default: Any,
    help: str,
    minimum: float | None = None,
    maximum: float | None = None,
    choices: Mapping[Any, str] | None = None,
    label: str = "",
) -> Any:
    setting = Setting(label, default, help, minimum, maximum, choices)
    return Field(default, ge=minimum, le=maximum, description=help, json_schema_extra={"setting": setting})  # type: ignore[dict-item]


class _Settings(BaseModel):
    """Settings that are checked when they are made. Raises `ConfigError`, also for a name that is not known."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, allow_inf_nan=False)

    def __init__(self, **settings: Any) -> None:
        try:
            super().__init__(**settings)
        except ValidationError as error:
            raise ConfigError(_sentence(type(self), error)) from None

    @model_validator(mode="after")
    def _choose(self) -> Self:
        for name, setting in settings_of(type(self)).items():
            if setting.choices is not None and getattr(self, name) not in setting.choices:
                raise ValueError(f"{setting.label} must be one of {', '.join(map(str, setting.choices))}.")
        return self


class Augmentation(_Settings):
    """How far each training picture may be changed, anew every epoch. The defaults were chosen on the validation split.

    Raises `ConfigError` when a strength makes no sense.
    """

    flip: bool = _setting(True, "Mirror half of the training pictures.", label="Horizontal flip")
    rotation: float = _setting(10.0, "Largest rotation, degrees.", 0, 180)
    shift: float = _setting(0.08, "Largest shift, as a share of the side.", 0, 0.9)
    zoom: float = _setting(0.15, "Largest change of size, as a share.", 0, 0.9)
    contrast: float = _setting(0.2, "Largest change of contrast, as a share.", 0, 0.9)
    brightness: float = _setting(0.1, "Largest change of brightness, as a share of the full range.", 0, 1)
    blur: float = _setting(0.0, "Largest Gaussian blur of half of the faces: standard deviation in pixels of 48.", 0, 3)
    noise: float = _setting(
        0.0, "Largest Gaussian noise on half of the faces: standard deviation as a share of the full range.", 0, 0.5
    )
    erasing: float = _setting(
        0.0, "Probability that a random rectangle of the face is covered.", 0, 1, label="Random erasing"
    )


class RunConfig(_Settings):
    """Settings of one training run. Raises `ConfigError` when one makes no sense."""

    data: Annotated[Text, Field(min_length=1)]
    architecture: Text = _setting("baseline", "The network.", choices=ARCHITECTURES)
    epochs: int = _setting(
        25, "How many times the network sees every face. The weights of the best epoch are kept.", 1, 999
    )
    batch_size: int = _setting(32, "Faces in one step.", 1, 4096)
    optimizer: Text = _setting("adam", "How the weights are changed.", choices=OPTIMIZERS)
    learning_rate: float = _setting(1e-3, "Peak learning rate; the schedule varies it.", 1e-7, 1)
    schedule: Text = _setting(
        "cosine", "How the learning rate changes.", choices=SCHEDULES, label="Learning rate schedule"
    )
    weight_decay: float = _setting(0.0, "Each step shrinks every weight by this share times the learning rate.", 0, 1)
    dropout: float = _setting(0.15, "Share of features hidden at random before the last layers.", 0, 0.95)
    ferplus_weight: float = _setting(
        0.0,
        "Share of each label given to the votes of the FER+ annotators, where they are known.",
        0,
        1,
        label="FER+ weight",
    )
    ema_decay: float = _setting(
        0.0,
        "Decay of the exponential moving average (EMA) of the weights: 0.999 averages over about the last 1,000 steps. "
        "The averaged weights are evaluated and saved. 0 turns it off.",
        0,
        0.99999,
        label="EMA decay",
    )
    initial_resolution: int = _setting(
        48,
        "Side of the faces in the first epochs, in pixels. It grows to 48 in equal stages. Smaller faces train faster.",
        choices=SIZES,
    )
    aligned_fraction: float = _setting(
        0.0, "Share of the faces that are aligned by their landmarks, as the app aligns them.", 0, 1
    )
    logit_adjustment: float = _setting(
        0.0,
        "Corrects the trained network for unequal numbers of faces per emotion. 1: as if all emotions had been equally "
        "frequent. 0: no correction.",
        0,
        2,
    )
    start_from: Text = _setting("", "Model folder whose weights the run begins with. Empty for new weights.")
    precision: Text = _setting(
        "float32",
        "Number format of the computations. The weights always stay in float32.",
        choices=PRECISIONS,
    )
    correction_repeats: int = _setting(0, "How many times each corrected face appears in an epoch.", 0, 100)
    validation_split: float = _setting(
        0.2,
        "Share of the training rows held out for validation. They select the best epoch and calibrate the confidence.",
        0.01,
        0.9,
    )
    seed: int = _setting(
        0,
        "Seed of the validation split, the initial weights, the order of the faces and the augmentation.",
        0,
        2**31 - 1,
        label="Random seed",
    )
    augmentation: Augmentation = Field(default_factory=lambda: Augmentation())

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.architecture == "baseline" and self.initial_resolution != 48:
            raise ValueError("The baseline network only takes faces of 48 pixels; initial resolution must be 48.")
        return self

    @classmethod
    def from_settings(cls, settings: Mapping[str, Any]) -> "RunConfig":
        """A config from one flat mapping, augmentation strengths among the rest; what is not given has its default."""
        strengths = {name: settings[name] for name in settings_of(Augmentation) if name in settings}
        rest = {name: value for name, value in settings.items() if name not in strengths}
        return cls(augmentation=Augmentation(**strengths), **rest)

    def changed(self, **settings: Any) -> "RunConfig":
        """The same with other settings, none of them of the augmentation. Raises `ConfigError`."""
        return RunConfig(**{**dict(self), **settings})

    def to_dict(self) -> dict[str, Any]:
        """The same as plain values, for `config.json`."""
        return self.model_dump()

    @property
    def stages(self) -> list[tuple[int, int]]:
        """The sizes of the faces and the epoch in which each ends: equal shares of the epochs."""
        sizes = [size for size in SIZES if size >= self.initial_resolution]
        return [(size, self.epochs * (number + 1) // len(sizes)) for number, size in enumerate(sizes)]

    @property
    def source(self) -> DataSource:
        return DataSource.parse(self.data)

    @classmethod
    def from_dict(cls, content: Mapping[str, Any]) -> "RunConfig":
        """The config written by `to_dict`. A setting that this version does not know is left out where it is 0, false
        or empty, and an error otherwise. Raises `ConfigError`."""
        strengths = content.get("augmentation", {})
        if not isinstance(strengths, Mapping):
            raise ConfigError("Augmentation must be an object with strengths.")
        augmentation = Augmentation(**_known_or_on(Augmentation, strengths))
        return cls(**{**_known_or_on(cls, content), "augmentation": augmentation})


def _known_or_on(config: type[_Settings], content: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in content.items() if name in config.model_fields or value}


def settings_of(config: type[_Settings]) -> dict[str, Setting]:
    """Every setting by name."""
    extras = {name: item.json_schema_extra for name, item in config.model_fields.items()}
    found = {name: extra["setting"] for name, extra in extras.items() if isinstance(extra, dict)}
    return {
        name: replace(setting, label=setting.label or name.replace("_", " ").capitalize())  # type: ignore[type-var, union-attr, misc]
        for name, setting in found.items()
    }


_KINDS = {bool: "true or false", int: "a whole number", float: "a number", str: "a text"}


def _sentence(config: type[_Settings], error: ValidationError) -> str:
    """The first thing that is wrong, in the words of the settings."""
    found = error.errors(include_url=False)[0]
    name = str(found["loc"][0]) if found["loc"] else ""
    if found["type"] == "extra_forbidden":
        return f"Unknown setting {name}."
    if name == "data":
        return "Data must name a data set."
    if not name or (found["type"] == "value_error" and name not in settings_of(config)):
        return found["msg"].removeprefix("Value error, ")
    setting = settings_of(config).get(name)
    if setting is None:
        return f"{name.capitalize()}: {first_problem(error)}."
    if found["type"] in ("greater_than_equal", "less_than_equal", "finite_number"):
        return f"{setting.label} must be {setting.minimum:g} to {setting.maximum:g}, not {found['input']}."
    return f"{setting.label} must be {_KINDS[type(setting.default)]}."
