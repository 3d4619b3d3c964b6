"""Uploading through the real file chooser, and taking the results home."""

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from emotion_core.emotions import EMOTIONS
from tests.browser.serving import Server
from tests.vision.clips import example_clip


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
    expect(analyze_page.get_by_text("broken.png is not a picture in a known format.")).to_be_visible(timeout=30_000)
    heading = analyze_page.get_by_role("heading", level=3).filter(has_text="%")
    expect(heading).to_be_visible(timeout=30_000)

    with analyze_page.expect_download() as download:
        analyze_page.get_by_role("button", name="Table (JSON)").click()
    lines = [json.loads(line) for line in download.value.path().read_text().splitlines()]
    portrait = next(line for line in lines if line["path"] == "portrait.jpg")
    assert tuple(portrait["faces"][0]["probabilities"]) == EMOTIONS
    assert heading.inner_text().split(" ")[0] == portrait["faces"][0]["emotion"]


def test_a_video_plays_annotated_in_the_browser(analyze_page: Page, tmp_path: Path, example: np.ndarray) -> None:
    choose(analyze_page, example_clip(tmp_path / "clip.mp4", example))
    video = analyze_page.get_by_test_id("stVideo")
    expect(video).to_be_visible(timeout=60_000)
    expect(analyze_page.get_by_text("time in seconds")).to_be_visible(timeout=30_000)


def test_the_example_is_one_click_away(analyze_page: Page) -> None:
    analyze_page.get_by_role("button", name="Try the example picture").click()
    expect(analyze_page.get_by_text("NASA")).to_be_visible(timeout=30_000)
    expect(analyze_page.get_by_test_id("stImage").locator("img")).to_be_visible(timeout=30_000)


def test_a_wrong_answer_is_put_right_in_one_go(analyze_page: Page) -> None:
    analyze_page.get_by_role("button", name="Try the example picture").click()
    analyze_page.get_by_role("button", name="Not right?").click(timeout=30_000)
    answers = analyze_page.get_by_test_id("stPopoverBody")
    answers.get_by_text("Keep this face").click()
    answers.get_by_text("sad", exact=True).click()  # the first click after an analysis closed it once
    expect(answers.get_by_text("Kept as sad.")).to_be_visible(timeout=10_000)
