"""Files and settings checked by Pydantic: what is wrong with them becomes one sentence that a person understands."""

from pathlib import Path
from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails

from emotion_core.files import MAX_JSON_BYTES

_MAX_TEXT_LENGTH = 10_000  # characters


class UnreadableError(ValueError):
    """A file that is there but makes no sense; the message is one sentence without any path."""


class Stored(BaseModel):
    """What a JSON file of a run or a model holds. Values are never converted, and unknown names are errors."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, allow_inf_nan=False)


def is_writable(text: str) -> bool:
    """Whether a text can be shown and stored: no NUL, and no half of a pair of UTF-16 units, which JSON may hold."""
    return "\0" not in text and not any("\ud800" <= character <= "\udfff" for character in text)


def _checked_text(text: str) -> str:
    if not is_writable(text):
        raise ValueError("has characters that no text has")
    return text


Text = Annotated[str, Field(max_length=_MAX_TEXT_LENGTH), AfterValidator(_checked_text)]
Share = Annotated[float, Field(ge=0, le=1)]
Count = Annotated[int, Field(ge=0, le=10**12)]
Epoch = Annotated[int, Field(ge=0, le=1_000_000)]
Seconds = Annotated[float, Field(ge=0, le=1e9)]
Timestamp = Annotated[float, Field(ge=0, le=4e9)]  # seconds since 1970; every system can write it as a date

_Model = TypeVar("_Model", bound=BaseModel)


def read_stored(path: Path, kind: type[_Model]) -> _Model | None:
    """The content of a JSON file, None where there is no file. Raises `UnreadableError` where it makes no sense."""
    if not path.exists():
        return None
    try:
        if path.stat().st_size > MAX_JSON_BYTES:
            raise UnreadableError(f"{path.name} cannot be read: it is too large.")
        return kind.model_validate_json(path.read_bytes())
    except OSError as error:
        raise UnreadableError(f"{path.name} cannot be read.") from error
    except ValidationError as error:
        raise UnreadableError(f"{path.name} cannot be read: {first_problem(error)}.") from error


def to_json(content: BaseModel) -> dict[str, Any]:
    """Plain values for `files.write_json`; what is not known is left out."""
    return content.model_dump(mode="json", exclude_none=True)


def first_problem(error: ValidationError) -> str:
    """The first thing that Pydantic found wrong, as the end of a sentence.

    >>> class Face(Stored):
    ...     width: int
    >>> try:
    ...     Face.model_validate_json('{"width": "48"}')
    ... except ValidationError as error:
    ...     print(first_problem(error))
    width should be a valid integer
    """
    found = error.errors(include_url=False)[0]
    place = _place(found)
    match found["type"]:
        case "missing":
            return f"it lacks {place}"
        case "extra_forbidden":
            return f"{place} is not known"
        case "json_invalid":
            return "it is not valid JSON"
        case _:
            message = found["msg"].removeprefix("Value error, ").removeprefix("Input ")
            return f"{place or 'it'} {message[:200]}"


def _place(found: ErrorDetails) -> str:
    """Where in the file: names with dots between, positions in brackets."""
    place = ""
    for part in found["loc"]:
        if isinstance(part, int):
            place += f"[{part}]"
        elif part != "[key]":
            place += f".{part[:100]}" if place else part[:100]
    return place if is_writable(place) else "a name"
