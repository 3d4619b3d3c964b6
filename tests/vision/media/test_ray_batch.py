"""The batch on Ray: the same table, whatever is lost on the way. The cluster is on this computer."""

import shutil
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import numpy as np
import pandas as pd
import psutil
import pytest
from PIL import Image

from emotion_core.registry.model_folder import ModelFolder
from emotion_core.vision.media.input_reader import ReadingOptions
from emotion_core.vision.media.places import Place, PlaceError, expand_places
from emotion_core.vision.media.ray_batch import LOCAL, RayBatch, Worker, part_name, tasks_of
from emotion_core.vision.media.resumable_batch import Batch, BatchError
from tests.support.clips import example_clip

OPTIONS = ReadingOptions("blazeface", sample_rate=5, max_seconds=float("inf"))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, example: np.ndarray) -> Path:
    inputs = tmp_path_factory.mktemp("inputs")
    for number in range(3):
        Image.fromarray(np.roll(example, 9 * number, axis=1)).save(inputs / f"a{number}.png")
    example_clip(inputs / "b.mp4", example, seconds=1)
    (inputs / "c.png").write_bytes(b"no picture")
    return inputs


def read(out: Path) -> pd.DataFrame:
    return pd.read_parquet(out).sort_values(["path", "frame", "face"]).reset_index(drop=True)


@contextmanager
def killing_the_first_that_reads() -> Iterator[list[int]]:
    """The process of an actor is killed while it reads; `benchmarks.cluster` takes a whole node away."""
    is_over, killed = threading.Event(), list[int]()

    def kill_the_first() -> None:
        while not (is_over.wait(0.02) or killed):
            for process in psutil.Process().children(recursive=True):
                with suppress(psutil.Error):
                    if "Worker.read" in " ".join(process.cmdline()):
                        process.kill()
                        killed.append(process.pid)
                        break

    killer = threading.Thread(target=kill_the_first)
    killer.start()
    try:
        yield killed
    finally:
        is_over.set()
        killer.join()


def test_the_table_is_that_of_the_batch_and_the_next_call_reads_what_is_left_whichever_process_dies(
    folder: Path, tmp_path: Path, shipped: ModelFolder, example: np.ndarray
) -> None:
    pytest.importorskip("ray")
    inputs, out = list(expand_places([str(folder)])), tmp_path / "dataset"
    assert [Path(place.name).name for place in inputs] == ["a0.png", "a1.png", "a2.png", "b.mp4", "c.png"]
    outcomes = list(RayBatch(str(out), shipped, OPTIONS).read(inputs, LOCAL, workers=2))
    assert sum(outcome.inputs for outcome in outcomes) == 5
    (failed,) = [record for outcome in outcomes for record in outcome.failed]
    assert failed["path"] == str(folder / "c.png") and "not a picture" in failed["error"]

    batch, paths = Batch(tmp_path / "results.parquet", shipped, OPTIONS), sorted(folder.iterdir())
    list(batch.read(paths, workers=1))
    batch.write(paths)
    pd.testing.assert_frame_equal(read(out), read(tmp_path / "results.parquet"))

    for name in ("c", "e", "f"):
        shutil.copy(folder / "a0.png", folder / f"{name}.png")
    example_clip(folder / "d.mp4", example, seconds=2)
    inputs = list(expand_places([str(folder)]))
    (out / "_unfinished-7").write_bytes(b"of a computer that was lost")
    again = RayBatch(str(out), shipped, OPTIONS)
    assert [Path(place.name).name for place in again.left(inputs)] == ["c.png", "d.mp4", "e.png", "f.png"]
    with killing_the_first_that_reads() as killed:
        outcomes = list(again.read(inputs, LOCAL, workers=1))
    assert killed and sum(outcome.inputs for outcome in outcomes) == 4
    table = read(out)
    assert table["error"].isna().all() and table["path"].nunique() == 8
    assert not (out / "_unfinished-7").exists() and not (out / "failed.parquet").exists()
    assert not table.duplicated(["path", "frame", "face"]).any()
    with pytest.raises(BatchError, match="another detector"):
        RayBatch(str(out), shipped, ReadingOptions("cascade", 5, float("inf")))


def test_a_process_leaves_no_copy_of_the_model(
    folder: Path, tmp_path: Path, shipped: ModelFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    files = {path.name: path.read_bytes() for path in shipped.path.iterdir()}
    (tmp_path / "dataset").mkdir()
    worker = Worker(Place(str(tmp_path / "dataset")), shipped.name, files, OPTIONS)
    (place,) = expand_places([str(folder / "a0.png")])
    assert worker.read((place,)).failed == []
    assert [path.name for path in tmp_path.iterdir()] == ["dataset"]


def test_a_task_is_a_video_or_some_pictures_and_names_its_part() -> None:
    places = [Place(f"{number}.png") for number in range(40)] + [Place("film.mp4"), Place("other.MP4")]
    tasks = list(tasks_of(places))
    assert [len(task) for task in tasks] == [32, 1, 1, 8]
    assert sorted(place.name for task in tasks for place in task) == sorted(place.name for place in places)
    assert part_name(tasks[0]) == part_name(tuple(places[:32])) != part_name(tuple(places[1:33]))


def test_without_ray_a_sentence_says_how_it_is_installed(
    tmp_path: Path, shipped: ModelFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(BatchError, match=r"requirements-scale\.txt"):
        RayBatch(str(tmp_path / "dataset"), shipped, OPTIONS)


def test_places_that_cannot_be_opened_get_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(PlaceError, match="cannot be opened"):
        list(expand_places(["nowhere://bucket/folder"]))
    (gone,) = expand_places([str(tmp_path / "gone.png")])
    assert gone.name == str(tmp_path / "gone.png"), "it is told as an input that is not there"
    (tmp_path / "a.png").write_bytes(b"1")
    (found,) = expand_places([tmp_path.as_uri()])
    assert found.name == f"{tmp_path.as_uri()}/a.png"
    with found.open_file() as file:
        assert file.read() == b"1"


@pytest.mark.parametrize("in_a_folder", [False, True])
def test_names_that_addresses_quote_can_be_read(tmp_path: Path, in_a_folder: bool) -> None:
    folder = tmp_path / "my #1 100%25" if in_a_folder else tmp_path
    folder.mkdir(exist_ok=True)
    names = ["a b.png", "c#1.png", "d%20.png", "e?x=1.png", "f\u00e9.png"]
    for name in names:
        (folder / name).write_text(name, "utf-8")
    for address in (tmp_path.as_uri(), str(tmp_path)):
        places = list(expand_places([address]))
        assert len(places) == len(set(places)) == len(names)
        assert {place.open_file().read().decode() for place in places} == set(names)
        assert {place.suffix for place in places} == {".png"}
    assert Place("s3://bucket/in").within("day=1/a (1).png").name == "s3://bucket/in/day=1/a%20(1).png"
