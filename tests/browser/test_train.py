"""Training from the button to the report, watched in a browser that reloads on the way."""

import re

from playwright.sync_api import Page, expect

from emotion_core.emotions import EMOTIONS
from tests.browser.conftest import Server


def test_two_epochs_from_the_button_to_the_report(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/train")
    slider = page.get_by_role("slider")
    expect(slider).to_be_visible(timeout=60_000)
    slider.press("Home")
    slider.press("ArrowRight")
    expect(page.get_by_test_id("stSliderThumbValue")).to_have_text("2")
    page.get_by_role("button", name="Start training").click()
    expect(page.get_by_text(re.compile(r"Epoch \d of 2"))).to_be_visible(timeout=60_000)

    page.reload()
    # Either it is still going on and found again, or it is over already: both are shown without a click.
    expect(page.get_by_text(re.compile(r"Epoch \d of 2|Measuring|The training is complete"))).to_be_visible(
        timeout=60_000
    )
    expect(page.get_by_text("The training is complete")).to_be_visible(timeout=120_000)
    for figure in ("Validation accuracy", "Test accuracy", "Best epoch"):
        expect(page.get_by_test_id("stMetric").filter(has_text=figure)).to_be_visible()
    expect(page.get_by_test_id("stPlotlyChart")).to_have_count(7)
    expect(page.get_by_test_id("stDataFrame").first).to_be_visible()

    tables = page.get_by_test_id("stDataFrame").count()
    matrix = page.get_by_test_id("stPlotlyChart").nth(4).locator(".nsewdrag").first
    matrix.scroll_into_view_if_needed()
    area = matrix.bounding_box()
    assert area is not None
    happy = EMOTIONS.index("happy") + 0.5
    matrix.click(position={"x": area["width"] * happy / 7, "y": area["height"] * happy / 7})
    expect(page.get_by_test_id("stDataFrame")).to_have_count(tables + 1, timeout=30_000)
