"""Coming in by any address, first of all visitors of a fresh server."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import end, serve


@pytest.mark.parametrize(("address", "heading"), [("train", "Train"), ("analyze", "Photos and video"), ("", "Live")])
def test_the_first_visitor_sees_the_whole_app(
    address: str, heading: str, launch: Callable[[Path], Browser], one_face_clip: Path, tmp_path: Path
) -> None:
    server, child = serve(tmp_path / "runs", tmp_path / "log")
    try:
        page = launch(one_face_clip).new_page(viewport={"width": 1280, "height": 900})
        page.goto(f"{server.url}/{address}")
        expect(page.get_by_role("heading", name=heading, exact=True)).to_be_visible(timeout=60_000)
        for name in ("Live", "Photos and video", "Train"):
            expect(page.get_by_role("link", name=name)).to_be_visible(timeout=20_000)
        expect(page.get_by_text("not what a person feels")).to_be_visible(timeout=20_000)
        assert page.get_by_role("link", name="resources").count() == 0
    finally:
        end(child)
