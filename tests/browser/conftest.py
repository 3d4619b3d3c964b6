"""A served app and a Chromium with a fake camera."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Playwright

from tests.browser.camera import one_face, two_faces, write_clip
from tests.browser.serving import Server, open_browser, served, skip_without_chromium


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with served(tmp_path_factory.mktemp("served")) as running:
        yield running


@pytest.fixture
def fresh_server(tmp_path: Path) -> Iterator[Server]:
    """A server that nobody has visited yet."""
    with served(tmp_path) as running:
        yield running


@pytest.fixture(scope="session")
def one_face_clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_clip(one_face(), tmp_path_factory.mktemp("camera") / "one.mjpeg")


@pytest.fixture(scope="session")
def two_faces_clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_clip(two_faces(), tmp_path_factory.mktemp("camera") / "two.mjpeg")


@pytest.fixture
def launch(playwright: Playwright) -> Iterator[Callable[[Path], Browser]]:
    """A function that starts a Chromium whose camera shows a clip; all are closed after the test."""
    browsers = []
    skip_without_chromium()

    def start(clip: Path) -> Browser:
        browsers.append(open_browser(playwright, clip))
        return browsers[-1]

    yield start
    for browser in browsers:
        browser.close()


@pytest.fixture(scope="module")
def browser(playwright: Playwright, one_face_clip: Path) -> Iterator[Browser]:
    skip_without_chromium()
    opened = open_browser(playwright, one_face_clip)
    yield opened
    opened.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """Of a visitor who was never here."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    yield context.new_page()
    context.close()
