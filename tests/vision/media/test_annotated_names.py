"""Which file is the annotated copy of which input, in a call, the next one, and on the page."""

import errno
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from emotion_core.registry.model_folder import ModelFolder
from emotion_core.vision.media import reading_pool, resumable_batch
from emotion_core.vision.media.batch_progress import Reporter
from emotion_core.vision.media.input_reader import InputReader, ReadingOptions
from emotion_core.vision.media.inputs import annotated_names, keep_names, outside
from emotion_core.vision.media.reading_pool import Answer
from emotion_core.vision.media.records import Record, picture_record
from emotion_core.vision.media.resumable_batch import Batch
from emotion_core.vision.media.whole_files import whole_file
from tests.support.clips import example_clip
from tests.support.command_line import command

OPTIONS = ReadingOptions("cascade", sample_rate=5, max_seconds=float("inf"))


@pytest.fixture
def drawing_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Inputs are drawn in this process, by writing down their path."""

    def read_all(paths: Sequence[Path], *rest: object) -> Iterator[tuple[Path, Answer]]:
        annotated: dict[Path, Path] = rest[-2]  # type: ignore[assignment]
        for path in paths:
            if path in annotated:
                annotated[path].write_text(str(path))
            record = picture_record(str(path), np.zeros((4, 4, 3), np.uint8), [])
            yield path, Answer([record], stamp=reading_pool.stamp_of(path))

    monkeypatch.setattr(resumable_batch, "read_all", read_all)


@pytest.fixture
def clips(tmp_path: Path) -> list[Path]:
    paths = [tmp_path / name / "clip.mp4" for name in "abc"]
    for path in paths:
        path.parent.mkdir()
        path.write_bytes(b"clip")
    return paths


def test_names_are_like_the_inputs_and_never_equal(tmp_path: Path) -> None:
    paths = [
        Path(name) for name in ("x/a.png", "x/b.mkv", "x/A.jpg", "y/a.png", "x/a-2.png", "x/a.mov", "x/caf\udce9.png")
    ]
    names = annotated_names(paths, tmp_path)
    assert list(names.values())[:4] == ["a.jpg", "b.mp4", "A-2.jpg", "a-3.jpg"]
    assert len({name.lower() for name in names.values()}) == len(paths)
    keep_names(names, tmp_path)
    assert annotated_names(reversed(paths), tmp_path) == names


def test_a_copy_keeps_its_name_whatever_else_was_read_or_is_gone(
    clips: list[Path], tmp_path: Path, shipped: ModelFolder, drawing_here: None
) -> None:
    drawn, out = tmp_path / "drawn", tmp_path / "results.csv"
    drawn.mkdir()
    reading = Batch(out, shipped, OPTIONS).read(clips[:2], 1, drawn)
    assert next(reading).path == clips[0]
    assert next(reading).path == clips[1]
    reading.close()  # type: ignore[attr-defined]
    parts = tmp_path / "results.csv.parts"
    (name,) = annotated_names([clips[1]], parts).values()  # of a table that has the second only
    assert (drawn / name).read_text() == str(clips[1])

    again = Batch(out, shipped, OPTIONS)
    assert again.left(clips[1:], drawn) == clips[2:]
    list(again.read(clips[1:], 1, drawn))
    for path, name in annotated_names(reversed(clips), parts).items():
        assert (drawn / name).read_text() == str(path)
    assert Batch(out, shipped, OPTIONS).left(clips, drawn) == []


def test_what_was_drawn_is_no_input_of_the_next_call(tmp_path: Path, shipped: ModelFolder, drawing_here: None) -> None:
    Image.new("RGB", (64, 64)).save(tmp_path / "a.png")
    words = ["analyze", str(tmp_path), "--out", str(tmp_path / "results.csv"), "--annotated", str(tmp_path / "drawn")]
    for _ in range(2):
        done = command(*words)
        assert done.exit_code == 0 and "1 input, " in done.stderr
    assert [path.name for path in (tmp_path / "drawn").iterdir()] == ["a.jpg"]
    same = command(*words[:-1], str(tmp_path))
    assert same.exit_code == 2 and "a folder of its own" in same.stderr
    assert outside([tmp_path / "drawn" / "x.png", tmp_path / "drawn.png"], tmp_path / "drawn") == [
        tmp_path / "drawn.png"
    ]


def test_a_file_that_is_not_whole_does_not_count(tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    path.write_text("before")
    with pytest.raises(KeyboardInterrupt), whole_file(path) as unfinished:
        unfinished.write_text("ha")
        raise KeyboardInterrupt
    assert path.read_text() == "before" and list(tmp_path.iterdir()) == [path]
    with whole_file(path) as unfinished:
        unfinished.write_text("whole")
        assert path.read_text() == "before"
    assert path.read_text() == "whole" and list(tmp_path.iterdir()) == [path]


def test_a_video_that_is_left_in_its_middle_is_not_drawn(
    tmp_path: Path, example: np.ndarray, shipped: ModelFolder
) -> None:
    clip, drawn = example_clip(tmp_path / "clip.mp4", example, seconds=1), tmp_path / "drawn"
    drawn.mkdir()
    reader = InputReader(shipped, OPTIONS)
    records = reader.records(clip, drawn / "clip.mp4")
    next(records)
    assert not (drawn / "clip.mp4").exists()
    records.close()
    assert not list(drawn.iterdir())
    assert len(list(reader.records(clip, drawn / "clip.mp4"))) == 5
    assert [path.name for path in drawn.iterdir()] == ["clip.mp4"]
    content = (drawn / "clip.mp4").read_bytes()
    assert content.index(b"moov") < content.index(b"mdat"), "browsers play it before they have the whole"


def test_a_picture_is_drawn_as_a_whole_or_not_at_all(
    tmp_path: Path, example: np.ndarray, shipped: ModelFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    picture, drawn = tmp_path / "a.png", tmp_path / "a.jpg"
    Image.fromarray(example).save(picture)

    def full_disk(path: Path, content: bytes) -> int:
        with path.open("wb") as file:
            file.write(content[:9])
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full_disk)
    with pytest.raises(OSError, match="No space"):
        list(InputReader(shipped, OPTIONS).records(picture, drawn))
    assert list(tmp_path.iterdir()) == [picture]


def test_an_input_that_changes_while_it_is_read_is_not_done(
    clips: list[Path], tmp_path: Path, shipped: ModelFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read_all(paths: Sequence[Path], *rest: object) -> Iterator[tuple[Path, Answer]]:
        yield from ((path, reading_pool._read_one(path, None)) for path in paths)

    class Slow:
        note, length = "", 0.0

        def records(self, path: Path, annotated: Path | None) -> Iterator[Record]:
            if path == clips[0]:
                path.write_bytes(b"another clip")
            yield picture_record(str(path), np.zeros((4, 4, 3), np.uint8), [])

    monkeypatch.setattr(resumable_batch, "read_all", read_all)
    batch = Batch(tmp_path / "results.csv", shipped, OPTIONS)
    monkeypatch.setattr(reading_pool, "_reader", (Slow(), Reporter(batch.desk)))
    list(batch.read(clips, workers=1))
    assert [batch.is_done(path) for path in clips] == [False, True, True]


def test_who_only_looks_cuts_no_line_that_another_process_writes(
    clips: list[Path], tmp_path: Path, shipped: ModelFolder, drawing_here: None
) -> None:
    batch, log = Batch(tmp_path / "results.csv", shipped, OPTIONS), tmp_path / "results.csv.parts" / "read.jsonl"
    list(batch.read(clips[:1], workers=1))
    with log.open("ab") as file:
        file.write(b'{"path": "half a li')
    content = log.read_bytes()
    other = Batch(tmp_path / "results.csv", shipped, OPTIONS)
    assert log.read_bytes() == content and other.is_done(clips[0])
    list(other.read(clips, workers=1))
    assert log.read_bytes().count(b"\n") == 3 and Batch(tmp_path / "results.csv", shipped, OPTIONS).left(clips) == []
