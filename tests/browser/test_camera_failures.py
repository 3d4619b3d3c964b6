"""Cameras that are missing, refused, taken or pulled out."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Page, Playwright, expect

from tests.browser.live_page import press_start, press_stop, start, streamer, wait_for_rise
from tests.browser.serving import CHROMIUM, Server

NO_CAMERA, REFUSED, TAKEN, INSECURE = (
    "There is no camera",
    "blocks the camera",
    "Close the other program",
    "only on secure pages",
)


@contextmanager
def opened(playwright: Playwright, server: Server, *flags: str) -> Iterator[Page]:
    """The live page in a browser of its own, whose camera fails as the flags say."""
    browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu", *flags])
    try:
        page = browser.new_page()
        page.goto(server.url)
        yield page
    finally:
        browser.close()


def press_in_vain(page: Page, answer: str) -> None:
    streamer(page).get_by_role("button", name="START").click(timeout=60_000)
    expect(page.get_by_text(answer)).to_be_visible()


@pytest.mark.usefixtures("launch")  # which skips where there is no Chromium
def test_without_a_camera_that_is_said_and_the_sample_plays(playwright: Playwright, server: Server) -> None:
    with opened(playwright, server, "--use-fake-ui-for-media-stream") as page:
        for _ in range(2):
            press_in_vain(page, NO_CAMERA)
        expect(streamer(page).get_by_text("Error")).to_be_hidden()
        page.get_by_role("button", name="Play the sample").click()
        wait_for_rise(page)
        page.get_by_role("button", name="STOP", exact=True).click()
        expect(page.get_by_role("heading", name="Your session")).to_be_visible()
        streamer(page).get_by_role("button", name="START").click(timeout=60_000)
        page.get_by_role("link", name="Use a picture or video").click()
        expect(page.get_by_role("heading", name="Photos and video")).to_be_visible()


@pytest.mark.usefixtures("launch")
def test_a_refused_camera_is_named(playwright: Playwright, server: Server) -> None:
    flags = ("--use-fake-device-for-media-stream", "--deny-permission-prompts")
    with opened(playwright, server, *flags) as page:
        press_in_vain(page, REFUSED)


def test_an_address_that_is_not_secure_is_named_before_start(page: Page, server: Server) -> None:
    page.add_init_script("Object.defineProperty(navigator, 'mediaDevices', { value: undefined })")
    page.goto(server.url)
    expect(page.get_by_text(INSECURE)).to_be_visible(timeout=60_000)


def test_a_taken_camera_is_named_and_start_works_once_it_is_free(page: Page, server: Server) -> None:
    page.add_init_script("""
        const devices = navigator.mediaDevices, open = devices.getUserMedia.bind(devices);
        let taken = 1;
        devices.getUserMedia = (wish) => taken-- > 0
            ? Promise.reject(new DOMException("Could not start video source", "NotReadableError"))
            : open(wish);
    """)
    page.goto(server.url)
    streamer(page).get_by_role("button", name="START").click(timeout=60_000)
    expect(page.get_by_text(TAKEN)).to_be_visible()
    press_start(page)
    expect(page.get_by_text(TAKEN)).to_be_hidden()
    wait_for_rise(page)


def test_a_camera_pulled_out_is_noticed_and_start_works_again(page: Page, server: Server) -> None:
    page.add_init_script("""
        const devices = navigator.mediaDevices, open = devices.getUserMedia.bind(devices);
        devices.getUserMedia = async (wish) => (window.camera = await open(wish));
    """)
    start(page, server)
    wait_for_rise(page)
    for frame in page.frames:  # the component opens the camera within a frame of its own
        frame.evaluate("""() => (window.camera?.getTracks() ?? []).forEach((track) => {
            track.stop();
            track.dispatchEvent(new Event("ended"));  // the browser's own, when the device is gone
        })""")
    expect(page.get_by_role("heading", name="No video received")).to_be_visible()
    press_stop(page)
    press_start(page)
    wait_for_rise(page)
