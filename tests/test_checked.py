"""Shapes of values: what passes, and what the sentence says about what does not."""

from pathlib import Path
from typing import Any

import pytest

from emotion_core.checked import (
    COUNT,
    SHARE,
    Entries,
    Fields,
    Items,
    Maybe,
    Number,
    Shape,
    ShapeError,
    Text,
    Truth,
    UnreadableError,
    read_checked,
)

RUN = Fields({"name": Text(5), "shares": Items(SHARE)}, {"faces": Entries(COUNT, names=Text(choices=("sad",)))})


@pytest.mark.parametrize(
    ("shape", "value"),
    [
        (Number(), -7.5),
        (COUNT, 10**12),
        (Text(), "\N{PERFORMING ARTS}\n"),
        (Truth(), False),
        (Maybe(Text()), None),
        (RUN, {"name": "a", "shares": [0, 1.0], "more": object()}),
        (RUN, {"name": "", "shares": [], "faces": {"sad": 3}}),
    ],
)
def test_what_is_right_passes(shape: Shape, value: Any) -> None:
    shape.check(value)


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        ([], "it is not an object"),
        ({"shares": []}, "it lacks name"),
        ({"name": 7, "shares": []}, "name is not a text"),
        ({"name": "toolong", "shares": []}, "name is too long"),
        ({"name": "\ud800", "shares": []}, "name has characters that no text has"),
        ({"name": "a\0", "shares": []}, "name has characters that no text has"),
        ({"name": "a", "shares": {}}, "shares is not a list"),
        ({"name": "a", "shares": [0.5, True]}, "shares[1] is not a number"),
        ({"name": "a", "shares": [float("nan")]}, "shares[0] is not between 0 and 1"),
        ({"name": "a", "shares": [10**400]}, "shares[0] is not between 0 and 1"),
        ({"name": "a", "shares": [], "faces": {"joy": 1}}, "a name in faces is not known"),
        ({"name": "a", "shares": [], "faces": {"sad": 1.0}}, "faces.sad is not a whole number"),
    ],
)
def test_what_is_wrong_is_named(value: Any, sentence: str) -> None:
    with pytest.raises(ShapeError) as caught:
        RUN.check(value)
    assert str(caught.value) == sentence


def test_a_file_is_its_object_or_nothing_or_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "run.json"
    assert read_checked(path, RUN) is None
    path.write_text('{"name": "a", "shares": [1]}')
    assert read_checked(path, RUN) == {"name": "a", "shares": [1]}
    for content, sentence in (("{", "run.json cannot be read."), ("{}", "run.json cannot be read: it lacks name.")):
        path.write_text(content)
        with pytest.raises(UnreadableError) as caught:
            read_checked(path, RUN)
        assert str(caught.value) == sentence
