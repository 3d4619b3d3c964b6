"""What the benchmarks measured of a model afterwards: `measured.json` of its folder."""

from typing import Annotated

from pydantic import Field

from emotion_core.registry.model_schemas import Emotion, SplitName
from emotion_core.validation import Count, Share, Stored, Text


class Speed(Stored):
    """Of one face on one core. ratio: to a full-size Haar scan in the same run."""

    ratio: Annotated[float, Field(ge=0, le=1e6)]
    milliseconds: Annotated[float, Field(ge=0, le=1e6)]


class Robustness(Stored):
    """Accuracy after pictures were spoilt, by what was done to them; the first entry is for clean ones."""

    split: SplitName
    count: Count
    accuracy: Annotated[dict[Text, Share], Field(min_length=1)]


class PersonalRow(Stored):
    """What some given pictures of a person are worth for reading that person's others; means over people. nothing:
    accuracy for the same pictures without a profile; recall: of each emotion that was read."""

    given: Text
    people: Count
    nothing: Share
    accuracy: Share
    ece: Share
    recall: dict[Emotion, Share]


class Personal(Stored):
    """Profiles, measured on posed faces. worst_set: accuracy gained over neutral alone by one picture each of those
    other emotions for which it gains least."""

    people: Count
    pictures: Count
    rows: list[PersonalRow]
    worst_set: Annotated[float, Field(ge=-1, le=1)]


class Measured(Stored):
    """`measured.json`, by `benchmarks.accuracy` and, of `personal`, `benchmarks.personal`. test_time_flip: accuracy
    with test-time flip, by split."""

    test_time_flip: dict[SplitName, Share] = Field(default_factory=dict)
    speed: Speed | None = None
    robustness: Robustness | None = None
    personal: Personal | None = None
