"""Where the faces of a run come from."""

from enum import StrEnum
from pathlib import Path
from typing import Self

from emotion_core.validation import Stored, Text

_KAGGLE = "kaggle:"


class SourceKind(StrEnum):
    """sample: drawn faces; kaggle: a data set that is downloaded; path: a folder or file on this computer."""

    sample = "sample"
    kaggle = "kaggle"
    path = "path"


class DataSource(Stored):
    """A data set by name. place: its handle at Kaggle (empty for FER2013), or its path; empty for the sample."""

    kind: SourceKind
    place: Text = ""

    @classmethod
    def parse(cls, text: str) -> Self:
        """From what a person types: `sample`, `kaggle:OWNER/NAME`, or a path.

        >>> DataSource.parse("kaggle:msambare/fer2013")
        DataSource(kind=<SourceKind.kaggle: 'kaggle'>, place='msambare/fer2013')
        """
        if text == SourceKind.sample:
            return cls(kind=SourceKind.sample)
        if text.startswith(_KAGGLE):
            return cls(kind=SourceKind.kaggle, place=text.removeprefix(_KAGGLE))
        return cls(kind=SourceKind.path, place=text)

    def __str__(self) -> str:
        """What `parse` reads."""
        prefix = {SourceKind.sample: "sample", SourceKind.kaggle: _KAGGLE, SourceKind.path: ""}[self.kind]
        return prefix + self.place

    @property
    def path(self) -> Path:
        """Of a folder or file, `~` replaced. Raises `RuntimeError` where there is no home folder."""
        return Path(self.place).expanduser()

    def absolute(self) -> Self:
        """The same data, by a name that does not depend on the working directory."""
        if self.kind is not SourceKind.path or not self.path.exists():
            return self
        return type(self)(kind=self.kind, place=str(self.path.resolve()))
