"""An hour of visitors who come, stream, upload good and bad files, reload and vanish: what breaks, what stays behind.

    python -m benchmarks.soak --minutes 60 --with-training

What the visitors do is drawn at random from a fixed seed (`benchmarks/_guests.py`); they come as if through a proxy, so
the server takes them for visitors nobody knows. With training, the person at the server's own computer trains on the
synthetic faces beside them, again and again. Every minute the server's vital signs are told; at the end, whether it
passed: no error page, nothing left behind of processes, threads, sockets and files, and the memory flat.
"""

import io
import re
import tempfile
import threading
import time
from pathlib import Path
from typing import Annotated

import psutil
import typer
from PIL import Image

from benchmarks._crowd import example_clip
from benchmarks._guests import Belongings, Diary, Guest
from benchmarks._uploads import bad_files, large_photo, long_video
from benchmarks._vitals import HELD_SESSIONS, LISTENING, Vitals, left_over, rise, take
from emotion_core.vision.media.example import read_example
from tests.browser.serving import Server, end, serve
from tests.support.camera_visitor import MediaLoop
from tests.support.visitor import Visitor

FLAT_FROM = 10.0  # minutes; until then pools and caches grow to their size
FLAT = 30.0  # MiB an hour; a leak of one stream's 30 MiB for each visitor would be fifty times that
_SIGN_EVERY, _TELL_EVERY = 10.0, 60.0  # seconds
_CALM = 150.0  # seconds after which all who vanished are forgotten: 30 of ICE, 30 of the session, and some to spare


def belongings() -> Belongings:
    """Ordinary files, and bad ones."""
    with Image.open(io.BytesIO(read_example())) as picture:
        transparent, gray = io.BytesIO(), io.BytesIO()
        picture.convert("RGBA").save(transparent, "PNG")
        picture.convert("L").save(gray, "PNG")
    photos = {
        "example.png": read_example(),
        "transparent.png": transparent.getvalue(),
        "gray.png": gray.getvalue(),
        "small.jpg": large_photo(1, (640, 480)),
        "phone.jpg": large_photo(2, (4000, 3000)),
        "four k.jpg": large_photo(3),
    }
    videos = {"five.mp4": long_video(5, (640, 480)), "twelve.mp4": long_video(12, (1280, 720))}
    return Belongings(photos, videos, bad_files(), example_clip())


class Operator(threading.Thread):
    """The person at the server's own computer, who trains on synthetic faces all the time. trainings: so far."""

    def __init__(self, url: str, diary: Diary) -> None:
        super().__init__(name="operator", daemon=True)
        self.is_over = threading.Event()
        self._url, self._diary = url, diary

    def run(self) -> None:
        try:
            with Visitor(self._url, seconds=300) as tab:
                while not self.is_over.is_set():
                    self._train(tab.open("train"))
                if tab.open("train").page.has("Stop", "button"):
                    tab.press("Stop")
                    tab.wait_until(lambda: not tab.page.has("Stop", "button"), 300)
            self._diary.note("stop the last training", [*tab.page.errors, *tab.page.exceptions])
        except Exception as error:
            self._diary.note("train", [f"{type(error).__name__}: {error}"])

    def _train(self, tab: Visitor) -> None:
        if not tab.page.has("Start training", "button"):
            tab.stay(5)
            return
        before = len(tab.page.errors)
        tab.press("Start training")
        refused = tab.page.errors[before:]
        self._diary.note("(training refused)" if refused else "train", [] if refused else tab.page.exceptions)
        if refused:
            self.is_over.wait(30)
        while tab.page.has("Stop", "button") and not self.is_over.is_set():
            tab.stay(2)


def soak(server: Server, figures: Path, minutes: float, guests: int, seed: int, with_training: bool) -> list[str]:
    """Let the crowd in, tell the signs, and wait until all are gone; what speaks against the server."""
    diary, things = Diary(), belongings()
    with MediaLoop() as loop:
        _warm_up(server, things, loop)
        before = _calm(server, figures, diary.began)
        print(f"before the crowd: {before}", flush=True)
        crowd: list[Guest | Operator] = [
            Guest(number, seed, server.url, things, loop, diary) for number in range(guests)
        ]
        crowd += [Operator(server.url, diary)] if with_training else []
        diary.began = time.monotonic()
        for one in crowd:
            one.start()
        signs = _watch(server, figures, diary, minutes)
        for one in crowd:
            one.is_over.set()
        for one in crowd:
            one.join(600)
        after = _calm(server, figures, diary.began)
    print(f"after the crowd:  {after}")
    print("done: " + ", ".join(f"{count} x {deed}" for deed, count in sorted(diary.done.items())))
    return [*_in_short(diary.troubles), *left_over(before, after), *_of_memory(signs)]


def _warm_up(server: Server, things: Belongings, loop: MediaLoop) -> None:
    """Everything once, so that what is loaded once is loaded. Raises what went wrong."""
    diary = Diary()
    guest = Guest(-1, 0, server.url, things, loop, diary)
    for deed in guest.deeds:
        guest.do(deed)
    if diary.troubles:
        raise RuntimeError(f"It does not even begin well: {diary.troubles}")


def _calm(server: Server, figures: Path, began: float) -> Vitals:
    """The signs once all sessions and sockets have gone, or when they should have."""
    end_of_patience = time.monotonic() + _CALM
    while time.monotonic() < end_of_patience:
        now = take(server.process, figures, began)
        if now.sessions <= HELD_SESSIONS and now.sockets <= LISTENING and not now.children:
            break
        time.sleep(1)
    return now


def _watch(server: Server, figures: Path, diary: Diary, minutes: float) -> list[Vitals]:
    signs: list[Vitals] = []
    told = 0.0
    while (spent := time.monotonic() - diary.began) < 60 * minutes:
        signs.append(take(server.process, figures, diary.began))
        if spent - told >= _TELL_EVERY:
            told = spent
            print(f"{signs[-1]}, {len(diary.troubles)} troubles", flush=True)
        time.sleep(_SIGN_EVERY)
    return signs


def _of_memory(signs: list[Vitals]) -> list[str]:
    slope = rise(signs, FLAT_FROM)
    highest = max(sign.rss for sign in signs)
    if slope is None:
        print(f"memory: {highest:.0f} MiB at its highest; too short to tell whether it is flat")
        return []
    print(f"memory: {highest:.0f} MiB at its highest, {slope:+.0f} MiB an hour from minute {FLAT_FROM:g} on")
    return [f"the memory rises by {slope:.0f} MiB an hour, more than {FLAT:g}"] if slope > FLAT else []


def _in_short(troubles: list[str], maximum: int = 20) -> list[str]:
    shown = [trouble if len(trouble) < 600 else trouble[:600] + " …" for trouble in troubles[:maximum]]
    return shown + ([f"and {len(troubles) - maximum} more troubles"] if len(troubles) > maximum else [])


def _tell_log(text: str) -> None:
    """How many tracebacks the server wrote, and all of the first, without colours and frames."""
    plain = re.sub(r"\x1b\[[\d;]*m", "", text)
    print(f"the server's log: {plain.count('Traceback')} tracebacks in {len(plain.splitlines())} lines")
    if "Traceback" in plain:
        lines = plain[plain.index("Traceback") :].splitlines()[:200]
        print("\n".join(line for line in (line.strip(" │─╭╮╰╯╷╵|") for line in lines) if line))


def main(
    minutes: Annotated[float, typer.Option()] = 60.0,
    with_training: Annotated[bool, typer.Option("--with-training", help="Train beside the visitors.")] = False,
    guests: Annotated[int, typer.Option(help="How many are there at a time.")] = 6,
    seed: Annotated[int, typer.Option()] = 0,
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        figures, log = place / "figures.json", place / "server.log"
        module = ("benchmarks._instrumented", str(figures))
        # where it is empty, who comes without a proxy is the owner
        server, child = serve(place / "runs", log, module=module, EMOTION_MODE="" if with_training else "public")
        try:
            against = soak(server, figures, minutes, guests, seed, with_training)
        except psutil.NoSuchProcess:
            against = ["the server died", *log.read_text().splitlines()[-20:]]
        finally:
            end(child)
        _tell_log(log.read_text(errors="replace"))
    for reason in against:
        print(f"- {reason}")
    print(
        "FAILED" if against else "passed: no error page, nothing left behind, no rise of the memory that could be told"
    )
    raise SystemExit(bool(against))


if __name__ == "__main__":
    typer.run(main)
