"""The faces behind a profile's takes, in memory only: with them the profile can be made again for another model."""

from collections.abc import Sequence

import numpy as np

from emotion_core.emotions import NEUTRAL
from emotion_core.vision.faces.classifier import Classifier
from emotion_core.vision.faces.profile import Profile, Take

_OF_A_TAKE = 10  # faces, evenly over its time


class RecordedFaces:
    """Takes, and what the network saw in each. Not to be shared between threads."""

    def __init__(self) -> None:
        self._kept: list[tuple[Take, np.ndarray]] = []

    def keep(self, take: Take, crops: Sequence[np.ndarray], used: Sequence[Take]) -> None:
        """The faces of a take, uint8 [48, 48] each, none where they are not known. used: other takes, whose faces stay
        too."""
        self._kept = [(other, faces) for other, faces in self._kept if any(other is one for one in used)]
        if crops:
            places = np.linspace(0, len(crops) - 1, min(_OF_A_TAKE, len(crops))).astype(int)
            self._kept.append((take, np.stack([crops[place] for place in places])))

    def read_again(self, profile: Profile, classifier: Classifier) -> Profile | None:
        """The same profile for another model; None where a take's faces are not known, or the model cannot have one."""
        known = [(take, crops) for take, crops in self._kept if any(take is used for used in profile.takes)]
        if len(known) < len(profile.takes) or NEUTRAL not in classifier.labels:
            return None
        again = list[tuple[Take, np.ndarray]]()
        for take, crops in known:
            rows, features = classifier.read(crops)
            mean = None if features is None else features.mean(axis=0)
            again.append((Take(take.emotion, rows.mean(axis=0), mean), crops))
        self._kept = again
        return Profile(classifier.model, [take for take, _ in again])
