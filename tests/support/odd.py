"""Values and files that make no sense, as a damaged disk, another version or a stranger's hand may leave them."""

import copy
import json
from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel, ValidationError

VALUES: tuple[Any, ...] = (
    None,
    True,
    False,
    0,
    -1,
    7,
    0.5,
    -0.5,
    10**30,
    -(10**30),
    1e308,
    float("nan"),
    float("inf"),
    "",
    "x",
    "7",
    "NaN",
    "../../etc/passwd",
    "/",
    "a\0b",
    "\ud800",
    "\N{PERFORMING ARTS}",
    "<script>alert(1)</script>",
    "x" * 20_000,
    [],
    [7],
    [None],
    ["x", 7],
    [[[]]],
    {},
    {"x": 7},
    {"": {"": {}}},
)
BYTES = (
    b"",
    b"{",
    b"}",
    b'{"a": ',
    b"null",
    b"\x00" * 64,
    b"\xff\xfe\x00",
    b"[" * 5000,
    b"[" * 100_000,
    b"1" * 6000,
    b'{"a": 1} trailing',
    b"\xef\xbb\xbf{}",
    b"PAR1" + bytes(32) + b"PAR1",
    b"PK\x03\x04",
)


def mutations(document: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """The document with one value, at any depth, taken away or replaced by each of `VALUES`; of lists the first item
    stands for all. Each with a name."""
    for place in _places(document):
        for number, value in enumerate((..., *VALUES)):
            changed = copy.deepcopy(document)
            parent = changed
            for key in place[:-1]:
                parent = parent[key]
            if value is ...:
                del parent[place[-1]]
            else:
                parent[place[-1]] = value
            yield f"{'.'.join(map(str, place))} {number}", changed


def _places(value: Any, so_far: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if so_far:
        yield so_far
    keys: list[Any] = list(value) if isinstance(value, dict) else [0] if isinstance(value, list) and value else []
    for key in keys:
        yield from _places(value[key], (*so_far, key))


def as_json(value: Any) -> bytes:
    """As a file has it; NaN and infinity as Python writes them."""
    return json.dumps(value).encode()


def refuses(kind: type[BaseModel], document: Any) -> bool:
    """Whether the document is none of this kind."""
    try:
        kind.model_validate_json(as_json(document))
    except ValidationError:
        return True
    return False
