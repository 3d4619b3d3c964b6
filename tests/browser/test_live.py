"""The live page in a real browser: from START to the emotion on the screen."""

import io
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import psutil
import pytest
from PIL import Image
from playwright.sync_api import Browser, FloatRect, Locator, Page, Playwright, expect

from emotion_core.emotions import EMOTIONS
from emotion_core.registry.active import active_model, promote
from emotion_core.registry.model_folder import models_root
from emotion_core.vision.detection.available import PICTURE_DETECTOR
from emotion_core.vision.faces.analyzer import new_analyzer
from emotion_core.vision.faces.classifier import Classifier
from tests.browser.camera import one_face
from tests.browser.live_page import press_start, press_stop, shown_emotion, start, streamer, wait_for_rise, webrtc_frame
from tests.browser.serving import Server, end, open_browser, serve
from tests.support.waiting import wait_until

MAX_RESIDENT = 420 * 2**20  # 370 with one visitor, 20 more for each of the last two minutes; TensorFlow takes 500


def test_the_stream_shows_the_emotion_that_the_core_finds(page: Page, server: Server) -> None:
    analyzer = new_analyzer(PICTURE_DETECTOR, Classifier(active_model()))
    expected = {face.emotion for frame in one_face()[::5] for face in analyzer.analyze(frame)[:1]}
    assert expected, "The clip must show a face."

    start(page, server)
    wait_for_rise(page)
    wait_until(lambda: shown_emotion(page) in expected, 10, lambda: f"{shown_emotion(page)} is none of {expected}")


def test_stop_reload_and_coming_back_each_leave_a_working_page(page: Page, server: Server) -> None:
    start(page, server)
    wait_for_rise(page)
    press_stop(page)

    press_start(page)
    wait_for_rise(page)
    page.reload()
    press_start(page)
    wait_for_rise(page)

    page.get_by_role("link", name="Train").click()
    expect(page.get_by_role("heading", name="Train", exact=True)).to_be_visible()
    page.get_by_role("link", name="Live").click()
    press_start(page)
    wait_for_rise(page)


def test_two_visitors_at_once_see_their_own_faces(
    launch: Callable[[Path], Browser], server: Server, one_face_clip: Path, two_faces_clip: Path
) -> None:
    alone, couple = launch(one_face_clip).new_page(), launch(two_faces_clip).new_page()
    start(alone, server)
    start(couple, server)
    of_two = couple.get_by_text("faces: 2")
    expect(of_two).to_be_visible()
    wait_for_rise(alone)
    wait_for_rise(couple)
    assert alone.get_by_text("faces: 2").count() == 0
    expect(of_two).to_be_visible()


def test_the_server_stays_small_and_never_loads_tensorflow(page: Page, fresh_server: Server) -> None:
    start(page, fresh_server)
    wait_for_rise(page)
    libraries = {Path(entry.path).name for entry in fresh_server.process.memory_maps()}
    assert any("litert" in name.lower() or "tflite" in name.lower() for name in libraries), libraries
    assert not [name for name in libraries if "tensorflow" in name.lower()]
    assert fresh_server.process.memory_info().rss < MAX_RESIDENT


def test_what_was_seen_stays_after_stop_and_can_be_taken_home(page: Page, server: Server) -> None:
    start(page, server)
    wait_for_rise(page)
    press_stop(page)
    page.get_by_role("link", name="About").first.click()
    expect(page.get_by_role("heading", name="Model card")).to_be_visible()
    page.get_by_role("link", name="Live").click()
    expect(page.get_by_role("heading", name="Your session")).to_be_visible()
    with page.expect_download() as table:
        page.get_by_role("button", name="Table (CSV)").click()
    seen = pd.read_csv(table.value.path())
    columns = ["time", "track", "x", "y", "width", "height", "emotion", "confidence", *EMOTIONS]
    assert seen.columns.tolist() == columns and len(seen) >= 10 and set(seen["track"]) == {1}
    assert 0 <= seen["time"].iloc[0] < 30 and seen["time"].is_monotonic_increasing
    with page.expect_download() as picture:
        page.get_by_role("button", name="Picture").click()
    assert Image.open(io.BytesIO(Path(picture.value.path()).read_bytes())).size == (640, 480)
    page.get_by_role("button", name="Forget it").click()
    expect(page.get_by_role("heading", name="Which emotion")).to_be_visible()


def test_a_switch_changes_the_video_while_it_plays(page: Page, server: Server) -> None:
    start(page, server)
    wait_for_rise(page)
    assert right_over_left(page) < -8, "the clip, mirrored"
    page.get_by_text("Settings").click()
    page.get_by_text("Mirror", exact=True).click()
    wait_until(lambda: right_over_left(page) > 8, 30)
    wait_for_rise(page)


def test_a_snapshot_needs_no_stream(page: Page, server: Server) -> None:
    page.goto(server.url)
    page.get_by_text("Snapshot", exact=True).click(timeout=60_000)
    shown = "() => document.querySelector('[data-testid=stCameraInput] video')?.videoWidth > 0"
    page.wait_for_function(shown, timeout=60_000)
    page.get_by_role("button", name="Take Photo").click()
    expect(page.get_by_role("heading", name="happy")).to_be_visible(timeout=60_000)
    expect(page.get_by_test_id("stPlotlyChart")).to_have_count(1, timeout=60_000)


def test_an_open_live_page_answers_with_the_model_promoted_meanwhile(page: Page, tmp_path: Path) -> None:
    models = tmp_path / "models"
    shutil.copytree(models_root(), models)
    served, child = serve(tmp_path / "runs", tmp_path / "server.log", EMOTION_MODELS=str(models))
    try:
        start(page, served)
        wait_for_rise(page)
        assert shown_emotion(page) == "happy"
        with pytest.MonkeyPatch.context() as patched:
            patched.setenv("EMOTION_MODELS", str(models))
            promote(mislabelled(models / active_model().path.name, tmp_path / "other"), "other")
        wait_until(lambda: shown_emotion(page) == EMOTIONS[(EMOTIONS.index("happy") + 1) % 7], 60)
        expect(page.get_by_role("heading", name="uncertain: ")).to_be_visible()
        expect(streamer(page).get_by_role("button", name="STOP")).to_be_visible()
    finally:
        end(child)


def test_a_visitor_who_vanishes_leaves_place_and_threads(
    playwright: Playwright, launch: Callable[[Path], Browser], one_face_clip: Path, tmp_path: Path
) -> None:
    served, child = serve(tmp_path / "runs", tmp_path / "server.log", EMOTION_STREAMS="1")
    try:
        page = launch(one_face_clip).new_page()
        start(page, served)
        wait_for_rise(page)
        press_stop(page)
        late = launch(one_face_clip).new_page()
        late.goto(served.url)
        expect(streamer(late).get_by_role("button", name="START")).to_be_visible(timeout=60_000)
        quiet = served.process.num_threads()

        before = set(psutil.Process().children(recursive=True))
        vanishing = open_browser(playwright, one_face_clip)
        processes = set(psutil.Process().children(recursive=True)) - before
        start(vanishing.new_page(), served)
        spare = quiet + 2  # web servers' threads come and go
        assert served.process.num_threads() > spare, "a stream has threads of its own"
        late.reload()
        expect(late.get_by_text("video slots of this server are in use")).to_be_visible(timeout=60_000)

        for process in processes:  # it says no more word, as when a laptop is shut
            process.suspend()
        wait_until(
            lambda: served.process.num_threads() <= spare, 60, lambda: f"{served.process.num_threads()} > {spare}"
        )
        press_start(late)  # the slot comes by itself to whoever stands in line
        for process in processes:
            process.kill()
    finally:
        end(child)


def test_a_page_whose_server_is_killed_while_it_streams_finds_the_next_one(
    launch: Callable[[Path], Browser], one_face_clip: Path, tmp_path: Path
) -> None:
    first, child = serve(tmp_path / "runs", tmp_path / "first.log")
    try:
        page = launch(one_face_clip).new_page()
        start(page, first)
        wait_for_rise(page)
    finally:
        child.kill()
        child.wait()
    _, child = serve(tmp_path / "runs", tmp_path / "second.log", port=int(first.url.rpartition(":")[2]))
    try:
        expect(page.get_by_role("heading", name="Which emotion")).to_be_visible(timeout=90_000)  # by itself
        expect(page).to_have_url(f"{first.url}/")
        page.reload()
        press_start(page)
        wait_for_rise(page)
    finally:
        end(child)


def right_over_left(page: Page) -> float:
    """By how much the video's right half is brighter than its left one, of 255. In the clip by 13 to 26."""
    left, right = webrtc_frame(page).evaluate("""() => {
        const video = document.querySelector("#root video"), canvas = document.createElement("canvas");
        [canvas.width, canvas.height] = [640, 480];
        const context = canvas.getContext("2d");
        context.drawImage(video, 0, 0, 640, 480);
        return [0, 320].map((x) => {
            const pixels = context.getImageData(x, 0, 320, 480).data;
            return pixels.reduce((sum, value, place) => sum + (place % 4 < 3 ? value : 0), 0) / (pixels.length * 0.75);
        });
    }""")
    return float(right - left)


def mislabelled(model: Path, path: Path) -> Path:
    """A copy of a model whose card gives each emotion the next one's name, and is hardly ever sure."""
    shutil.copytree(model, path)
    card = json.loads((path / "card.json").read_text())
    card["labels"] = [*card["labels"][1:], card["labels"][0]]
    card["calibration"]["uncertain_below"] = 0.99
    (path / "card.json").write_text(json.dumps(card))
    return path


def test_everything_that_matters_fits_one_screen(page: Page, server: Server) -> None:
    """Lower edges in pixels from the top, without scrolling; on a phone the answer stands under the video."""
    page.set_viewport_size({"width": 1366, "height": 768})
    start(page, server)
    wait_for_rise(page)
    bars = page.locator(".emotion-bar")
    expect(bars).to_have_count(7)
    stop = streamer(page).get_by_role("button", name="STOP")
    for place in (stop, page.locator(".live-answer .hint"), bars.last, page.locator(".live-answer .lines")):
        assert lower_edge(place) <= 768
    page.set_viewport_size({"width": 390, "height": 844})
    wait_until(lambda: lower_edge(bars.last) <= 1000, 20, lambda: f"{lower_edge(bars.last)}")
    assert lower_edge(stop) < lower_edge(page.locator(".live-answer h3")) < lower_edge(bars.first)


def lower_edge(place: Locator) -> float:
    boxes: list[FloatRect] = []
    wait_until(lambda: bool(box := place.bounding_box()) and boxes.append(box) is None, 20)  # it is written anew often
    return boxes[0]["y"] + boxes[0]["height"]
