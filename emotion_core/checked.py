"""What a file must look like before anything is done with it: shapes of plain values, as JSON has them.

>>> Fields({"state": Text()}, {"epoch": Number(0, 1000, whole=True)}).check({"state": "running", "epoch": "two"})
Traceback (most recent call last):
...
emotion_core.checked.ShapeError: epoch is not a number
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from emotion_core.files import read_json

_MAX_ENTRIES = 1_000_000  # of a list or an object


class ShapeError(ValueError):
    """A value that is not what it should be; the message says which and why, as the end of a sentence."""


class UnreadableError(ValueError):
    """A file that is there but makes no sense; the message is one sentence without any path."""


class Shape(Protocol):
    """What a value must be."""

    def check(self, value: Any, place: str = "") -> None:
        """Raises `ShapeError`. place: how to call the value."""


@dataclass(frozen=True)
class Number:
    """A finite number within limits; whole: an int."""

    minimum: float = -1e12
    maximum: float = 1e12
    whole: bool = False

    def check(self, value: Any, place: str = "") -> None:
        if isinstance(value, bool) or not isinstance(value, int if self.whole else int | float):
            raise ShapeError(f"{place} is not a {'whole ' if self.whole else ''}number")
        if not self.minimum <= value <= self.maximum:  # nor is "not a number"
            raise ShapeError(f"{place} is not between {self.minimum:g} and {self.maximum:g}")


@dataclass(frozen=True)
class Text:
    """A string, not too long; choices: one of these."""

    longest: int = 10_000
    choices: Collection[str] | None = None

    def check(self, value: Any, place: str = "") -> None:
        if not isinstance(value, str):
            raise ShapeError(f"{place} is not a text")
        if len(value) > self.longest:
            raise ShapeError(f"{place} is too long")
        if not is_writable(value):
            raise ShapeError(f"{place} has characters that no text has")
        if self.choices is not None and value not in self.choices:
            raise ShapeError(f"{place} is not known")


@dataclass(frozen=True)
class Truth:
    """true or false."""

    def check(self, value: Any, place: str = "") -> None:
        if not isinstance(value, bool):
            raise ShapeError(f"{place} is neither true nor false")


@dataclass(frozen=True)
class Maybe:
    """null, or what another shape says."""

    shape: Shape

    def check(self, value: Any, place: str = "") -> None:
        if value is not None:
            self.shape.check(value, place)


@dataclass(frozen=True)
class Items:
    """A list of values of one shape."""

    shape: Shape
    minimum: int = 0

    def check(self, value: Any, place: str = "") -> None:
        if not isinstance(value, list) or not self.minimum <= len(value) <= _MAX_ENTRIES:
            raise ShapeError(f"{place} is not a list")
        for number, item in enumerate(value):
            self.shape.check(item, f"{place}[{number}]")


@dataclass(frozen=True)
class Entries:
    """An object whose values are of one shape; names: what its keys are."""

    shape: Shape
    names: Shape = field(default_factory=Text)

    def check(self, value: Any, place: str = "") -> None:
        if not isinstance(value, dict) or len(value) > _MAX_ENTRIES:
            raise ShapeError(f"{place} is not an object")
        for name, entry in value.items():
            self.names.check(name, f"a name in {place or 'it'}")
            self.shape.check(entry, f"{place}.{name}" if place else name)


@dataclass(frozen=True)
class Fields:
    """An object with these fields, each of its own shape, and any others. agree: what the fields must be together, a
    function that raises `ShapeError`."""

    required: Mapping[str, Shape]
    optional: Mapping[str, Shape] = field(default_factory=dict)
    agree: Callable[[Any], None] | None = None

    def check(self, value: Any, place: str = "") -> None:
        if not isinstance(value, dict):
            raise ShapeError(f"{place or 'it'} is not an object")
        for name in self.required:
            if name not in value:
                raise ShapeError(f"it lacks {f'{place}.{name}' if place else name}")
        for name, shape in {**self.required, **self.optional}.items():
            if name in value:
                shape.check(value[name], f"{place}.{name}" if place else name)
        if self.agree:
            self.agree(value)


SHARE = Number(0, 1)
COUNT = Number(0, 10**12, whole=True)


def is_writable(text: str) -> bool:
    """Whether a text can be shown and stored: no NUL, and no half of a pair of UTF-16 units, which JSON may hold."""
    return "\0" not in text and not any("\ud800" <= character <= "\udfff" for character in text)


def read_checked(path: Path, shape: Shape) -> dict[str, Any] | None:
    """The object in a JSON file, None where there is no file. Raises `UnreadableError` where it has another shape."""
    if not path.exists():
        return None
    content = read_json(path)
    if content is None:
        raise UnreadableError(f"{path.name} cannot be read.")
    try:
        shape.check(content)
    except ShapeError as error:
        raise UnreadableError(f"{path.name} cannot be read: {error}.") from error
    return content
