"""The live page in real browsers: frames a second, camera-to-screen delay, and the server's memory over time.

    python -m benchmarks.streaming --pages 4 --minutes 1
    python -m benchmarks.streaming --minutes 30
    python -m benchmarks.streaming --cycles 200

Each page is a visitor of its own in one Chromium on this computer, whose camera is a clip with one real face and a
frame number in black and white blocks at the top. The number in the picture that comes back, beside the one the camera
shows at that moment, gives the delay (up to the clip's four seconds); it is read ten times a second.
"""

import tempfile
import time
from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from playwright.sync_api import Page, sync_playwright

from tests.browser.camera import RATE, one_face, write_clip
from tests.browser.live_page import press_start, press_stop, start, webrtc_frame
from tests.browser.serving import Server, end, open_browser, serve
from tests.support.frame_numbers import BITS, BLOCK, numbered

_MEMORY_MINUTES = [2, 5, 10, 15, 20, 25]  # of streaming, when memory is told, and at the end

_KEEP_CONNECTION = """window.RTCPeerConnection = class extends RTCPeerConnection {
    constructor(...settings) { super(...settings); window.connection = this; }
}"""
_MEASURE = """async ([seconds, block, bits, frames]) => {
    const local = document.createElement("video");
    local.muted = true;
    local.srcObject = await navigator.mediaDevices.getUserMedia({video: {width: 640, height: 480}});
    await local.play();
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [640, block];
    const context = canvas.getContext("2d", {willReadFrequently: true});
    const read = (video, mirrored) => {
        if (!video || !video.videoWidth) return null;  // the page draws it anew now and then
        // a browser that is short of time sends smaller frames
        context.drawImage(video, 0, 0, video.videoWidth, (block * video.videoHeight) / 480, 0, 0, 640, block);
        const bit = (place) => {
            const x = Math.round((place + 0.5) * block);
            return context.getImageData(mirrored ? 639 - x : x, block / 2, 1, 1).data[1] > 127 ? 1 : 0;
        };
        let number = 0;
        for (let place = 0; place < bits; place++) {
            if (bit(place) === bit(bits + place)) return null;  // the second half is the first one's opposite
            number = 2 * number + bit(place);
        }
        return number;
    };
    const delays = [];
    for (const end = performance.now() + 1000 * seconds; performance.now() < end;) {
        const [now, then] = [read(local, false), read(document.querySelector("#root video"), true)];
        if (now !== null && then !== null) delays.push((now - then + frames) % frames);
        await new Promise((done) => setTimeout(done, 100));
    }
    local.srcObject.getTracks().forEach((track) => track.stop());
    return delays;
}"""


def measure_delays(page: Page, seconds: float, frames: int) -> list[float]:
    """Milliseconds from the camera to the screen."""
    delays = webrtc_frame(page).evaluate(_MEASURE, [seconds, BLOCK, BITS, frames])
    return [1000 * delay / RATE for delay in delays]


def frames_back(page: Page) -> tuple[int, float]:
    """How many processed frames have come back to the page, and the second of that. Not what the page writes: where one
    computer draws four pages beside the server, that stands still for many seconds."""
    count = webrtc_frame(page).evaluate("""async () => {
        const reports = [...(await window.connection.getStats()).values()];
        return reports.find((report) => report.type === "inbound-rtp").framesReceived;
    }""")
    return count, time.monotonic()


def stream(server: Server, pages: list[Page], minutes: float, frames: int) -> None:
    for page in pages:
        page.set_default_timeout(120_000)  # the others stream already
        page.add_init_script(_KEEP_CONNECTION)
        start(page, server)
    time.sleep(10)
    before, began = [frames_back(page) for page in pages], time.monotonic()
    memory: list[tuple[float, float]] = []
    while time.monotonic() - began < 60 * minutes:
        time.sleep(5)
        memory.append((time.monotonic() - began, server.process.memory_info().rss / 2**20))
    after = [frames_back(page) for page in pages]
    rates = [(n - m) / (end - start) for (m, start), (n, end) in zip(before, after, strict=True)]
    print(
        f"frames a second of each page, processed and back in the browser: {', '.join(f'{rate:.1f}' for rate in rates)}"
    )
    delays = [delay for page in pages for delay in measure_delays(page, 10, frames)]  # reading them takes time itself
    middle, high = np.percentile(delays, [50, 95]) if delays else (np.nan, np.nan)
    print(f"camera to screen: median {middle:.0f} ms, 95th percentile {high:.0f} ms, {len(delays)} readings")
    moments = [*_MEMORY_MINUTES[: np.searchsorted(_MEMORY_MINUTES, minutes)], minutes]
    sizes = [next((size for moment, size in memory if moment >= 60 * minute), memory[-1][1]) for minute in moments]
    series = ", ".join(f"{minute:g} min {size:.0f} MiB" for minute, size in zip(moments, sizes, strict=True))
    print(f"resident memory: {series}")


def cycle(server: Server, page: Page, cycles: int) -> None:
    """START and STOP again and again."""
    page.goto(server.url)
    for number in range(1, cycles + 1):
        press_start(page)
        press_stop(page)
        if number % 10 == 0:
            time.sleep(2)
            process, sockets = server.process, len(server.process.net_connections())
            size = process.memory_info().rss / 2**20
            print(f"{number} cycles: {process.num_threads()} threads, {sockets} sockets, {size:.0f} MiB", flush=True)


def main(
    pages: Annotated[int, typer.Option()] = 1,
    minutes: Annotated[float, typer.Option()] = 1.0,
    cycles: Annotated[int, typer.Option(help="Start and stop this often instead.")] = 0,
) -> None:
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        clip = numbered(one_face())
        camera = write_clip(clip, Path(folder) / "camera.mjpeg")
        server, child = serve(Path(folder) / "runs", Path(folder) / "server.log")
        try:
            browser = open_browser(playwright, camera)
            opened = [browser.new_context().new_page() for _ in range(1 if cycles else pages)]
            if cycles:
                cycle(server, opened[0], cycles)
            else:
                stream(server, opened, minutes, len(clip))
        finally:
            end(child)


if __name__ == "__main__":
    typer.run(main)
