"""Thousands of changed files for the readers of pictures and videos: does one crash, hang or fill the memory?

    python -m benchmarks.fuzz --count 3000 [--seed 0]

Good files are changed at random, in bytes, blocks and length, and read in a process of their own, as uploads are. What
is told: how many were read and how many got a sentence; each crash, each reading of more than five seconds, and the
memory of the process at its highest. The same seed makes the same files.
"""

import io
import multiprocessing
import random
import resource
import time
from collections import Counter
from multiprocessing.connection import Connection
from typing import Annotated

import typer

from emotion_core.images import ImageError, read_rgb
from emotion_core.limits import VISITOR
from emotion_core.vision.media.video_reader import VideoError, VideoReader
from tests.support.mutations import PICTURES, VIDEOS, Edit, good_file, mutated

_LONGEST, _MOST = 5.0, 700.0  # seconds of one file, MiB of the process
_KILLED_AFTER = 30.0  # seconds


def changed_file(kind: str, good: bytes, chance: random.Random) -> bytes:
    """Single bytes, or blocks of one byte or of noise, and now and then a cut."""
    edits = []
    for _ in range(chance.choice((1, 2, 5, 20))):
        size = chance.choice((1, 1, 4, 16, 256))
        content = bytes([chance.choice((0, 255, 127))]) * size if chance.random() < 0.4 else chance.randbytes(size)
        place = chance.random() ** (3 if chance.random() < 0.5 else 1)  # headers come first
        edits.append(Edit(place, content))
    return mutated(good, edits, chance.uniform(0.05, 1) if chance.random() < 0.2 else 1.0)


def read(kind: str, content: bytes) -> str:
    """ "read", or "refused" with a sentence."""
    try:
        if kind in PICTURES:
            read_rgb(content, "it")
        else:
            with VideoReader(io.BytesIO(content), "it", VISITOR) as reader:
                for frame in reader.frames():
                    frame.image()
    except (ImageError, VideoError):
        return "refused"
    return "read"


def _serve(connection: Connection) -> None:
    while True:
        kind, content = connection.recv()
        try:
            answer = read(kind, content)
        except Exception as error:
            answer = f"{type(error).__name__}: {error}"
        connection.send((answer, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024))


class Reader:
    """A process that reads, begun anew when it is gone. highest: MiB that one had."""

    def __init__(self) -> None:
        self.highest = 0.0
        self._begin()

    def read(self, kind: str, content: bytes) -> str:
        """What came of a file; "crash" or "hang" where nothing did."""
        began = time.monotonic()
        self._connection.send((kind, content))
        while not self._connection.poll(0.02):
            spent = time.monotonic() - began
            if not self._process.is_alive() or spent > _KILLED_AFTER:
                self.close()
                self._begin()
                return "hang" if spent > _KILLED_AFTER else "crash"
        try:
            answer, highest = self._connection.recv()
        except EOFError:
            self.close()
            self._begin()
            return "crash"
        self.highest = max(self.highest, highest)
        return "hang" if time.monotonic() - began > _LONGEST else answer

    def close(self) -> None:
        self._process.kill()
        self._process.join()

    def _begin(self) -> None:
        self._connection, theirs = multiprocessing.Pipe()
        self._process = multiprocessing.get_context("spawn").Process(target=_serve, args=(theirs,), daemon=True)
        self._process.start()
        theirs.close()


def main(
    count: Annotated[int, typer.Option(help="Files of all kinds together.")] = 3000,
    seed: Annotated[int, typer.Option()] = 0,
) -> None:
    """Change files and read them."""
    chance, reader, told, bad = random.Random(seed), Reader(), Counter[tuple[str, str]](), 0
    kinds = (*PICTURES, *VIDEOS)
    good = {kind: good_file(kind) for kind in kinds}
    for number in range(count):
        kind = kinds[number % len(kinds)]
        answer = reader.read(kind, changed_file(kind, good[kind], chance))
        told[kind, answer if answer in ("read", "refused") else "bad"] += 1
        if answer not in ("read", "refused"):
            bad += 1
            print(f"file {number} of seed {seed}, {kind}: {answer}", flush=True)
    reader.close()
    print("| kind | read | refused | bad |\n|---|---|---|---|")
    for kind in kinds:
        print(f"| {kind} | {told[kind, 'read']} | {told[kind, 'refused']} | {told[kind, 'bad']} |")
    print(f"{count} files, {bad} bad; the process had {reader.highest:.0f} MiB at its highest.")
    raise SystemExit(1 if bad or reader.highest > _MOST else 0)


if __name__ == "__main__":
    typer.run(main)
