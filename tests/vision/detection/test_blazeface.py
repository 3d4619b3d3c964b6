import cv2
import numpy as np
import pytest

from emotion_core.vision.detection.blazeface import BlazeFaceDetector
from emotion_core.vision.geometry import Box

FACE = Box(170, 60, 110, 110)  # in the example picture


def test_the_face_of_the_example_is_found_in_colour_and_in_gray(example: np.ndarray) -> None:
    detector = BlazeFaceDetector()
    for picture in (example, cv2.cvtColor(example, cv2.COLOR_RGB2GRAY)):
        assert detector.detect(picture)[0].iou(FACE) > 0.4


def test_turned_by_sixty_degrees_it_is_still_found(example: np.ndarray) -> None:
    turn = cv2.getRotationMatrix2D((225, 115), 60, 1)
    turned = cv2.warpAffine(example, turn, (512, 512), borderMode=cv2.BORDER_REPLICATE)
    assert any(box.iou(FACE) > 0.4 for box in BlazeFaceDetector().detect(turned))


def test_a_small_face_wants_a_closer_look(example: np.ndarray) -> None:
    small = cv2.resize(example, (96, 96), interpolation=cv2.INTER_AREA)
    picture = np.full((900, 1200, 3), 128, np.uint8)
    picture[700:796, 1000:1096] = small
    place = Box(1000 + 170 * 96 // 512, 700 + 60 * 96 // 512, 21, 21)
    assert any(box.iou(place) > 0.3 for box in BlazeFaceDetector(closer=True).detect(picture))
    assert not any(box.iou(place) > 0.3 for box in BlazeFaceDetector(closer=False).detect(picture))


def test_faces_that_are_known_spare_the_looks_that_do_not_show_them(
    example: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    picture = np.full((900, 1200, 3), 128, np.uint8)
    picture[:512, :512] = example
    picture[700:796, 1000:1096] = cv2.resize(example, (96, 96), interpolation=cv2.INTER_AREA)
    detector, large, small = BlazeFaceDetector(), FACE, Box(1032, 711, 21, 21)
    looks: list[tuple[int, int]] = []
    look = detector._detect_in_tile
    monkeypatch.setattr(detector, "_detect_in_tile", lambda part, origin: looks.append(origin) or look(part, origin))

    def shown(known: list[Box] | None) -> tuple[int, bool, bool]:
        def asked() -> list[Box]:
            assert len(looks) == 1, "not before it must: who is asked may be at work"
            return known or []

        looks.clear()
        found = detector.detect(picture, None if known is None else asked)
        return len(looks), *(any(box.iou(place) > 0.3 for box in found) for place in (large, small))  # type: ignore[return-value]

    assert shown(None) == (5, True, True)
    assert shown([large]) == (1, True, False), "the whole picture shows it"
    assert shown([large, small]) == (2, True, True)
    assert shown([]) == (1, True, False)


@pytest.mark.parametrize("shape", [(1, 1, 3), (3, 900, 3), (900, 3, 3), (300, 200, 3)])
def test_pictures_without_faces_have_none(shape: tuple[int, ...]) -> None:
    assert BlazeFaceDetector().detect(np.full(shape, 90, np.uint8)) == []
