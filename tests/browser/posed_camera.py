"""A camera that shows a picture, another one whenever a test says so."""

import base64

import cv2
import numpy as np
from playwright.sync_api import Page

from tests.browser.live_page import streamer, wait_for_rise, wait_for_video, webrtc_frame
from tests.browser.serving import Server

_SCRIPT = """
(() => {
    if (!navigator.mediaDevices) return;
    let canvas, picture;  // made once they are needed: this script runs before the frame has its own document
    const draw = () => canvas.getContext("2d").drawImage(picture, 0, 0, 640, 480);
    window.showPicture = (source) => new Promise((done, failed) => {
        const next = new Image();
        next.onload = () => done(picture = next);
        next.onerror = () => failed("no picture");
        next.src = source;
    }).then(() => undefined);
    navigator.mediaDevices.getUserMedia = async () => {
        canvas = document.createElement("canvas");
        [canvas.width, canvas.height] = [640, 480];
        setInterval(draw, 33);
        return canvas.captureStream(30);
    };
})();
"""


def start(page: Page, server: Server, image: np.ndarray) -> None:
    """Open the live page and press START with a camera that shows this first, uint8 [480, 640, 3] RGB."""
    page.add_init_script(_SCRIPT)
    page.goto(server.url)
    button = streamer(page).get_by_role("button", name="START")
    button.wait_for(timeout=60_000)
    show(page, image)
    button.click()
    wait_for_video(page)
    wait_for_rise(page)


def show(page: Page, image: np.ndarray) -> None:
    """From now on the camera shows this, uint8 [480, 640, 3] RGB."""
    png = cv2.imencode(".png", cv2.cvtColor(image, cv2.COLOR_RGB2BGR))[1]
    source = f"data:image/png;base64,{base64.b64encode(png.tobytes()).decode()}"
    webrtc_frame(page).evaluate("(source) => window.showPicture(source)", source)


def framed(picture: np.ndarray) -> np.ndarray:
    """A picture of a face as a camera sees it: uint8 [480, 640, 3] RGB, gray beside it."""
    scale = 480 / picture.shape[0]
    width = min(640, round(picture.shape[1] * scale))
    canvas = np.full((480, 640, 3), 128, np.uint8)
    left = (640 - width) // 2
    canvas[:, left : left + width] = cv2.resize(picture, (width, 480), interpolation=cv2.INTER_AREA)
    return canvas
