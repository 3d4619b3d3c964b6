"""How many visitors one server serves at a time: frames a second and delay of each, and what the processor does.

    python -m benchmarks.capacity --visitors 1,2,4,8,12 --seconds 20

Every visitor is an aiortc client with a tab that refreshes itself as a browser's does. Its camera sends as many frames
a second as the page asks for, 640 x 480, encoded once before; what comes back is decoded for one visitor at a time, in
turns. Unlike a browser, it does not send less where packets are lost. A frame's delay is from its way out of the camera
to its way back, complete: what a browser needs to encode, buffer, decode and show comes on top. The server's processor
time is counted in its own threads (`benchmarks/_instrumented.py`); the visitors' share, which no server pays in
earnest, is told apart.
"""

import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import numpy as np
import psutil
import typer

from benchmarks._crowd import Reading, Streamer, example_clip, streaming
from benchmarks._stages import ANALYZE, DECODE, ENCODE, SENSE, TOTAL, WORK, Figures, read_figures
from tests.browser.camera import RATE
from tests.browser.serving import end, serve
from tests.support.camera_visitor import Clip

AIM_VISITORS, AIM_RATE = 8, 8.0  # frames a second
_SETTLE = 5.0  # seconds after the last START
_MIN_TURN = 2.0  # seconds that one visitor's frames are watched
_STARVED = 0.5  # of the median visitor's frames a second


@dataclass(frozen=True)
class Share:
    """What one visitor got. camera: frames a second that it sent; rate: processed frames a second that came back; back:
    all of them, repeated ones included; faces: share of processed frames with a face; delays: seconds, while watched.
    """

    camera: int
    rate: float
    back: float
    faces: float
    delays: list[float]


@dataclass(frozen=True)
class Measured:
    """One number of visitors: what each got, and the server's figures; client: processor cores that the visitors kept
    busy themselves; late: 95th percentile of the seconds by which their cameras were late."""

    shares: list[Share]
    server: Figures
    client: float
    late: float

    @property
    def delays(self) -> list[float]:
        return [delay for share in self.shares for delay in share.delays]

    @property
    def slowest(self) -> float:
        """Frames a second of the visitor who got least."""
        return min(share.rate for share in self.shares)

    @property
    def is_somebody_starved(self) -> bool:
        return self.slowest < _STARVED * float(np.median([share.rate for share in self.shares]))


def measure(count: int, seconds: float, clip: Clip, settle: float = _SETTLE) -> Measured:
    """So many visitors for so long, or longer where each one's turn of being watched would be too short.

    settle: seconds between the last START and the first figures.
    """
    with tempfile.TemporaryDirectory() as folder:
        figures = Path(folder) / "figures.json"
        server, child = serve(
            Path(folder) / "runs",
            Path(folder) / "server.log",
            module=("benchmarks._instrumented", str(figures)),
            EMOTION_STREAMS=str(count),
            EMOTION_MODE="public",
        )
        try:
            with streaming(server.url, count, clip) as crowd:
                time.sleep(settle)
                return _look(crowd, figures, max(_MIN_TURN, seconds / count))
        finally:
            end(child)


def _look(crowd: list[Streamer], figures: Path, turn: float) -> Measured:
    began, before, spent = read_figures(figures), [one.read() for one in crowd], time.process_time()
    late_before = [len(one.camera.lateness) for one in crowd]
    for one in crowd:
        one.camera.watch(True)
        time.sleep(turn)
        one.camera.watch(False)
    spent = time.process_time() - spent
    after, server = [one.read() for one in crowd], read_figures(figures).since(began)
    for one in crowd:
        if one.failure:
            raise RuntimeError("A visitor's tab failed while it was measured.") from one.failure
    late = [moment for one, start in zip(crowd, late_before, strict=True) for moment in one.camera.lateness[start:]]
    shares = [_share(*them) for them in zip(crowd, before, after, strict=True)]
    return Measured(shares, server, spent / (after[0].time - before[0].time), float(np.percentile(late, 95)))


def _share(one: Streamer, before: Reading, after: Reading) -> Share:
    seconds = after.time - before.time
    processed = max(0, after.processed - before.processed)  # a stream that was cut off counts from 0 again
    back = (after.back - before.back) / seconds
    faces = max(0.0, (after.faces - before.faces) / processed) if processed else 0.0
    return Share(one.camera.rate, min(processed / seconds, back), back, faces, one.camera.delays)


def advice(measured: Measured, cores: int) -> list[str]:
    """What the figures suggest next, a sentence each."""
    server, count = measured.server, len(measured.shares)
    largest = max(WORK, key=server.cores)
    lines = [
        f"The largest stage is {largest} ({SENSE[largest]}): {server.cores(largest) / server.cores(TOTAL):.0%} of the "
        f"server's time, {server.milliseconds(largest):.1f} ms each."
    ]
    busy = server.cores(TOTAL) + measured.client
    if busy > 0.9 * cores:
        lines.append(
            f"Both cores are full ({server.cores(TOTAL):.2f} server, {measured.client:.2f} visitors): a frame more for "
            "one is a frame less for another."
            if cores == 2
            else f"All {cores} cores are full."
        )
    unused = 1 - server.rate(ANALYZE) / server.rate(DECODE) if server.rate(DECODE) else 0.0
    if unused > 0.3:
        saved = unused * server.cores(DECODE)
        lines.append(
            f"{unused:.0%} of the frames that are decoded are never analyzed: cameras that send fewer when the server "
            f"is busy would free up to {saved:.2f} cores."
        )
    repeated = 1 - server.rate(ANALYZE) / server.rate(ENCODE) if server.rate(ENCODE) else 0.0
    if repeated > 0.1:
        saved = repeated * server.cores(ENCODE)
        lines.append(
            f"{repeated:.0%} of the frames that are encoded show what the one before showed: leaving them out would "
            f"free up to {saved:.2f} cores."
        )
    rate = sum(share.rate for share in measured.shares)
    if not rate:
        return [*lines, "Nothing came back at all: the machine was too busy to measure."]
    each = server.cores(TOTAL) / rate
    lines.append(
        f"A frame back costs the server {1000 * each:.0f} ms of processor time in all: {cores} cores of its own would "
        f"give {count} visitors about {min(RATE, cores / each / count):.0f} frames a second each."
    )
    return lines


def tell(measured: Measured) -> None:
    """One number of visitors, in words and figures."""
    count, server = len(measured.shares), measured.server
    print(f"\n## {count} visitor{'s' if count > 1 else ''}, {server.time:.0f} s\n")
    print("| visitor | camera | frames/s | back, with repeated ones | with a face | delay, median | 95th percentile |")
    print("|---|---|---|---|---|---|---|")
    for number, share in enumerate(measured.shares, start=1):
        counts = f"{share.camera} | {share.rate:.1f} | {share.back:.1f} | {share.faces:.0%}"
        print(f"| {number} | {counts} | {_delays(share.delays)} |")
    print(f"\nslowest visitor: {measured.slowest:.1f} frames/s; all delays: {_delays(measured.delays)}")
    print(f"server: {server.cores(TOTAL):.2f} cores, of which")
    for stage in WORK:
        part = server.cores(stage) / server.cores(TOTAL)
        calls = (
            f", {server.rate(stage):.0f} a second of {server.milliseconds(stage):.2f} ms" if server.calls[stage] else ""
        )
        print(f"  {stage:<10} {part:4.0%}{calls}  ({SENSE[stage]})")
    rest = 1 - sum(server.cores(stage) for stage in WORK) / server.cores(TOTAL)
    print(f"  {'the rest':<10} {rest:4.0%}")
    print(
        f"visitors themselves: {measured.client:.2f} cores, {measured.client / count:.3f} each; their cameras were "
        f"{1000 * measured.late:.0f} ms late (95th percentile)",
        flush=True,
    )


def _delays(delays: list[float]) -> str:
    if not delays:
        return "none | none"
    middle, high = 1000 * np.percentile(delays, [50, 95])
    return f"{middle:.0f} ms | {high:.0f} ms"


def main(
    visitors: Annotated[str, typer.Option(help="Numbers of visitors, commas between.")] = "1,2,4,8,12",
    seconds: Annotated[float, typer.Option(help="Measured, for each number of visitors.")] = 20.0,
) -> None:
    cores, clip = psutil.cpu_count() or 1, example_clip()
    for count in [int(number) for number in visitors.split(",")]:
        measured = measure(count, seconds, clip)
        tell(measured)
        if count == AIM_VISITORS:
            is_met = measured.slowest >= AIM_RATE and not measured.is_somebody_starved
            print(f"aim, {count} visitors at {AIM_RATE:g} frames/s, none starved: {'met' if is_met else 'missed'}")
    print("\nWhat the figures suggest next:")
    for line in advice(measured, cores):
        print(f"- {line}")


if __name__ == "__main__":
    typer.run(main)
