"""The visitor without a browser whose camera plays a clip."""

import cv2
import numpy as np
import pytest
from websockets.exceptions import ConnectionClosed

from tests.browser.camera import one_face
from tests.browser.serving import Server
from tests.support.camera_visitor import CameraVisitor, Clip, MediaLoop, record
from tests.support.frame_numbers import numbered, read_number
from tests.support.visitor import Visitor


@pytest.fixture(scope="module")
def clip() -> Clip:
    return record(numbered(one_face()[:30]))


@pytest.mark.parametrize("number", [0, 5, 127])
@pytest.mark.parametrize("is_mirrored", [False, True])
def test_a_number_is_read_from_the_picture_it_was_drawn_on(number: int, is_mirrored: bool) -> None:
    frames = numbered([np.full((48, 640, 3), 90, np.uint8) for _ in range(number + 1)])
    gray = cv2.cvtColor(frames[-1], cv2.COLOR_RGB2GRAY)
    assert read_number(gray[:, ::-1] if is_mirrored else gray, is_mirrored) == number


def test_a_picture_without_a_number_has_none() -> None:
    assert read_number(np.full((48, 640), 90, np.uint8), is_mirrored=False) is None


def test_frames_go_to_the_server_and_come_back_drawn_on(app: Server, clip: Clip) -> None:
    with MediaLoop() as loop, Visitor(app.url) as tab:
        camera = CameraVisitor(tab.open(), clip, loop)
        camera.start()
        tab.wait_until(lambda: "with a face" in tab.page.text)
        assert camera.delays == []  # nothing is decoded yet
        camera.watch(True)
        tab.wait_until(lambda: len(camera.delays) >= 5)
        assert min(camera.delays) > 0
        camera.stop()
        tab.wait_until(lambda: "Your session" in tab.page.text)
        assert tab.page.exceptions == []


def test_who_vanishes_gets_nothing_more_and_can_say_nothing_more(app: Server, clip: Clip) -> None:
    with MediaLoop() as loop:
        tab = Visitor(app.url)
        camera = CameraVisitor(tab.open(), clip, loop)
        camera.start()
        camera.vanish()
        with pytest.raises((ConnectionClosed, OSError)):
            camera.stop()
