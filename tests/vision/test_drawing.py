import cv2
import numpy as np
import pytest

from emotion_core.emotions import COLOURS, EMOTIONS, colour_rgb
from emotion_core.vision.drawing import draw_faces
from emotion_core.vision.face import Box, Face


def face(box: Box, emotion: str = "happy") -> Face:
    return Face(box, {name: 0.94 if name == emotion else 0.01 for name in EMOTIONS})


@pytest.mark.parametrize("emotion", COLOURS)
def test_box_and_plate_have_the_emotions_colour(emotion: str) -> None:
    picture = np.zeros((480, 640, 3), np.uint8)
    drawn = draw_faces(picture, [face(Box(200, 200, 100, 100), emotion)])
    assert picture.max() == 0, "the picture given is left alone"
    assert tuple(drawn[250, 200]) == colour_rgb(emotion)
    plate = drawn[190:199, 200:290].reshape(-1, 3)
    assert (plate == colour_rgb(emotion)).all(axis=1).mean() > 0.4


@pytest.mark.parametrize(
    "box", [Box(0, 0, 60, 60), Box(600, 440, 40, 40), Box(-20, 300, 80, 80), Box(0, 0, 640, 480), Box(620, 0, 300, 300)]
)
def test_the_label_stays_inside_the_picture(box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    plates = []
    rectangle = cv2.rectangle

    def spy(canvas, start, end, colour, thickness, *rest):  # type: ignore[no-untyped-def]
        if thickness == cv2.FILLED:
            plates.append((*start, *end))
        return rectangle(canvas, start, end, colour, thickness, *rest)

    monkeypatch.setattr(cv2, "rectangle", spy)
    draw_faces(np.zeros((480, 640, 3), np.uint8), [face(box, "surprise")])
    ((left, top, right, bottom),) = plates
    assert 0 <= left < right <= 640 and 0 <= top < bottom <= 480


def test_a_tiny_picture_is_drawn_without_error() -> None:
    assert draw_faces(np.zeros((30, 20, 3), np.uint8), [face(Box(0, 0, 20, 20))]).shape == (30, 20, 3)
