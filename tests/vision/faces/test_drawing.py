from dataclasses import replace

import numpy as np
import pytest

from emotion_core.emotions import COLOURS, EMOTIONS, colour_rgb
from emotion_core.vision.detection.landmarks import LandmarkDetector
from emotion_core.vision.faces import drawing
from emotion_core.vision.faces.drawing import Overlay, draw_faces, draw_heat, draw_sentence
from emotion_core.vision.faces.face import Face
from emotion_core.vision.geometry import Box


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
def test_the_whole_label_stays_inside_the_picture(box: Box) -> None:
    picture = np.zeros((480, 640, 3), np.uint8)
    middle = draw_faces(picture, [face(Box(300, 200, box.width, box.width), "surprise")], Overlay(boxes=False))
    drawn = draw_faces(picture, [face(box, "surprise")], Overlay(boxes=False))
    assert np.count_nonzero(drawn) == np.count_nonzero(middle)


def test_bars_and_mesh_are_drawn_where_they_are_asked_for(example: np.ndarray) -> None:
    landmarks = LandmarkDetector().confirm(example, Box(170, 60, 110, 110))
    assert landmarks is not None
    seen = replace(face(landmarks.box), landmarks=landmarks)
    plain = draw_faces(example, [seen])
    bars = draw_faces(example, [seen], Overlay(bars=True))
    points = draw_faces(example, [seen], Overlay(landmarks=True))
    beside = slice(landmarks.box.x + landmarks.box.width + 6, None)
    assert np.array_equal(plain[:, : landmarks.box.x], bars[:, : landmarks.box.x])
    assert not np.array_equal(plain[:, beside], bars[:, beside]) and np.array_equal(plain[:, beside], points[:, beside])
    assert not np.array_equal(plain, points)


def test_only_several_followed_faces_are_numbered() -> None:
    picture = np.zeros((480, 640, 3), np.uint8)
    one, other = replace(face(Box(50, 200, 100, 100)), track_id=1), replace(face(Box(400, 200, 100, 100)), track_id=2)
    alone, both = draw_faces(picture, [one]), draw_faces(picture, [one, other])
    assert np.array_equal(alone, draw_faces(picture, [replace(one, track_id=0)]))
    assert np.count_nonzero(both[:, :350]) > np.count_nonzero(alone[:, :350])


def test_small_faces_of_a_crowd_have_numbers_and_the_others_words(monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    monkeypatch.setattr(drawing, "_draw_label", lambda canvas, text, *rest: said.append(text))
    large, small = face(Box(10, 10, 200, 200)), [face(Box(30 * n, 300, 25, 25), "sad") for n in range(8)]
    image = np.zeros((400, 600, 3), np.uint8)
    draw_faces(image, [large, *small])
    assert said[0].startswith("happy") and said[1:] == [str(number) for number in range(2, 10)]
    said.clear()
    draw_faces(image, [large, *small[:7]])
    assert all(words.startswith(("happy", "sad")) for words in said), "few are no crowd"


def test_heat_colours_the_part_of_the_face_that_it_names(example: np.ndarray) -> None:
    landmarks = LandmarkDetector().confirm(example, Box(170, 60, 110, 110))
    assert landmarks is not None
    heat = np.zeros((48, 48), np.float32)
    heat[30:44, 14:34] = 0.3  # the mouth
    canvas = example.copy()
    draw_heat(canvas, landmarks, heat)
    (_, _, mouth), changed = landmarks.keypoints, np.argwhere((canvas != example).any(axis=2))
    assert changed.mean(axis=0)[::-1] == pytest.approx(mouth, abs=12)


def test_a_sentence_stands_at_the_bottom_and_inside() -> None:
    canvas = np.full((480, 640, 3), 100, np.uint8)
    draw_sentence(canvas, "Your face is too dark: turn towards the light.")
    assert (canvas[:400] == 100).all() and canvas[400:].max() > 200
    assert (canvas[:, :10] == 100).all() and (canvas[:, -10:] == 100).all()


def test_a_tiny_picture_is_drawn_without_error() -> None:
    assert draw_faces(np.zeros((30, 20, 3), np.uint8), [face(Box(0, 0, 20, 20))]).shape == (30, 20, 3)


def test_the_labels_of_large_photographs_are_not_kept_in_memory() -> None:
    drawing._kept_text.cache_clear()
    draw_faces(np.zeros((1500, 2000, 3), np.uint8), [face(Box(100, 700, 600, 600))])
    assert not drawing._kept_text.cache_info().currsize
    draw_faces(np.zeros((480, 640, 3), np.uint8), [face(Box(100, 200, 61, 61), "fear")])
    assert drawing._kept_text.cache_info().currsize


@pytest.mark.parametrize("shape", [(480, 640, 3), (640, 480, 3)])
def test_a_long_sentence_goes_on_below_and_stays_inside(shape: tuple[int, int, int]) -> None:
    canvas = np.full(shape, 128, np.uint8)
    draw_sentence(
        canvas, "Sad! 57 points. Raise the inner ends of your eyebrows and pull the corners of your mouth down."
    )
    rows, columns = np.nonzero((canvas == 255).all(axis=2))
    assert columns.min() > 0 and columns.max() < shape[1] - 1, "no line is cut off"
    assert np.ptp(rows) > 40 and rows.max() < shape[0] - 1, "two lines at least, each legible on a phone"
