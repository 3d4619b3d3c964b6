"""Stored files: what passes, and what the sentence says about what does not."""

from pathlib import Path

import pytest

from emotion_core.validation import Count, Share, Stored, Text, UnreadableError, read_stored


class Face(Stored):
    name: Text
    shares: list[Share]
    counts: dict[str, Count] = {}  # noqa: RUF012


def read(path: Path, content: str) -> Face | None:
    path.write_text(content)
    return read_stored(path, Face)


def test_a_file_is_its_content_or_nothing(tmp_path: Path) -> None:
    path = tmp_path / "face.json"
    assert read_stored(path, Face) is None
    assert read(path, '{"name": "\N{PERFORMING ARTS}", "shares": [0, 1.0]}') == Face(
        name="\N{PERFORMING ARTS}", shares=[0.0, 1.0]
    )


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("{", "it is not valid JSON"),
        ("[]", "it should be an object"),
        ('{"shares": []}', "it lacks name"),
        ('{"name": 7, "shares": []}', "name should be a valid string"),
        ('{"name": "a\\u0000", "shares": []}', "name has characters that no text has"),
        ('{"name": "a", "shares": {}}', "shares should be a valid array"),
        ('{"name": "a", "shares": [0.5, true]}', "shares[1] should be a valid number"),
        ('{"name": "a", "shares": [NaN]}', "shares[0] should be a finite number"),
        ('{"name": "a", "shares": [1.5]}', "shares[0] should be less than or equal to 1"),
        ('{"name": "a", "shares": [], "counts": {"sad": 1.5}}', "counts.sad should be a valid integer"),
        ('{"name": "a", "shares": [], "colour": 1}', "colour is not known"),
    ],
)
def test_what_is_wrong_is_named(content: str, sentence: str, tmp_path: Path) -> None:
    with pytest.raises(UnreadableError) as caught:
        read(tmp_path / "face.json", content)
    assert str(caught.value).startswith(f"face.json cannot be read: {sentence}") and str(caught.value).endswith(".")
    assert "\n" not in str(caught.value) and str(tmp_path) not in str(caught.value)
