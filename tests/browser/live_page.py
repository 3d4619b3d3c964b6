"""What tests do on the live page, and what they read there."""

import re
from contextlib import suppress

from playwright.sync_api import Frame, FrameLocator, Locator, Page, expect

from tests.browser.serving import Server
from tests.support.waiting import wait_until

PLAYING = "() => {const v = document.querySelector('#root video'); return v && v.videoWidth > 0 && v.currentTime > 0.3}"


def streamer(page: Page) -> FrameLocator:
    return page.frame_locator('iframe[title="streamlit_webrtc.component.webrtc_streamer"]')


def webrtc_frame(page: Page) -> Frame:
    """The same, to run scripts in."""
    return next(frame for frame in page.frames if "webrtc_streamer" in frame.url)


def start(page: Page, server: Server) -> None:
    page.goto(server.url)
    press_start(page)


def press_start(page: Page) -> None:
    streamer(page).get_by_role("button", name="START").click(timeout=60_000)
    wait_for_video(page)


def press_until(page: Page, button: str, sign: Locator) -> None:
    """A button by keyboard, until something shows that it was pressed: the page draws it anew now and then."""
    for _ in range(5):
        if page.get_by_role("button", name=button).is_visible():
            page.get_by_role("button", name=button).focus()
            page.keyboard.press("Enter")
        with suppress(AssertionError):
            expect(sign.first).to_be_visible(timeout=8_000)
            return
    expect(sign.first).to_be_visible()


def wait_for_video(page: Page) -> None:
    expect(streamer(page).get_by_role("button", name="STOP")).to_be_visible(timeout=40_000)
    streamer(page).locator("#root video").wait_for(timeout=40_000)
    webrtc_frame(page).wait_for_function(PLAYING, timeout=40_000)


def press_stop(page: Page) -> None:
    """STOP, and wait until the page shows the session that was."""
    streamer(page).get_by_role("button", name="STOP").click()
    expect(page.get_by_role("heading", name="Your session")).to_be_visible()


def counts(page: Page) -> tuple[int, int]:
    """Frames processed and frames with a face, as the page says."""
    text = page.get_by_text(re.compile(r"frames a second")).last.inner_text(timeout=60_000)
    found = re.search(r"([\d,]+) frames?, ([\d,]+) with a face", text)
    assert found, text
    return int(found[1].replace(",", "")), int(found[2].replace(",", ""))


def wait_for_rise(page: Page) -> None:
    before = counts(page)
    wait_until(lambda: counts(page)[0] >= before[0] + 10 and counts(page)[1] >= before[1] + 10, 60)


def shown_emotion(page: Page) -> str:
    answer = page.get_by_role("heading", level=3).filter(has_text="%").first.inner_text()
    return answer.removeprefix("uncertain: ").split(" ")[0]
