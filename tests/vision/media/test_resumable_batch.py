"""Many inputs into one table, which survives whatever stops it."""

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import psutil
import pytest
from PIL import Image
from typer.testing import Result

from emotion_core.emotions import EMOTIONS
from emotion_core.registry.model_folder import ModelFolder
from emotion_core.vision.media.input_reader import ReadingOptions
from emotion_core.vision.media.inputs import expand, with_lines
from emotion_core.vision.media.resumable_batch import Batch, BatchError
from emotion_core.vision.media.whole_files import unfinished_path
from tests.support.clips import example_clip
from tests.support.command_line import command
from tests.support.waiting import wait_until

PROJECT = Path(__file__).resolve().parents[3]
OPTIONS = ReadingOptions("blazeface", sample_rate=5, max_seconds=float("inf"))


def analyze(*arguments: object) -> Result:
    return command("analyze", "--detector", "blazeface", *arguments)


@pytest.fixture
def folder(tmp_path: Path, example: np.ndarray) -> Path:
    """Two pictures, one with a face, a clip, and a file that is no picture."""
    inputs = tmp_path / "inputs"
    inputs.mkdir()
    Image.fromarray(example).save(inputs / "a.png")
    Image.fromarray(np.zeros((64, 64, 3), np.uint8)).save(inputs / "b.png")
    example_clip(inputs / "c.mp4", example, seconds=0.4)
    (inputs / "d.png").write_bytes(b"no picture")
    return inputs


def read(out: Path) -> pd.DataFrame:
    match out.suffix:
        case ".parquet":
            return pd.read_parquet(out)
        case ".csv":
            return pd.read_csv(out)
    return pd.json_normalize([json.loads(line) for line in out.read_text().splitlines()])


def test_a_folder_becomes_one_table_in_the_order_of_its_names_in_any_format(folder: Path, shipped: ModelFolder) -> None:
    out = folder.parent / "results.csv"
    done = analyze(folder, "--out", out, "--annotated", folder.parent / "drawn")
    assert done.exit_code == 1 and "1 input could not be read" in done.stderr
    drawn = {path.name for path in (folder.parent / "drawn").iterdir()}
    assert drawn == {"a.jpg", "b.jpg", "c.mp4"}

    for suffix in (".csv", ".parquet", ".jsonl"):
        other = folder.parent / f"results{suffix}"
        if suffix != ".csv":
            shutil.copytree(f"{out}.parts", f"{other}.parts")
            Batch(other, shipped, OPTIONS).write(list(expand([folder])))
        table = read(other)
        assert [Path(path).name for path in table["path"]][:2] == ["a.png", "b.png"]
        assert Path(table["path"].iloc[-1]).name == "d.png" and "d.png" in table["error"].iloc[-1]
        if suffix != ".jsonl":
            assert {"face", "person", "emotion", *EMOTIONS} <= set(table)
            assert table["face"].isna().sum() == 2 and (table["person"] == 1).any()
            assert table["happy"].dtype == float


def test_a_second_call_reads_what_failed_or_changed_and_refuses_other_settings(
    folder: Path, shipped: ModelFolder, tiny_model: ModelFolder
) -> None:
    out, paths = folder.parent / "results.csv", list(expand([folder]))
    list(Batch(out, shipped, OPTIONS).read(paths, workers=1))
    (folder / "d.png").write_bytes((folder / "a.png").read_bytes())
    Image.fromarray(np.full((70, 70, 3), 9, np.uint8)).save(folder / "b.png")
    again = analyze(folder, "--out", out)
    assert again.exit_code == 0 and "4 inputs, 2 read before." in again.stderr
    assert read(out)["error"].isna().all()
    refused = analyze(folder, "--out", out, "--sample-rate", 2)
    assert refused.exit_code == 2 and "was made with another sample rate" in refused.stderr
    for other in (replace(OPTIONS, detector="cascade"), replace(OPTIONS, max_seconds=3.0)):
        with pytest.raises(BatchError, match="was made with another"):
            Batch(out, shipped, other)
    with pytest.raises(BatchError, match="another model"):
        Batch(out, tiny_model, OPTIONS)


def test_what_a_killed_process_had_read_is_kept_and_the_table_is_that_of_an_undisturbed_run(
    folder: Path, shipped: ModelFolder
) -> None:
    paths = list(expand([folder]))
    whole = Batch(folder.parent / "whole.csv", shipped, OPTIONS)
    assert sum(done.failed for done in whole.read(paths, workers=1)) == 1
    whole.write(paths)

    out = folder.parent / "killed.csv"
    killed = Batch(out, shipped, OPTIONS).read(paths, workers=1)
    first = [next(killed).path, next(killed).path]
    killed.close()  # type: ignore[attr-defined]
    log_path = folder.parent / "killed.csv.parts" / "read.jsonl"
    with log_path.open("ab") as log:
        log.write(b'{"path": "half a li')
    batch = Batch(out, shipped, OPTIONS)
    left = [path for path in paths if not batch.is_done(path)]
    assert sorted([*first, *left]) == paths
    log_path.write_bytes(log_path.read_bytes().rpartition(b"\n")[0])
    batch = Batch(out, shipped, OPTIONS)
    left = [path for path in paths if not batch.is_done(path)]
    assert sorted([*first[:1], *left]) == paths, "a line without its end is not whole"
    list(batch.read(left, workers=2))
    batch.write(paths)
    assert out.read_bytes() == (folder.parent / "whole.csv").read_bytes()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="Named pipes stand for a file that takes for ever.")
def test_an_input_that_ends_its_process_is_a_row_with_its_error(folder: Path, shipped: ModelFolder) -> None:
    """A worker that draws into a pipe nobody reads waits, until it is killed, twice."""
    drawn = folder.parent / "drawn"
    drawn.mkdir()
    os.mkfifo(unfinished_path(drawn / "a.jpg"))
    deadly, other = folder / "a.png", folder / "b.png"
    batch = Batch(folder.parent / "results.jsonl", shipped, OPTIONS)
    is_over = threading.Event()

    def kill_who_waits() -> None:
        spent: dict[int, float] = {}
        while not is_over.wait(1.5):
            for child in psutil.Process().children():
                with suppress(psutil.Error):  # it may have ended by itself just now
                    if "spawn_main" not in " ".join(child.cmdline()):
                        continue
                    now = sum(child.cpu_times()[:2])
                    if spent.get(child.pid) == now:
                        child.kill()
                    spent[child.pid] = now

    killer = threading.Thread(target=kill_who_waits)
    killer.start()
    try:
        failed = {done.path: done.failed for done in batch.read([deadly, other], workers=1, annotated=drawn)}
    finally:
        is_over.set()
        killer.join()
    assert failed == {deadly: True, other: False}
    batch.write([deadly, other])
    table = read(batch.out)
    assert "out of memory" in table["error"][0] and table["error"].isna()[1]


def test_ctrl_c_writes_what_was_read_and_the_same_command_goes_on(folder: Path) -> None:
    for number in range(40):
        (folder / f"e{number:02}.png").write_bytes((folder / "a.png").read_bytes())
    out = folder.parent / "results.csv"
    words = [sys.executable, "-m", "emotion_core", "analyze", str(folder), "--out", str(out), "--workers", "1"]
    child = subprocess.Popen(words, cwd=PROJECT, stderr=subprocess.PIPE, text=True)
    log = folder.parent / "results.csv.parts" / "read.jsonl"
    wait_until(lambda: log.exists() and log.read_bytes().count(b"\n") >= 6, 60)
    child.send_signal(signal.SIGINT)
    assert child.stderr is not None
    words_said = child.stderr.read()
    assert child.wait(60) == 130 and "Stopped." in words_said and "Traceback" not in words_said
    half = read(out)
    assert 6 <= half["path"].nunique() < 44
    done = subprocess.run(words, cwd=PROJECT, capture_output=True, text=True, timeout=120)
    assert f"44 inputs, {half['path'].nunique() - half['error'].notna().sum()} read before." in done.stderr
    assert read(out)["path"].nunique() == 44


def test_a_path_may_be_a_folder_a_pattern_or_a_list(folder: Path) -> None:
    names = ["a.png", "b.png", "c.mp4", "d.png"]
    assert [path.name for path in expand([folder])] == names
    assert [path.name for path in expand([folder / "*.png"])] == ["a.png", "b.png", "d.png"]
    lines: Iterator[str] = iter([f"{folder / 'b.png'}\n", "\n", f"{folder / 'a.png'}\n"])
    assert [path.name for path in expand(map(Path, with_lines(["-"], lines)))] == ["b.png", "a.png"]
    assert list(expand([folder / "*.gif"])) == [folder / "*.gif"], "it is told as an input that is not there"


@pytest.mark.skipif(os.name == "nt" or sys.platform == "darwin", reason="Names are text there.")
def test_a_name_that_is_no_text_is_a_row_like_others(tmp_path: Path, shipped: ModelFolder) -> None:
    names = (b"/caf\xe9.png", b"/\xff.png", b"/gone\xe9.mp4", b"/gone\xe9.png")
    paths = [Path(os.fsdecode(os.fsencode(tmp_path) + name)) for name in names]
    Image.fromarray(np.zeros((64, 64, 3), np.uint8)).save(paths[0])
    paths[1].write_bytes(b"no picture")
    batch = Batch(tmp_path / "results.csv", shipped, OPTIONS)
    list(batch.read(paths, workers=1))
    assert batch.is_done(paths[0])
    for suffix in (".csv", ".parquet", ".jsonl"):
        batch.out = tmp_path / f"results{suffix}"
        batch.write(paths)
        table = read(batch.out)
        assert Path(table["path"][0]).name == "caf\\udce9.png"
        assert table["error"].notna().tolist() == [False, True, True, True]


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--out", "x.txt"], "must end with"),
        (["--out", "x.csv", "--format", "csv"], "leave out --format"),
        (["--annotated", "drawn"], "need --out"),
        (["--out", "{folder}/a.png/x.csv"], "cannot be written"),  # nobody makes a folder in a file
    ],
)
def test_options_that_make_no_sense_get_a_sentence(options: list[str], sentence: str, folder: Path) -> None:
    done = analyze(folder, *(option.format(folder=folder) for option in options))
    assert done.exit_code == 2 and sentence in done.stderr and "Traceback" not in done.stderr
