"""Training from the button to the report, watched in a browser."""

import re
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from emotion_core.emotions import EMOTIONS
from tests.browser.serving import end, serve


def stop_button(page: Page) -> Locator:
    """The page's own: Streamlit shows one, too, while a run of the page takes long."""
    return page.get_by_test_id("stButton").get_by_role("button", name="Stop")


def test_from_the_button_over_a_second_start_and_a_restarted_server_to_the_report(page: Page, tmp_path: Path) -> None:
    first, child = serve(tmp_path / "runs", tmp_path / "first.log")
    try:
        second_page = page.context.browser.new_page()  # type: ignore[union-attr]
        for tab in (page, second_page):
            tab.goto(f"{first.url}/train")
            expect(tab.get_by_role("button", name="Start training")).to_be_visible(timeout=60_000)
        page.get_by_role("slider").first.press("End")
        page.get_by_role("button", name="Start training").click()
        expect(page.get_by_text(re.compile(r"Epoch \d+ of 200"))).to_be_visible(timeout=60_000)
        second_page.get_by_role("button", name="Start training").click()
        expect(second_page.get_by_text("One run at a time")).to_be_visible(timeout=60_000)
        name = page.get_by_role("heading", level=3).inner_text()
        shown = second_page.get_by_role("heading", level=3).inner_text()
        assert shown == name, "the run that goes on is shown, not another one"
    finally:
        end(child)

    second, child = serve(tmp_path / "runs", tmp_path / "second.log")
    try:
        page.goto(f"{second.url}/train")
        expect(page.get_by_text(re.compile(r"Epoch \d+ of 200"))).to_be_visible(timeout=60_000)
        expect(page.get_by_role("button", name="Start training")).to_have_count(0)  # never two at once
        stop_button(page).click()
        expect(page.get_by_text("The training was stopped")).to_be_visible(timeout=120_000)
        expect(page.get_by_role("button", name="Resume this run")).to_be_visible()
        for figure in ("Validation accuracy", "Test accuracy", "Best epoch"):
            expect(page.get_by_test_id("stMetric").filter(has_text=figure)).to_be_visible()
        expect(page.get_by_test_id("stPlotlyChart")).to_have_count(7)
        expect(page.get_by_text("Click a cell to see its faces")).to_be_visible()
        tables = page.get_by_test_id("stDataFrame")
        expect(tables).to_have_count(2)  # the network's layers, each emotion
        click_cell(page.get_by_test_id("stPlotlyChart").nth(4).locator(".nsewdrag").first, "happy")
        expect(tables).to_have_count(3)
    finally:
        end(child)


def click_cell(matrix: Locator, emotion: str) -> None:
    """The one of a confusion matrix that counts what was right."""
    matrix.scroll_into_view_if_needed()
    area = matrix.bounding_box()
    assert area is not None
    place = (EMOTIONS.index(emotion) + 0.5) / len(EMOTIONS)
    matrix.click(position={"x": area["width"] * place, "y": area["height"] * place})
