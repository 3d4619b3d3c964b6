"""Pictures of the live page in each of its states: `python -m tests.browser.screenshots FOLDER`.

At a laptop's and a phone's size, light and dark, with portraits in the public domain before the camera. Made to be
looked at; the README shows some.
"""

import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from playwright.sync_api import Browser, Page, Playwright, expect, sync_playwright

from emotion_core.vision.assets import SAMPLE_CLIP
from emotion_core.vision.media.video_sampling import VideoReader
from tests.browser.camera import RATE, write_clip
from tests.browser.live_page import press_start, press_stop, streamer, wait_for_rise
from tests.browser.serving import CHROMIUM, FLAGS, Server, open_browser, served

SIZES = {"laptop": (1366, 768), "phone": (390, 844)}
SCHEMES = ("light", "dark")
ALONE_SECONDS = 6.0  # of the clip's beginning, which shows one face
_SETTLE = 1.5  # seconds, for what fades in


def idle(page: Page) -> None:
    page.locator("video").first.wait_for(timeout=60_000)


def sample(page: Page) -> None:
    idle(page)
    time.sleep(_SETTLE)
    page.get_by_role("button", name="Play the sample").click(timeout=60_000)
    wait_for_rise(page)
    time.sleep(6)


def playing(page: Page) -> None:
    press_start(page)
    wait_for_rise(page)
    time.sleep(8)


def stopped(page: Page) -> None:
    playing(page)
    press_stop(page)


def held(page: Page) -> None:
    playing(page)
    page.get_by_role("button", name="Hold this face").click()
    page.get_by_text("Explain", exact=True).last.click()
    page.get_by_text("This is of the one picture").scroll_into_view_if_needed()


def failed(page: Page) -> None:
    streamer(page).get_by_role("button", name="START").click(timeout=60_000)
    expect(page.get_by_text("There is no camera")).to_be_visible()


def game(page: Page) -> None:
    press_start(page)
    wait_for_rise(page)
    page.get_by_role("button", name="Show all seven").click()
    expect(page.get_by_text("2 of 7. Happy!").first).to_be_visible(timeout=60_000)


def collage(page: Page) -> None:
    game(page)
    expect(page.get_by_role("heading", name="of 600 points")).to_be_visible(timeout=90_000)
    page.get_by_role("button", name="Animation").scroll_into_view_if_needed()


STATES: dict[str, Callable[[Page], None]] = {
    state.__name__: state for state in (idle, sample, playing, stopped, held, failed, game, collage)
}


def portrait_camera(path: Path, seconds: float = 60.0) -> Path:
    """A clip for the fake camera: the sample clip, or its beginning, at the camera's rate."""
    with VideoReader(SAMPLE_CLIP) as reader:
        images = [(frame.time, frame.image()) for frame in reader.frames()]
        times, length = np.array([time for time, _ in images]), min(reader.length, seconds)
    places = np.searchsorted(times, np.arange(0, length, 1 / RATE), side="right") - 1
    return write_clip([images[place][1] for place in places.clip(0)], path)


@contextmanager
def opened(playwright: Playwright, server: Server, clip: Path, state: str, size: str, scheme: str) -> Iterator[Page]:
    """The live page in one of its states."""
    if state == "failed":
        flags = [flag for flag in FLAGS if "fake-device" not in flag]
        browser: Browser = playwright.chromium.launch(executable_path=CHROMIUM, args=flags)
    else:
        browser = open_browser(playwright, clip)
    width, height = SIZES[size]
    page = browser.new_page(viewport={"width": width, "height": height}, color_scheme=scheme)  # type: ignore[arg-type]
    try:
        page.goto(server.url)
        STATES[state](page)
        time.sleep(_SETTLE)
        yield page
    finally:
        browser.close()


def main(
    folder: Annotated[Path, typer.Argument(help="Where the pictures go.")],
    only: Annotated[str, typer.Option(help="One state.")] = "",
) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as place, served(Path(place)) as server, sync_playwright() as playwright:
        both = portrait_camera(Path(place) / "portraits.mjpeg")
        alone = portrait_camera(Path(place) / "portrait.mjpeg", ALONE_SECONDS)
        for state in [only] if only else STATES:
            for size in SIZES:
                for scheme in SCHEMES:
                    clip = alone if state in ("game", "collage") else both
                    with opened(playwright, server, clip, state, size, scheme) as page:
                        path = folder / f"{state}-{size}-{scheme}.png"
                        page.screenshot(path=path)
                        print(path)


if __name__ == "__main__":
    typer.run(main)
