"""What the server takes: time to its first page and to the first processed frame, and memory, each on a fresh server.

    python -m benchmarks.footprint
    python -m benchmarks.footprint --case "1 stream" --case photos

Visitors come without a browser (`tests/support/visitor.py`). Memory is in MiB, of the server and all its children, at
rest after the case and at its highest meanwhile: RSS, and PSS, which divides what processes share, the visitors' own
included, so that the truth for a server alone is nearer to RSS, which the aims are held against. Times are ratios to
the first page of a Streamlit app that shows one line, in the same run.
"""

import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from benchmarks._crowd import example_clip, streaming
from benchmarks._memory import HighWater, Memory, memory_of, settled
from benchmarks._uploads import large_photo, long_video
from tests.browser.serving import APP, Server, end, serve
from tests.support.camera_visitor import CameraVisitor, Clip, MediaLoop
from tests.support.visitor import Visitor

PAGES = {"": "Live", "analyze": "Photos and video", "data": "Data", "train": "Train", "runs": "Runs", "about": "About"}
UPLOADER = "Pictures or videos"
AIMS = {"1 stream": 350, "all together": 512}  # MiB, highest
_PATIENCE = 600.0  # seconds for a visitor's files on a busy machine

Case = Callable[[Server], None]


@contextmanager
def fresh(script: Path = APP) -> Iterator[Server]:
    """A server that nobody has visited, open to visitors only."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        server, child = serve(place / "runs", place / "server.log", script=script, EMOTION_MODE="public")
        try:
            yield server
        finally:
            end(child)


def first_page(script: Path = APP) -> float:
    """Seconds from a visitor's coming to a fresh server until the first page is drawn."""
    with fresh(script) as server:
        began = time.monotonic()
        with Visitor(server.url) as visitor:
            visitor.open()
            return time.monotonic() - began


def bare_page() -> float:
    """The same for an app of one line."""
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "bare.py"
        script.write_text('import streamlit as st\n\nst.write("Hello")\n')
        return first_page(script)


def first_frame(clip: Clip) -> float:
    """Seconds from START on a fresh server's first page to the first frame back that was processed."""
    with fresh() as server, MediaLoop() as loop, Visitor(server.url) as tab:
        camera = CameraVisitor(tab.open(), clip, loop)
        began = time.monotonic()
        camera.start(is_watched=True)
        tab.wait_until(lambda: bool(camera.seen))  # the numbers are read in the mirror, which only processed ones have
        return time.monotonic() - began


def one_page(address: str) -> Case:
    def visit(server: Server) -> None:
        with Visitor(server.url) as visitor:
            visitor.open(address)

    return visit


def every_page(server: Server) -> None:
    with Visitor(server.url) as visitor:
        for address in PAGES:
            visitor.open(address)


def streams(count: int, seconds: float, clip: Clip) -> Case:
    def visit(server: Server) -> None:
        with streaming(server.url, count, clip):
            time.sleep(seconds)

    return visit


def uploads(files: dict[str, bytes]) -> Case:
    def visit(server: Server) -> None:
        with Visitor(server.url, seconds=_PATIENCE) as visitor:
            refused = [a.status for a in visitor.open("analyze").upload(UPLOADER, files) if a.status >= 300]
            if refused or visitor.page.errors:
                raise RuntimeError(f"Not every file was analyzed: {refused} {visitor.page.errors}")

    return visit


def together(cases: Sequence[Case]) -> Case:
    """All at the same time. Raises what the first that failed did."""

    def visit(server: Server) -> None:
        failures: list[Exception] = []

        def play(case: Case) -> None:
            try:
                case(server)
            except Exception as error:
                failures.append(error)

        threads = [threading.Thread(target=play, args=(case,)) for case in cases]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if failures:
            raise failures[0]

    return visit


def measure(case: Case) -> tuple[Memory, Memory, Memory]:
    """Before anybody came, at rest afterwards, and at its highest."""
    with fresh() as server:
        before = memory_of(server.process)
        with HighWater(server.process) as water:
            case(server)
        after = settled(server.process)
        return before, after, max(after, water.highest, key=lambda memory: memory.rss)


def all_cases(seconds: float) -> dict[str, Case]:
    """By name. seconds: that streams last."""
    clip, photos = example_clip(), {f"photo {number}.jpg": large_photo(number) for number in range(5)}
    video = {"minute.mp4": long_video(60)}
    pages = {f"page {name}": one_page(address) for address, name in PAGES.items()}
    return {
        **pages,
        "every page": every_page,
        "1 stream": streams(1, seconds, clip),
        "4 streams": streams(4, seconds, clip),
        "photos": uploads(photos),
        "video": uploads(video),
        "all together": together([streams(4, seconds, clip), uploads(photos), uploads(video), *pages.values()]),
    }


def tell_times(clip: Clip) -> None:
    bare = bare_page()
    for what, seconds in (("first page", first_page()), ("START to the first processed frame", first_frame(clip))):
        print(
            f"{what}: {seconds / bare:.1f} x the first page of a bare app ({seconds:.1f} s, {bare:.1f} s)", flush=True
        )


def main(
    case: Annotated[list[str] | None, typer.Option(help="Only this one; may be given several times.")] = None,
    seconds: Annotated[float, typer.Option(help="How long streams last.")] = 20.0,
    times: Annotated[bool, typer.Option(help="Measure the first page and the first frame.")] = True,
) -> None:
    cases = all_cases(seconds)
    unknown = set(case or ()) - set(cases)
    if unknown:
        raise SystemExit(f"There is no case {', '.join(sorted(unknown))}; there are: {', '.join(cases)}.")
    if times:
        tell_times(example_clip())
    print("\n| case | at rest, RSS | PSS | at its highest, RSS | PSS | aim |\n|---|---|---|---|---|---|")
    for name in case or cases:
        before, after, highest = measure(cases[name])
        if name == (case or list(cases))[0]:
            print(f"| nobody yet | {before.rss:.0f} | {before.pss:.0f} | – | – | – |")
        aim = AIMS.get(name)
        told = f"{aim}: {'met' if highest.rss <= aim else 'missed'}" if aim else "–"
        figures = " | ".join(f"{size:.0f}" for size in (after.rss, after.pss, highest.rss, highest.pss))
        print(f"| {name} | {figures} | {told} |", flush=True)


if __name__ == "__main__":
    typer.run(main)
