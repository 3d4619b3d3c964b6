"""Where faces come from, as a person names it."""

from pathlib import Path

import pytest

from emotion_core.experiments.source import DataSource, SourceKind


@pytest.mark.parametrize(
    ("text", "kind", "place"),
    [
        ("sample", SourceKind.sample, ""),
        ("kaggle:", SourceKind.kaggle, ""),
        ("kaggle:a/b", SourceKind.kaggle, "a/b"),
        ("./sample", SourceKind.path, "./sample"),
        ("~/faces.zip", SourceKind.path, "~/faces.zip"),
    ],
)
def test_a_name_is_read_and_written_back(text: str, kind: SourceKind, place: str) -> None:
    source = DataSource.parse(text)
    assert (source.kind, source.place, str(source)) == (kind, place, text)


def test_a_path_that_exists_is_made_absolute(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "faces").mkdir()
    monkeypatch.chdir(tmp_path)
    assert str(DataSource.parse("faces").absolute()) == str((tmp_path / "faces").resolve())
    assert [str(DataSource.parse(name).absolute()) for name in ("gone", "sample")] == ["gone", "sample"]
