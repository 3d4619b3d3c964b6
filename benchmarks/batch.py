"""`analyze --out` on thousands of pictures: how many a second with 1 and 2 processes, memory, and killed in the middle.

    python -m benchmarks.batch --pictures FOLDER [--count 2000]

The pictures of FOLDER are linked again and again until there are so many. Times count from the first picture that is
read to the last, so that starting the processes does not; the ratio is of two runs one after the other. Then a run is
ended by SIGKILL in its middle and started again: its table must be that of a run that nothing disturbed.
"""

import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path
from typing import Annotated

import pandas as pd
import psutil
import typer

from benchmarks._memory import memory_of
from emotion_core.images import PICTURE_SUFFIXES

_LOOK_EVERY = 0.2  # seconds


@dataclass(frozen=True)
class Run:
    """rate: pictures a second; first, last: PSS of all processes in MiB, at a quarter of the pictures and the last time
    before the processes that read them have ended."""

    rate: float
    first: float
    last: float


def link_pictures(source: Path, folder: Path, count: int) -> None:
    """So many pictures, each of those in `source` many times. Raises `typer.BadParameter` where there are none."""
    pictures = sorted(path for path in source.rglob("*") if path.suffix.lower() in PICTURE_SUFFIXES)
    if not pictures:
        raise typer.BadParameter(f"{source} has no pictures.")
    folder.mkdir()
    for number, picture in enumerate(islice(cycle(pictures), count)):
        (folder / f"{number:06}{picture.suffix.lower()}").symlink_to(picture.resolve())


def start(folder: Path, out: Path, workers: int) -> psutil.Popen:
    words = [sys.executable, "-m", "emotion_core", "analyze", str(folder), "--out", str(out), "--workers", str(workers)]
    return psutil.Popen(words, stderr=subprocess.DEVNULL)


def lines(out: Path) -> int:
    """Inputs that are done."""
    log = out.with_name(f"{out.name}.parts") / "read.jsonl"
    return log.read_bytes().count(b"\n") if log.exists() else 0


def measure(folder: Path, out: Path, workers: int, count: int) -> Run:
    child, first, last, began, done, skipped = start(folder, out, workers), 0.0, 0.0, 0.0, 0, 0
    while child.poll() is None and done < count:
        time.sleep(_LOOK_EVERY)
        done, before = lines(out), done
        if done and not before:
            began, skipped = time.monotonic(), done
        if 0 < done < count:
            last = memory_of(child).pss
            first = first or (last if done >= count // 4 else 0.0)
    seconds = time.monotonic() - began
    child.wait()
    return Run((done - skipped) / seconds, first, last)


def killed_and_resumed(folder: Path, out: Path, count: int) -> None:
    """End it in the middle, the processes that it started too, and let it go on."""
    child = start(folder, out, 2)
    while lines(out) < count // 2:
        time.sleep(_LOOK_EVERY)
    family = [*child.children(recursive=True), child]
    for process in family:
        process.kill()
    psutil.wait_procs(family, 10)
    print(f"killed after {lines(out)} of {count} pictures")
    start(folder, out, 2).wait()


def main(
    pictures: Annotated[Path, typer.Option(help="Folder of pictures.")],
    count: Annotated[int, typer.Option(min=40)] = 2000,
) -> None:
    """Measure the batch command."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "pictures"
        link_pictures(pictures, folder, count)
        runs = {workers: measure(folder, Path(place) / f"with-{workers}.parquet", workers, count) for workers in (1, 2)}
        print("| processes | pictures a second | MiB of all, at a quarter | at the end |\n|---|---|---|---|")
        for workers, run in runs.items():
            print(f"| {workers} | {run.rate:.1f} | {run.first:.0f} | {run.last:.0f} |")
        print(f"\n2 processes are {runs[2].rate / runs[1].rate:.2f} times as fast as one.")
        killed_and_resumed(folder, Path(place) / "killed.parquet", count)
        tables = [pd.read_parquet(Path(place) / name) for name in ("with-2.parquet", "killed.parquet")]
        is_same = tables[0].equals(tables[1])
        print(f"The resumed run's table is {'exactly' if is_same else 'NOT'} that of the undisturbed one.")
        raise SystemExit(0 if is_same else 1)


if __name__ == "__main__":
    typer.run(main)
