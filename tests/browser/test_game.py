"""Show all seven in a real browser, with somebody who poses."""

import io
import re
import time
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from emotion_core.emotions import NEUTRAL
from emotion_core.images import read_rgb
from emotion_core.registry.active import active_model
from emotion_core.vision.detection.available import PICTURE_DETECTOR
from emotion_core.vision.faces.analyzer import FaceAnalyzer, new_analyzer
from emotion_core.vision.faces.classifier import Classifier
from emotion_core.vision.faces.portrait import PORTRAIT_SIDE, portrait
from emotion_core.vision.geometry import Box
from emotion_core.vision.live.game import points
from emotion_core.vision.live.game_pictures import place
from emotion_core.vision.live.posing import HOW_TO
from tests.browser import posed_camera
from tests.browser.live_page import press_until
from tests.browser.serving import Server

PERSON = "01"
_TOLERANCE = 25  # points of 100: the video is compressed, and the best of some seconds is taken
_PATIENCE = 90.0  # seconds; the game takes 32
_ROUNDS = re.compile(r"(\d) of 7\. (?:Next: )?(\w+)")


@pytest.fixture(scope="module")
def analyzer() -> FaceAnalyzer:
    return new_analyzer(PICTURE_DETECTOR, Classifier(active_model()))


@pytest.fixture(scope="module")
def poses(people_folder: Path) -> Mapping[str, np.ndarray]:
    """Camera pictures by emotion."""
    folder = people_folder / PERSON
    return {emotion: posed_camera.framed(read_rgb(sorted((folder / emotion).iterdir())[0])) for emotion in HOW_TO}


def play(page: Page, poses: Mapping[str, np.ndarray], button: str) -> None:
    """Pose what the page asks for, until it shows the points."""
    posed_camera.show(page, poses[NEUTRAL])
    page.wait_for_timeout(2_000)  # the last pose of the game before is still in the video
    press_until(page, button, page.get_by_role("button", name="Cancel the game"))
    expect(page.get_by_role("heading", name="of 600 points")).to_be_hidden()
    bar, done = page.get_by_test_id("stProgress"), page.get_by_role("heading", name="of 600 points")
    shown, deadline = NEUTRAL, time.monotonic() + _PATIENCE
    while not done.is_visible():
        assert time.monotonic() < deadline, bar.all_inner_texts()
        found = _ROUNDS.search(" ".join(bar.all_inner_texts()))
        asked = found[2].lower() if found else shown
        if asked != shown and asked in poses:
            posed_camera.show(page, poses[asked])
            shown = asked
        page.wait_for_timeout(100)


def test_points_collage_and_animation_are_what_the_core_computes(
    page: Page, server: Server, analyzer: FaceAnalyzer, poses: Mapping[str, np.ndarray]
) -> None:
    posed_camera.start(page, server, poses[NEUTRAL])
    play(page, poses, "Show all seven")
    wrong = differences(page, analyzer, poses)
    if wrong:  # a computer that is short of time may have told the poser too late what to pose
        play(page, poses, "Play again")
        wrong = differences(page, analyzer, poses)
    assert not wrong

    with page.expect_download() as moving:
        page.get_by_role("button", name="Animation").click()
    animation = Image.open(io.BytesIO(Path(moving.value.path()).read_bytes()))
    assert animation.info["loop"] == 0 and animation.n_frames >= 14  # type: ignore[attr-defined]
    page.get_by_role("button", name="Forget the game").click()
    expect(page.get_by_role("button", name="Show all seven")).to_be_visible()


def differences(page: Page, analyzer: FaceAnalyzer, poses: Mapping[str, np.ndarray]) -> list[str]:
    """Where points and collage on the page are not what the core computes from the same pictures."""
    found = []
    faces = {emotion: analyzer.analyze(image)[0] for emotion, image in poses.items()}
    neutral = faces[NEUTRAL].probabilities
    expected = {emotion: points(faces[emotion].probabilities[emotion], neutral[emotion]) for emotion in HOW_TO}
    told = page.get_by_alt_text("your seven best moments").get_attribute("alt") or ""
    won = {emotion: int(points_won) for emotion, points_won in re.findall(r"(\w+) (\d+)(?=,| and|$)", told)}
    total = int(page.get_by_role("heading", name="of 600 points").inner_text().split()[0])
    assert set(won) == set(expected) - {NEUTRAL} and total == sum(won.values())
    found += [
        f"{emotion} {won[emotion]}, not {expected[emotion]}"
        for emotion in won
        if abs(won[emotion] - expected[emotion]) > _TOLERANCE
    ]

    with page.expect_download() as picture:
        page.get_by_role("button", name="Picture of all seven").click()
    collage = np.asarray(Image.open(io.BytesIO(Path(picture.value.path()).read_bytes())).convert("RGB")).astype(int)
    # as the video shows them
    crops = {emotion: portrait(poses[emotion][:, ::-1], mirrored(faces[emotion].box), []) for emotion in HOW_TO}
    for number, emotion in enumerate(HOW_TO):
        x, y = place(number)
        seen = collage[y : y + PORTRAIT_SIDE, x : x + PORTRAIT_SIDE]
        distances = {other: float(np.abs(seen - crop.astype(int)).mean()) for other, crop in crops.items()}
        if distances[emotion] > min(distances.values()) or distances[emotion] >= 20:
            found.append(f"{emotion} does not show its own pose: {distances}")
    return found


def mirrored(box: Box) -> Box:
    return Box(640 - box.x - box.width, box.y, box.width, box.height)
