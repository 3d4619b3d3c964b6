"""Two replicas behind nginx, as docs/deploy.md sets them up: `pytest -m slow tests/deploy/test_replicas.py`."""

import http.client
import json
import ssl
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect

from emotion_core.vision.media.example import read_example
from tests.browser.camera import one_face, write_clip
from tests.browser.live_page import press_start, wait_for_rise
from tests.browser.serving import open_browser, skip_without_chromium
from tests.deploy.site import NGINX, Site, open_site, trusting
from tests.support.waiting import wait_until

pytestmark = [pytest.mark.slow, pytest.mark.skipif(NGINX is None, reason="There is no nginx.")]
PAGES = ["", "analyze", "data", "train", "runs", "about"]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    opened = open_site(tmp_path_factory.mktemp("site"))
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def small_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The same before a page that shows what it knows of its visitor."""
    opened = open_site(tmp_path_factory.mktemp("small"), "tests/deploy/headers_app.py")
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def browser(playwright: Playwright, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    skip_without_chromium()
    opened = open_browser(playwright, write_clip(one_face(), tmp_path_factory.mktemp("camera") / "one.mjpeg"))
    yield opened
    opened.close()


@pytest.fixture
def visitor(browser: Browser) -> Iterator[Callable[..., BrowserContext]]:
    """Gives contexts without each other's cookies, one for each visitor."""
    contexts = []

    def come(**options: object) -> BrowserContext:
        contexts.append(browser.new_context(ignore_https_errors=True, **options))  # type: ignore[arg-type]
        return contexts[-1]

    yield come
    for context in contexts:
        context.close()


def replica_of(context: BrowserContext) -> str:
    """What the visitor's cookie says."""
    return next(cookie["value"] for cookie in context.cookies() if cookie["name"] == "replica")


def open_photos(context: BrowserContext, site: Site) -> Page:
    page = context.new_page()
    page.goto(f"{site.url}/analyze")
    expect(page.get_by_role("button", name="Try the example picture")).to_be_visible(timeout=60_000)
    return page


def upload(page: Page, photo: Path) -> None:
    """A photo goes up, and its annotated picture comes down."""
    page.get_by_test_id("stFileUploaderDropzoneInput").set_input_files(photo)
    expect(page.get_by_role("heading", level=3).filter(has_text="%").first).to_be_visible(timeout=60_000)
    picture = page.get_by_test_id("stImage").locator("img").first
    expect(picture).to_be_visible()
    wait_until(lambda: bool(picture.evaluate("img => img.naturalWidth > 0")), 20)


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    (tmp_path / "photo.png").write_bytes(read_example())
    Image.open(tmp_path / "photo.png").verify()
    return tmp_path / "photo.png"


def ask(site: Site, path: str, method: str = "GET", body: bytes = b"", **headers: str) -> http.client.HTTPResponse:
    connection = http.client.HTTPSConnection("localhost", int(site.url.rsplit(":", 1)[1]), context=trusting(site))
    connection.request(method, path, body or None, headers)
    return connection.getresponse()


def test_visitors_are_spread_and_everything_of_one_reaches_the_same_replica(
    site: Site, visitor: Callable[..., BrowserContext], photo: Path
) -> None:
    contexts = [visitor() for _ in range(4)]
    before = len(site.requests)
    for context in contexts:
        upload(open_photos(context, site), photo)
    assert {replica_of(context) for context in contexts} == {"a", "b"}
    seen = [request for request in site.requests[before:] if request.cookie]
    assert {"PUT"} <= {request.method for request in seen}
    assert any(request.path.startswith("/media/") for request in seen)
    assert any(request.path.startswith("/_stcore/upload_file/") and request.status == 204 for request in seen)
    for request in seen:
        assert request.asked == [site.addresses[request.cookie]], request


def test_whoever_comes_through_nginx_is_a_visitor_and_whoever_does_not_is_the_owner(
    site: Site, visitor: Callable[..., BrowserContext]
) -> None:
    start = "Start training"
    page = visitor().new_page()
    page.goto(f"{site.url}/train")
    expect(page.get_by_text("make run").first).to_be_visible(timeout=60_000)
    assert page.get_by_role("button", name=start).count() == 0
    page = visitor().new_page()
    page.goto(f"http://{site.addresses['a']}/train")
    expect(page.get_by_role("button", name=start)).to_be_visible(timeout=60_000)


def test_every_page_and_the_stream_live_with_the_security_headers(
    site: Site, visitor: Callable[..., BrowserContext]
) -> None:
    page = visitor().new_page()
    refused: list[str] = []
    page.on("console", lambda message: refused.append(message.text) if "Policy" in message.text else None)
    for name in PAGES:
        page.goto(f"{site.url}/{name}")
        expect(page.get_by_text("not what a person feels").last).to_be_visible(timeout=60_000)
        page.wait_for_load_state("networkidle")
    page.goto(site.url)
    press_start(page)
    wait_for_rise(page)
    assert not refused


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("Content-Security-Policy", "default-src 'self'"),
        ("Strict-Transport-Security", "max-age="),
        ("X-Content-Type-Options", "nosniff"),
        ("X-Frame-Options", "SAMEORIGIN"),
        ("Referrer-Policy", "same-origin"),
        ("Permissions-Policy", "camera=(self)"),
        ("Set-Cookie", "; Path=/; Secure; HttpOnly; SameSite=Lax"),
    ],
)
def test_answers_carry_each_header_once(site: Site, name: str, part: str) -> None:
    values = ask(site, "/").headers.get_all(name) or []
    assert len([value for value in values if part in value]) == 1
    assert name == "Set-Cookie" or len(values) == 1


@pytest.mark.parametrize(
    ("method", "path", "size", "status"),
    [
        ("GET", "/_stcore/health", 0, 200),
        ("GET", "/_stcore/metrics", 0, 404),
        ("GET", "/_stcore/script-health-check", 0, 404),
        ("POST", "/", 10, 403),
        ("PUT", "/media/x", 10, 403),
        ("GET", "/" + "x" * 20_000, 0, 414),
    ],
)
def test_only_what_the_app_needs_is_passed_on(site: Site, method: str, path: str, size: int, status: int) -> None:
    assert ask(site, path, method, b"x" * size).status == status


@pytest.mark.parametrize(("path", "announced"), [("/", 65 * 2**10), ("/_stcore/upload_file/s/f", 53 * 2**20)])
def test_a_body_that_announces_too_much_is_refused_before_it_is_sent(site: Site, path: str, announced: int) -> None:
    connection = http.client.HTTPSConnection("localhost", int(site.url.rsplit(":", 1)[1]), context=trusting(site))
    connection.putrequest("PUT", path)
    connection.putheader("Content-Length", str(announced))
    connection.endheaders()
    assert connection.getresponse().status == 413


def test_plain_http_is_sent_to_https(site: Site) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", site.plain)
    connection.request("GET", "/analyze", headers={"Host": "localhost"})
    answer = connection.getresponse()
    assert (answer.status, answer.headers["Location"]) == (301, "https://localhost/analyze")


def test_other_host_names_are_refused(site: Site) -> None:
    port = int(site.url.rsplit(":", 1)[1])
    context = ssl._create_unverified_context()
    with pytest.raises(ssl.SSLError):
        http.client.HTTPSConnection("127.0.0.1", port, context=context).request("GET", "/")  # no name at all
    with pytest.raises(http.client.RemoteDisconnected):
        ask(site, "/", Host="evil.example.org")


def test_the_app_learns_the_visitors_address_and_not_what_the_visitor_writes(
    small_site: Site, visitor: Callable[..., BrowserContext]
) -> None:
    forged = {"X-Forwarded-For": "203.0.113.9", "X-Real-IP": "203.0.113.9", "Forwarded": "for=203.0.113.9"}
    page = visitor(extra_http_headers=forged).new_page()
    page.goto(small_site.url)
    known = page.get_by_test_id("stText")
    expect(known).to_be_visible(timeout=60_000)
    headers = json.loads(known.inner_text())
    assert headers["x-forwarded-for"] == headers["x-real-ip"] == "127.0.0.1"
    assert headers["x-forwarded-proto"] == "https"
    assert headers["host"] == small_site.url.removeprefix("https://")
    assert not headers.get("forwarded")


def test_requests_beyond_the_rate_are_refused_and_static_files_are_not(small_site: Site) -> None:
    """After the other tests of this site: for some seconds it answers none."""
    statuses = [ask(small_site, "/_stcore/health").status for _ in range(320)]
    assert statuses[0] == 200
    assert 429 in statuses
    assert ask(small_site, "/static/none.js").status != 429


def test_a_killed_replicas_visitor_lands_on_the_other_and_goes_on_there(
    site: Site, visitor: Callable[..., BrowserContext], photo: Path
) -> None:
    """The last test of the site: one replica is gone afterwards."""
    context = visitor()
    page = open_photos(context, site)
    upload(page, photo)
    lost = replica_of(context)
    left = {"a": "b", "b": "a"}[lost]
    before = len(site.requests)
    site.kill(lost)
    wait_until(lambda: replica_of(context) == left, 60)  # the page itself opened its websocket again
    page.get_by_test_id("stFileChipDeleteBtn").locator("button").click()  # what it held went with the lost one
    expect(page.get_by_role("heading", level=3).filter(has_text="%")).to_have_count(0, timeout=60_000)
    upload(page, photo.rename(photo.with_name("another.png")))  # a browser does not send the same name twice
    after = [request for request in site.requests[before:] if request.cookie == left]
    assert any(request.path.startswith("/_stcore/upload_file/") and request.status == 204 for request in after)
    assert {tuple(request.asked) for request in after} == {(site.addresses[left],)}

    newcomer = visitor()
    open_photos(newcomer, site)
    assert replica_of(newcomer) == left
