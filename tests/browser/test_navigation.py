"""Coming in by any address, first of all visitors of a fresh server."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.serving import Server


@pytest.mark.parametrize(("address", "heading"), [("train", "Train"), ("", "Live")])
def test_the_first_visitor_sees_the_whole_app(address: str, heading: str, page: Page, fresh_server: Server) -> None:
    page.goto(f"{fresh_server.url}/{address}")
    expect(page.get_by_role("heading", name=heading, exact=True)).to_be_visible(timeout=60_000)
    for name in ("Live", "Photos and video", "Data", "Train", "Runs", "About"):
        expect(page.get_by_role("link", name=name).first).to_be_visible()  # Live names About once more
    expect(page.get_by_text("not what a person feels").last).to_be_visible()
    assert page.get_by_role("link", name="resources").count() == 0
