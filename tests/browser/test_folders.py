"""A folder of this computer, and many pictures at once, in a real browser."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.browser.serving import Server
from tests.support.clips import example_clip

_HEADER, _ROW = 36, 56  # pixels of Streamlit's table


@pytest.fixture
def analyze_page(page: Page, server: Server) -> Page:
    page.goto(f"{server.url}/analyze")
    expect(page.get_by_role("button", name="Try the example picture")).to_be_visible(timeout=60_000)
    return page


def open_path(page: Page, folder: Path) -> None:
    page.get_by_role("radio", name="On this computer").click()
    path = page.get_by_label("File or folder")
    path.fill(str(folder))
    path.press("Enter")


def test_a_folder_is_watched_reloaded_stopped_and_goes_on(
    analyze_page: Page, tmp_path: Path, example: np.ndarray
) -> None:
    folder = tmp_path / "interviews"
    folder.mkdir()
    Image.fromarray(example).save(folder / "a.png")
    example_clip(folder / "b.mp4", example, seconds=30)
    open_path(analyze_page, folder)
    expect(analyze_page.get_by_text("1 picture and 1 video: about")).to_be_visible()
    analyze_page.get_by_role("button", name="Analyze", exact=True).click()
    expect(analyze_page.get_by_text("b.mp4: ")).to_be_visible(timeout=60_000)

    analyze_page.reload()
    analyze_page.get_by_role("radio", name="On this computer").click()
    expect(analyze_page.get_by_text("b.mp4: ")).to_be_visible()
    analyze_page.get_by_test_id("stButton").get_by_role("button", name="Stop").click()
    expect(analyze_page.get_by_role("button", name="Resume")).to_be_visible(timeout=60_000)
    expect(analyze_page.get_by_text("in 2 files")).to_be_visible()

    analyze_page.get_by_role("button", name="Resume").click()
    expect(analyze_page.get_by_text("b.mp4: ")).to_be_visible(timeout=60_000)
    expect(analyze_page.get_by_role("button", name="Delete these results")).to_be_visible(timeout=120_000)
    expect(analyze_page.get_by_role("button", name="Resume")).to_have_count(0)
    with analyze_page.expect_download() as download:
        analyze_page.get_by_role("button", name="Table (CSV)").click()
    table = pd.read_csv(download.value.path())
    assert len(table.drop_duplicates(["path", "frame"])) == 1 + 150, "a picture, half a minute at five samples a second"
    analyze_page.get_by_role("button", name="Delete these results").click()
    expect(analyze_page.get_by_text("in 2 files")).to_have_count(0)


def test_a_row_of_the_list_opens_its_picture(analyze_page: Page, tmp_path: Path, example: np.ndarray) -> None:
    for name, image in {"first.png": example, "second.png": example[:, ::-1]}.items():
        Image.fromarray(np.ascontiguousarray(image)).save(tmp_path / name)
    with analyze_page.expect_file_chooser() as chooser:
        analyze_page.get_by_test_id("stFileUploaderDropzone").locator("button").click()
    chooser.value.set_files([tmp_path / "first.png", tmp_path / "second.png"])
    heading = analyze_page.get_by_role("heading", level=3)
    expect(heading.filter(has_text="first.png")).to_be_visible(timeout=60_000)
    table = analyze_page.get_by_test_id("stDataFrame").last
    table.scroll_into_view_if_needed()
    table.click(position={"x": 160, "y": _HEADER + 1.5 * _ROW})
    expect(heading.filter(has_text="second.png")).to_be_visible()
    expect(heading.filter(has_text="first.png")).to_have_count(0)
