"""The same through a real browser: what a name or a file says is never run, and nothing is fetched from elsewhere."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, Request, expect, sync_playwright

from tests.browser.serving import CHROMIUM, FLAGS, skip_without_chromium
from tests.security.guarded import Guarded
from tests.support.bad_inputs import BadInput, all_bad_inputs

_SOURCES = "http", "https", "ws", "wss"
_FILES = {bad.name: bad for bad in all_bad_inputs()}


@pytest.fixture(scope="module")
def browser_page() -> Iterator[Page]:
    skip_without_chromium()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser.new_page(viewport={"width": 1366, "height": 768})
        browser.close()


@pytest.fixture
def elsewhere(browser_page: Page, public: Guarded) -> Iterator[list[str]]:
    """What the page asked other servers for, and what it ran."""
    found: list[str] = []

    def note(request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme in _SOURCES and parts.netloc != urlsplit(public.server.url).netloc:
            found.append(request.url)

    browser_page.on("request", note)
    browser_page.on("dialog", lambda dialog: (found.append(f"dialog {dialog.message}"), dialog.dismiss()))
    yield found
    browser_page.remove_listener("request", note)


def bring(page: Page, public: Guarded, bad: BadInput, folder: Path) -> None:
    """Choose the file as a person does."""
    page.goto(f"{public.server.url}/analyze")
    button = page.get_by_test_id("stFileUploaderDropzone").locator("button")
    expect(button).to_be_visible(timeout=60_000)
    path = folder / bad.file_name
    path.write_bytes(bad.make(public.canary))
    with page.expect_file_chooser() as chooser:
        button.click()
    chooser.value.set_files(path)


@pytest.mark.parametrize(
    ("file_name", "shown"),
    [
        ("<img src=x onerror=\"document.title='taken'\">.jpg", "<img src=x"),
        pytest.param("<script>alert(1)<script>.jpg", "<script>", marks=pytest.mark.slow),
        ("![x](http:evil.example) [y](javascript:alert(1)) :red[z].jpg", "![x]("),
        pytest.param("=cmd|'C calc'!A0.jpg", "=cmd|", marks=pytest.mark.slow),
        pytest.param("photo\u202egpj.exe.jpg", "exe", marks=pytest.mark.slow),
    ],
)
def test_a_name_is_shown_and_not_run(
    file_name: str, shown: str, browser_page: Page, public: Guarded, elsewhere: list[str], tmp_path: Path
) -> None:
    bad = BadInput("named", "picture", file_name, "its name", _FILES["name_long"].make)
    with public.unharmed():
        bring(browser_page, public, bad, tmp_path)
        heading = browser_page.get_by_role("heading", level=3).filter(has_text=shown)
        expect(heading).to_be_visible()
        expect(browser_page.get_by_role("button", name="Table (CSV)")).to_be_visible()
        assert "taken" not in browser_page.title()
        assert heading.locator("img, script, a[href^=javascript]").count() == 0
    assert elsewhere == []


@pytest.mark.slow  # the same without a browser is in test_bad_inputs.py
@pytest.mark.parametrize("name", ["drawing", "web_page", "concat_beside", "hls_address", "table_bomb"])
def test_a_file_that_is_something_else_gets_a_sentence(
    name: str, browser_page: Page, public: Guarded, elsewhere: list[str], tmp_path: Path
) -> None:
    with public.unharmed():
        bring(browser_page, public, _FILES[name], tmp_path)
        expect(browser_page.get_by_test_id("stAlertContentError")).to_contain_text(_FILES[name].file_name)
        expect(browser_page.get_by_test_id("stException")).to_have_count(0)
    assert elsewhere == []


@pytest.mark.slow  # opens every page
@pytest.mark.parametrize("address", ["", "data", "train", "runs", "about", "?x=<script>alert(1)</script>"])
def test_pages_ask_nobody_else_for_anything(
    address: str, browser_page: Page, public: Guarded, elsewhere: list[str]
) -> None:
    """No fonts, scripts, figures of use or pictures of other servers: nobody learns who visits."""
    with public.unharmed():
        browser_page.goto(f"{public.server.url}/{address}")
        expect(browser_page.get_by_text("not what a person feels").first).to_be_visible(timeout=60_000)
        expect(browser_page.get_by_test_id("stException")).to_have_count(0)
    assert elsewhere == []
