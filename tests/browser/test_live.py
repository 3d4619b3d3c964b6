"""The live page in a real browser: from START to the emotion on the screen."""

import re
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Browser, FrameLocator, Page, expect

from emotion_core.store.active import active_model
from emotion_core.vision.analyzer import FaceAnalyzer
from emotion_core.vision.cascade import LIVE_SETTINGS, CascadeDetector
from emotion_core.vision.classifier import Classifier
from tests.browser.camera import one_face
from tests.browser.conftest import Server
from tests.waiting import wait_until

MAX_RESIDENT = 400 * 2**20
PLAYING = "() => {const v = document.querySelector('#root video'); return v && v.videoWidth > 0 && v.currentTime > 0.3}"


def streamer(page: Page) -> FrameLocator:
    return page.frame_locator('iframe[title="streamlit_webrtc.component.webrtc_streamer"]')


def start(page: Page, server: Server) -> None:
    page.goto(server.url)
    press_start(page)


def press_start(page: Page) -> None:
    streamer(page).get_by_role("button", name="START").click(timeout=60_000)
    wait_for_video(page)


def wait_for_video(page: Page) -> None:
    expect(streamer(page).get_by_role("button", name="STOP")).to_be_visible(timeout=20_000)
    streamer(page).locator("#root video").wait_for(timeout=20_000)
    frame = next(frame for frame in page.frames if "webrtc_streamer" in frame.url)
    frame.wait_for_function(PLAYING, timeout=20_000)


def counts(page: Page) -> tuple[int, int]:
    """Frames processed and frames with a face, as the page says."""
    text = page.get_by_text(re.compile(r"frames a second")).inner_text(timeout=60_000)
    found = re.search(r"([\d,]+) frames?, ([\d,]+) with a face", text)
    assert found, text
    return int(found[1].replace(",", "")), int(found[2].replace(",", ""))


def wait_for_rise(page: Page) -> None:
    before = counts(page)
    wait_until(lambda: counts(page)[0] >= before[0] + 10 and counts(page)[1] >= before[1] + 10, 60)


def shown_emotion(page: Page) -> str:
    return page.get_by_role("heading", level=3).first.inner_text().removeprefix("uncertain: ").split(" ")[0]


def test_the_stream_shows_the_emotion_that_the_core_finds(page: Page, server: Server) -> None:
    analyzer = FaceAnalyzer(CascadeDetector(LIVE_SETTINGS), Classifier(active_model()))
    expected = {face.emotion for frame in one_face()[::5] for face in analyzer.analyze(frame)[:1]}
    assert expected, "The clip must show a face."

    start(page, server)
    wait_for_rise(page)
    wait_until(lambda: shown_emotion(page) in expected, 10, lambda: f"{shown_emotion(page)} is none of {expected}")


def test_stop_reload_and_coming_back_each_leave_a_working_page(page: Page, server: Server) -> None:
    start(page, server)
    wait_for_rise(page)
    streamer(page).get_by_role("button", name="STOP").click()
    expect(page.get_by_role("heading", name="Not running")).to_be_visible(timeout=10_000)

    press_start(page)
    wait_for_rise(page)
    page.reload()
    press_start(page)
    wait_for_rise(page)

    page.get_by_role("link", name="Train").click()
    expect(page.get_by_role("heading", name="Train", exact=True)).to_be_visible(timeout=20_000)
    page.get_by_role("link", name="Live").click()
    press_start(page)
    wait_for_rise(page)


def test_two_visitors_at_once_see_their_own_faces(
    launch: Callable[[Path], Browser], server: Server, one_face_clip: Path, two_faces_clip: Path
) -> None:
    alone, couple = launch(one_face_clip).new_page(), launch(two_faces_clip).new_page()
    start(alone, server)
    start(couple, server)
    of_two = couple.get_by_text("largest of 2 faces")
    expect(of_two).to_be_visible(timeout=20_000)
    for _ in range(3):
        wait_for_rise(alone)
        wait_for_rise(couple)
        assert alone.get_by_text("largest of").count() == 0
    expect(of_two).to_be_visible(timeout=20_000)


def test_the_server_stays_small_and_never_loads_tensorflow(page: Page, fresh_server: Server) -> None:
    for _ in range(3):
        start(page, fresh_server)
        wait_for_rise(page)
    libraries = {Path(entry.path).name for entry in fresh_server.process.memory_maps()}
    assert any("litert" in name.lower() or "tflite" in name.lower() for name in libraries), libraries
    assert not [name for name in libraries if "tensorflow" in name.lower()]
    assert fresh_server.process.memory_info().rss < MAX_RESIDENT
