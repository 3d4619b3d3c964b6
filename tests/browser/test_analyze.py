"""Uploading through the real file chooser, and taking the results home."""

import json
import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from emotion_core.emotions import EMOTIONS
from emotion_core.wording import plain_name
from tests.browser.serving import Server
from tests.support.clips import example_clip


@pytest.fixture
def analyze_page(page: Page, server: Server) -> Page:
    page.goto(f"{server.url}/analyze")
    expect(page.get_by_role("button", name="Try the example picture")).to_be_visible(timeout=60_000)
    return page


def choose(page: Page, *files: Path) -> None:
    with page.expect_file_chooser() as chooser:
        page.get_by_test_id("stFileUploaderDropzone").locator("button").click()
    chooser.value.set_files(list(files))


def test_a_photo_from_the_file_chooser_comes_back_read(analyze_page: Page, tmp_path: Path, example: np.ndarray) -> None:
    Image.fromarray(example).save(tmp_path / "portrait.jpg", quality=95)
    (tmp_path / "broken.png").write_bytes(b"no picture")
    choose(analyze_page, tmp_path / "portrait.jpg", tmp_path / "broken.png")
    expect(analyze_page.get_by_text("broken.png is not a picture in a known format.")).to_be_visible()
    heading = analyze_page.get_by_role("heading", level=3).filter(has_text="%")
    expect(heading).to_be_visible()

    with analyze_page.expect_download() as download:
        analyze_page.get_by_role("button", name="Table (JSON)").click()
    lines = [json.loads(line) for line in download.value.path().read_text().splitlines()]
    portrait = next(line for line in lines if line["path"] == "portrait.jpg")
    assert tuple(portrait["faces"][0]["probabilities"]) == EMOTIONS
    assert heading.inner_text().split(" ")[0] == portrait["faces"][0]["emotion"]


def test_a_video_plays_annotated_in_the_browser(analyze_page: Page, tmp_path: Path, example: np.ndarray) -> None:
    choose(analyze_page, example_clip(tmp_path / "clip.mp4", example, seconds=3))
    video = analyze_page.get_by_test_id("stVideo")
    expect(video).to_be_visible(timeout=60_000)
    expect(analyze_page.get_by_text("time in seconds").first).to_be_visible()
    player = video.element_handle()
    analyze_page.wait_for_function("video => video.readyState >= 2", arg=player)
    assert player.evaluate("video => [video.error, Math.round(video.duration * 10) / 10]") == [None, 2.9]
    player.evaluate("video => { video.currentTime = 2.5 }")  # its index is at the end of the file
    analyze_page.wait_for_function("video => !video.seeking && video.readyState >= 2", arg=player)
    assert player.evaluate("video => video.currentTime") == pytest.approx(2.5, abs=0.05)
    player.evaluate("async video => { video.muted = true; video.currentTime = 0; await video.play() }")
    analyze_page.wait_for_function("video => video.currentTime > 0.3", arg=player)

    for name, suffix in {"Table (CSV)": "csv", "Table (Parquet)": "parquet", "Annotated video": "mp4"}.items():
        with analyze_page.expect_download() as download:
            analyze_page.get_by_role("button", name=name).click()
        assert download.value.suggested_filename.endswith(suffix) and download.value.path().stat().st_size > 1000
    choose_moment(analyze_page)


def choose_moment(page: Page) -> None:
    """Click the middle of the time line, near the emotions that are not there, and take it for the neutral face."""
    expect(page.get_by_role("button", name="At 0.0 s this is")).to_be_visible()
    timeline = page.get_by_test_id("stPlotlyChart").first.locator(".nsewdrag").first
    timeline.scroll_into_view_if_needed()
    area = timeline.bounding_box()
    assert area is not None
    timeline.click(position={"x": area["width"] / 2, "y": area["height"] - 8})
    moment = page.get_by_role("button", name=re.compile(r"At 1\.\d s this is the person's neutral face"))
    moment.click()
    expect(page.get_by_text(re.compile(r"Relative to the face at 1\.\d s"))).to_be_visible()
    page.get_by_role("button", name="Take it back").click()
    expect(page.get_by_text("Relative to the face at")).to_have_count(0)


def test_a_strangers_name_is_shown_as_it_stands(analyze_page: Page, tmp_path: Path) -> None:
    names = ["![x](:streamlit:).png", "<b>_a_ $x$ -> www.x.org.png", "=cmd :red[a] :smile:.png", "x" * 200 + ".png"]
    for name in names:
        (tmp_path / name).write_bytes(b"no picture")
    asked: list[str] = []
    analyze_page.on("request", lambda request: asked.append(request.url))
    choose(analyze_page, *(tmp_path / name for name in names))
    errors = analyze_page.get_by_test_id("stAlert")
    expect(errors).to_have_count(len(names), timeout=60_000)
    told = sorted(text.replace("\u200b", "").strip() for text in errors.all_text_contents())
    assert told == sorted(f"{plain_name(name)} is not a picture in a known format." for name in names)
    assert errors.locator("img, a, b, em, .katex").count() == 0
    assert analyze_page.get_by_role("heading", level=3).locator("img, b, em, .katex").count() == 0
    assert [url for url in asked if "x.org" in url] == []
    wide = analyze_page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide == 0, "a long name does not push the page apart"


def test_the_example_is_one_click_away(analyze_page: Page) -> None:
    analyze_page.get_by_role("button", name="Try the example picture").click()
    expect(analyze_page.get_by_text("NASA")).to_be_visible()
    expect(analyze_page.get_by_test_id("stImage").locator("img")).to_be_visible()


def test_a_wrong_answer_is_put_right_in_one_go(analyze_page: Page) -> None:
    analyze_page.get_by_role("button", name="Try the example picture").click()
    analyze_page.get_by_role("button", name="Not right?").click()
    answers = analyze_page.get_by_test_id("stPopoverBody")
    answers.get_by_text("sad", exact=True).click()  # the first click after an analysis closed it once
    answers.get_by_text("Keep this face").click(timeout=60_000)
    expect(answers.get_by_text("Kept as sad.")).to_be_visible()
