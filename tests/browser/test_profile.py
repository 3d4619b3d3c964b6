"""Make it yours in a real browser, with somebody who poses."""

import json
import re
import time
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from emotion_core.emotions import NEUTRAL
from emotion_core.images import read_rgb
from emotion_core.registry.active import active_model
from emotion_core.registry.model_schemas import Emotion
from emotion_core.vision.detection.available import PICTURE_DETECTOR
from emotion_core.vision.faces.analyzer import new_analyzer
from emotion_core.vision.faces.classifier import Classifier
from emotion_core.vision.faces.profile import Profile, Take
from tests.browser import posed_camera
from tests.browser.live_page import press_stop, press_until
from tests.browser.serving import Server

PERSON = "01"
RECORDED: tuple[Emotion, ...] = ("neutral", "happy", "surprise", "angry")
SKIPPED: tuple[Emotion, ...] = ("sad",)
_CLOSE = 0.15  # between an answer's probability and the next one's, below which compressed video may change it
_PATIENCE = 60.0  # seconds
_ASKED = re.compile(r"(?:Next: )?(\w+)[.!]")
Pictures = Mapping[str, list[np.ndarray]]


@pytest.fixture(scope="module")
def pictures(people_folder: Path) -> Pictures:
    """Two camera pictures of each emotion: one to record, one to check with."""
    folder = people_folder / PERSON
    return {
        emotion: [posed_camera.framed(read_rgb(path)) for path in sorted((folder / emotion).iterdir())[:2]]
        for emotion in RECORDED
    }


def follow(page: Page, pictures: Pictures, number: int, done: str) -> None:
    """Pose what the page asks for, until it offers a button; what nobody poses is skipped, and then it is stopped."""
    shown, deadline = "", time.monotonic() + _PATIENCE
    bar = page.get_by_test_id("stProgress")
    while not page.get_by_role("button", name=done).is_visible():
        assert time.monotonic() < deadline, bar.all_inner_texts()
        found = _ASKED.match(" ".join(bar.all_inner_texts()))
        asked = found[1].lower() if found else shown
        if asked in pictures and asked != shown:
            posed_camera.show(page, pictures[asked][number])
        elif asked in SKIPPED and asked != shown:
            page.get_by_role("button", name="Skip").click()
        elif asked == "disgust" and asked != shown:
            page.get_by_role("button", name="Stop here").click()
        shown = asked
        page.wait_for_timeout(100)


def expected_card(pictures: Pictures) -> tuple[int, int, int]:
    """Of the second pictures how many the core reads right without and with a profile of the first ones, and for how
    many answers it is too close to tell after compression."""
    classifier = Classifier(active_model())
    analyzer, labels = new_analyzer(PICTURE_DETECTOR, classifier), classifier.labels
    crops = [
        analyzer.analyze(image[:, ::-1])[0].crop for both in zip(*pictures.values(), strict=True) for image in both
    ]
    rows, features = classifier.read(np.array(crops))
    assert features is not None
    count = len(RECORDED)
    profile = Profile(
        classifier.model, [Take(*take) for take in zip(RECORDED, rows[:count], features[:count], strict=True)]
    )
    truth = [labels.index(emotion) for emotion in RECORDED]
    both = (rows[count:], profile.apply(rows[count:], features[count:]))
    right = [int((answers.argmax(axis=1) == truth).sum()) for answers in both]
    margins = [np.diff(np.sort(answers, axis=1)[:, -2:], axis=1) for answers in both]
    return right[0], right[1], int((np.concatenate(margins) < _CLOSE).sum())


def test_a_profile_is_recorded_by_keyboard_and_mouse_checked_kept_forgotten_and_loaded_again(
    page: Page, server: Server, tmp_path: Path, pictures: Pictures
) -> None:
    posed_camera.start(page, server, pictures[NEUTRAL][0])
    page.get_by_text("Make it yours").click()
    press_until(page, "Guide me through all seven", page.get_by_test_id("stProgress"))
    follow(page, pictures, 0, "Guide me through the other 3")
    for emotion in RECORDED:
        expect(page.get_by_role("button", name=f"{emotion.capitalize()} again")).to_be_visible()

    press_until(page, "Test my profile", page.get_by_test_id("stProgress"))
    follow(page, pictures, 1, "Test my profile")
    card = page.get_by_text(f"Of {len(RECORDED)} expressions posed once more").inner_text()
    found = re.search(r"(\d) read right without your profile, (\d) with it", card)
    assert found, card
    without, with_profile, close = expected_card(pictures)
    assert abs(int(found[1]) - without) + abs(int(found[2]) - with_profile) <= close

    page.get_by_text("Answers relative to my face").click()
    with page.expect_download() as downloading:
        page.get_by_test_id("stDownloadButton").get_by_role("button", name="Download", exact=True).click()
    file = tmp_path / "profile.json"
    downloading.value.save_as(file)
    assert [take["emotion"] for take in json.loads(file.read_text())["takes"]] == list(RECORDED)

    page.get_by_role("button", name="Forget it").click()
    expect(page.get_by_role("button", name="Guide me through all seven")).to_be_visible()
    page.locator("input[type=file]").last.set_input_files(file)
    page.get_by_role("button", name="It is me").click()
    expect(page.get_by_role("button", name="Happy again")).to_be_visible()
    expect(page.get_by_role("button", name="It is me")).to_be_hidden()

    press_stop(page)  # draws the panel in another place
    expect(page.get_by_role("button", name="Happy again")).to_be_visible()
