"""What the JSON files of a model folder hold: the card, the report of its run, and what was measured afterwards."""

from typing import Annotated, Any, Self

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from emotion_core.emotions import EMOTIONS
from emotion_core.validation import Count, Epoch, Seconds, Share, Stored, Text


def _one_of(*names: str) -> AfterValidator:
    def check(name: str) -> str:
        if name not in names:
            raise ValueError("is not known")
        return name

    return AfterValidator(check)


Emotion = Annotated[str, _one_of(*EMOTIONS)]
SplitName = Annotated[str, _one_of("validation", "test", "public_test", "private_test")]
_FileName = Annotated[str, StringConstraints(pattern=r"^[\w-][\w.-]*$", max_length=100)]
_Side = Annotated[int, Field(ge=1, le=10_000)]


class PartFigures(Stored):
    """Accuracy on some of the faces of a split."""

    count: Count
    accuracy: Share
    balanced_accuracy: Share | None = None


class ClassFigures(Stored):
    """One emotion. support: its number of faces."""

    precision: Share
    recall: Share
    f1: Share
    support: Count


class ReliabilityBin(Stored):
    """The answers whose confidence lies in one bin; confidence: their mean."""

    confidence: Share
    accuracy: Share
    count: Count


class CoveragePoint(Stored):
    """A threshold, the share of faces whose confidence reaches it, and the accuracy on these."""

    threshold: Share
    coverage: Share
    accuracy: Share


class Summary(Stored):
    """What a card says about a split.

    ece: expected calibration error. ferplus: against the majority of the FER+ annotators. without_copies: on those
    faces alone that do not stand among the training rows.
    """

    count: Count | None = None
    accuracy: Share
    balanced_accuracy: Share | None = None
    ece: Share | None = None
    ferplus: PartFigures | None = None
    without_copies: PartFigures | None = None


class Figures(Summary):
    """Everything that is measured on a split. confusion_matrix: a row for each true and a column for each predicted
    emotion, in the order of `labels`."""

    count: Count
    balanced_accuracy: Share
    ece: Share
    labels: Annotated[list[Emotion], Field(min_length=1)]
    per_class: dict[Emotion, ClassFigures]
    confusion_matrix: list[list[Count]]
    reliability: list[ReliabilityBin]
    risk_coverage: list[CoveragePoint] = Field(default_factory=list)

    @model_validator(mode="after")
    def _agree(self) -> Self:
        if len(set(self.labels)) != len(self.labels) or set(self.per_class) != set(self.labels):
            raise ValueError("has other emotions than it has figures for")
        if [len(row) for row in self.confusion_matrix] != [len(self.labels)] * len(self.labels):
            raise ValueError("has a confusion matrix without a row and a column for each emotion")
        return self

    @property
    def summary(self) -> Summary:
        """The part that goes on the card."""
        return Summary(**{name: getattr(self, name) for name in Summary.model_fields})


class BeforeAfter(Stored):
    """Accuracy of the model that a run began with and of the one it made, on the same faces."""

    count: Count
    before: Share
    after: Share


class RunReport(Stored):
    """What a run measured of its best epoch. seconds: of all epochs; processors: cores of that computer."""

    best_epoch: Epoch
    seconds: Seconds
    splits: dict[SplitName, Figures]
    processors: Count | None = None
    before_and_after: dict[Annotated[str, _one_of("validation", "corrections")], BeforeAfter] = Field(
        default_factory=dict
    )

    @model_validator(mode="after")
    def _has_validation(self) -> Self:
        if "validation" not in self.splits:
            raise ValueError("has no figures for the validation faces")
        return self

    @property
    def validation(self) -> Figures:
        return self.splits["validation"]


class InputCard(Stored):
    """What the network takes: one face of so many pixels, values from `range[0]` to `range[1]`."""

    height: _Side
    width: _Side
    channels: Annotated[int, Field(ge=1, le=3)]
    range: tuple[float, float] = (0, 255)
    colour: Text


class DataCard(Stored):
    """What a model learned from. digest: of the whole data set; train_digest: of its training rows.

    exclusions: references of rows that a person excluded. excluded_test_copies: training and validation rows
    that repeat a test face. corrections: faces that a person corrected. start_from: name of the model whose weights it
    began with.
    """

    name: Text
    digest: Text
    is_sample: bool
    training: Annotated[int, Field(ge=1, le=10**12)]
    validation: Count
    train_digest: Text = ""
    has_votes: bool = False
    excluded_test_copies: Count = 0
    exclusions: list[Text] = Field(default_factory=list)
    corrections: Count = 0
    training_counts: dict[Emotion, Count] = Field(default_factory=dict)
    start_from: Text | None = None


class Calibration(Stored):
    """How probabilities are corrected (`faces.calibrated_confidence`), and below which confidence an answer counts as
    uncertain. split: the faces on which this was fitted."""

    temperature: Annotated[float, Field(ge=0.01, le=100)] = 1.0
    smoothing: Annotated[float, Field(ge=0, le=0.9)] = 0.0
    uncertain_below: Share = 0.0
    split: Text = ""


class ModelCard(Stored):
    """`card.json`: what a model is and how it came about.

    recipe: the settings of its run, as `experiments.config.RunConfig` has them. sha256: by file of the folder.
    """

    name: Text = ""
    created: Text
    labels: Annotated[list[Emotion], Field(min_length=1)]
    input: InputCard
    architecture: Text
    parameters: Count
    multiply_adds: Count | None = None
    data: DataCard
    recipe: dict[Text, Any]
    best_epoch: Epoch
    calibration: Calibration = Calibration()
    metrics: dict[SplitName, Summary] = Field(default_factory=dict)
    sha256: dict[_FileName, Text]

    @model_validator(mode="after")
    def _agree(self) -> Self:
        if len(set(self.labels)) != len(self.labels):
            raise ValueError("names an emotion twice among its labels")
        if not isinstance(self.recipe.get("augmentation", {}), dict):
            raise ValueError("has a recipe whose augmentation is not an object")
        if "model.tflite" not in self.sha256:
            raise ValueError("lacks sha256.model.tflite")
        return self


class PromotedModels(Stored):
    """`active.json`: names of the folders promoted so far, the active one last."""

    promoted: list[Text] = Field(default_factory=list)
