"""How a face looks at rest."""

import numpy as np
import pytest

from emotion_core.vision.live.resting_face import WATCHED_SECONDS, RestWatcher

RESTING = np.array([0.05, 0.05, 0.05, 0.05, 0.3, 0.45, 0.05])
SMILING = np.array([0.02, 0.02, 0.02, 0.88, 0.02, 0.02, 0.02])
FEATURES = np.arange(4.0)


def watch(watcher: RestWatcher, seconds: float, begin: float = 0.0, smiles: float = 0.0, track_id: int = 1) -> float:
    """Ten frames a second, that share of every ten seconds smiling; the time at the end."""
    for step in range(round(10 * seconds)):
        is_smile = (step % 100) < 100 * smiles
        row = SMILING if is_smile else RESTING
        watcher.add(track_id, row, FEATURES + is_smile, begin + step / 10)
    return begin + seconds


def test_after_half_a_minute_a_face_that_mostly_rests_is_known_without_its_smiles() -> None:
    watcher = RestWatcher()
    watch(watcher, WATCHED_SECONDS - 1, smiles=0.3)
    assert watcher.at_rest() is None
    watch(watcher, 2, begin=WATCHED_SECONDS - 1)
    take = watcher.at_rest()
    assert take and take.emotion == "neutral" and take.probabilities == pytest.approx(RESTING)
    assert take.features == pytest.approx(FEATURES)


def test_a_face_that_moves_too_much_or_comes_and_goes_is_not_told() -> None:
    moving, gone, changed = RestWatcher(), RestWatcher(), RestWatcher()
    watch(moving, WATCHED_SECONDS + 2, smiles=0.5)
    watch(gone, WATCHED_SECONDS + 1, begin=watch(gone, 5) + 10)
    watch(changed, 20, begin=watch(changed, 20), track_id=2)
    assert moving.at_rest() is None and changed.at_rest() is None
    assert gone.at_rest() is not None, "half a minute after it came back"
