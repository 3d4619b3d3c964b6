import numpy as np
import pytest

from emotion_core.emotions import EMOTIONS
from emotion_core.vision.faces.occlusion import OcclusionMap


class Lower:
    """Sees "happy" in the brightness of the lower left quarter."""

    labels = EMOTIONS

    def predict(self, faces: np.ndarray) -> np.ndarray:
        bright = faces[:, 24:, :24].mean(axis=(1, 2)) / 255
        return np.stack([bright if name == "happy" else (1 - bright) / 6 for name in EMOTIONS], axis=1)


def test_the_part_that_decides_stands_out_once_every_patch_was_covered() -> None:
    crop = np.full((48, 48), 40, np.uint8)
    crop[24:, :24] = 240
    occlusion, lower = OcclusionMap(patches_a_frame=5), Lower()
    for _ in range(occlusion.frames_for_all):
        heat = occlusion.update(crop, "happy", lower, track_id=1)  # type: ignore[arg-type]
    assert heat.shape == (48, 48)
    once = heat[36, 12]
    for _ in range(occlusion.frames_for_all):
        heat = occlusion.update(crop, "happy", lower, track_id=1)  # type: ignore[arg-type]
    assert heat[36, 12] == pytest.approx(once, rel=0.01), "the first look counts whole"
    assert heat[30:42, 6:18].min() > 3 * max(heat[:18].max(), heat[:, 30:].max(), 0.001)
    heat = occlusion.update(crop, "happy", lower, track_id=2)  # type: ignore[arg-type]
    assert not heat[30:42, 6:18].any(), "what was known of another face is not shown on this one"


def test_the_face_given_is_left_alone() -> None:
    crop = np.full((48, 48), 100, np.uint8)
    crop[10:20] = 200
    before = crop.copy()
    OcclusionMap().update(crop, "happy", Lower())  # type: ignore[arg-type]
    assert np.array_equal(crop, before)
