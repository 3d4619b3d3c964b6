"""What axe-core finds on every page, and the live page's switches without a mouse."""

import time
from collections.abc import Sequence

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.live_page import press_start, press_stop, shown_emotion, streamer, wait_for_rise
from tests.browser.serving import Server
from tests.support.waiting import wait_until

# What is Streamlit's own and no option changes, by axe's rule: part of the selector, and what it is.
STREAMLITS = {"scrollable-region-focusable": "stMarkdownPre"}  # a wide block of code in Markdown
HEADINGS = {
    "": "Which emotion",
    "analyze": "Photos and video",
    "data": "Data",
    "train": "Train",
    "runs": "Runs",
    "about": "Model card",
}
AT_REST = """() => document.querySelector("[data-testid=stApp]").dataset.testScriptState === "notRunning"
    && !document.getAnimations().some((animation) => animation instanceof CSSTransition)"""
# Streamlit fades what a run of the page has not reached yet. Half faded, no text has its contrast.
NO_FADING = "[data-stale=true] { opacity: 1 !important; transition: none !important; }"
PATIENCE = 15.0  # seconds


def findings(page: Page, rules: Sequence[str] = ()) -> list[str]:
    """What is serious and ours, and stays for `PATIENCE`: the page may run again while axe looks. Colours of
    what such a run has not reached yet are not looked at. rules: all of axe's without any."""
    page.add_style_tag(content=NO_FADING)
    until = time.monotonic() + PATIENCE
    while True:
        page.wait_for_function(AT_REST)
        found = _look(page, rules)
        if not found or time.monotonic() > until:
            return found


def _look(page: Page, rules: Sequence[str]) -> list[str]:
    options = {"resultTypes": ["violations"], **({"runOnly": list(rules)} if rules else {})}
    return [
        f"{page.url}: {rule['help']}: {node['target']} {node['html']} {node['failureSummary']}"
        for rule in Axe().run(page, options=options).response["violations"]
        if rule["impact"] in ("serious", "critical")
        for node in rule["nodes"]
        if rule["id"] not in STREAMLITS or STREAMLITS[rule["id"]] not in str(node["target"])
    ]


@pytest.mark.parametrize("address", HEADINGS)
def test_no_page_has_a_serious_finding(page: Page, server: Server, address: str) -> None:
    for scheme, rules in (("light", []), ("dark", ["color-contrast"])):  # only the colours are others
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        page.goto(f"{server.url}/{address}")
        expect(page.get_by_role("heading", name=HEADINGS[address]).first).to_be_visible(timeout=60_000)
        expect(page.get_by_text("not what a person feels").last).to_be_visible()
        assert findings(page, rules) == [], scheme


def test_the_live_page_has_none_while_it_plays_and_after(page: Page, server: Server) -> None:
    page.goto(server.url)
    press_start(page)
    wait_for_rise(page)
    page.get_by_text("Make it yours").click()
    assert findings(page) == []
    press_stop(page)
    assert findings(page) == []


def test_every_switch_is_reached_and_turned_by_keyboard(page: Page, server: Server) -> None:
    page.goto(server.url)
    button = streamer(page).get_by_role("button", name="START")
    button.focus(timeout=60_000)
    page.keyboard.press("Enter")
    wait_for_rise(page)
    page.get_by_role("button", name="Settings").focus()
    page.keyboard.press("Enter")
    for name in ("Boxes", "Bars on the video", "Landmarks", "Mirror", "Hints", "Explain"):
        switch = page.get_by_role("switch", name=name).or_(page.get_by_role("checkbox", name=name)).first
        before = switch.is_checked()
        switch.focus()
        page.keyboard.press("Space")
        wait_until(lambda switch=switch, before=before: switch.is_checked() != before, 20)  # type: ignore[misc]
    page.keyboard.press("Escape")
    assert shown_emotion(page) == "happy"
