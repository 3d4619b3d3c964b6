"""One moment of a person in a video taken for that person's neutral face: all answers of the person are read again."""

from collections.abc import Collection, Sequence

import numpy as np

from emotion_core.emotions import NEUTRAL
from emotion_core.vision.faces.classifier import Classifier
from emotion_core.vision.faces.profile import Profile, Take
from emotion_core.vision.faces.smoothing import HALF_LIFE, EmotionFilter
from emotion_core.vision.media.records import Record


def with_neutral(
    records: Sequence[Record],
    features: np.ndarray | None,
    persons: Collection[int],
    time: float,
    classifier: Classifier,
) -> tuple[Record, ...]:
    """The records of a video with one person's answers relative to how the person looks at `time`, in seconds.

    features: float16 [N, F] of all faces in the order of the records, None for a model without; persons: the numbers
    that this one person has; classifier: the one that read the faces. Faces that do not change are the same
    objects. Raises `ProfileError`, and `ValueError` where no face of the person is known.
    """
    labels = classifier.labels
    places = [(r, f) for r, record in enumerate(records) for f in range(len(record["faces"]))]
    chosen = [n for n, (r, f) in enumerate(places) if records[r]["faces"][f].get("person") in persons]
    if not chosen:
        raise ValueError("The video does not show this person.")
    faces = [records[places[n][0]]["faces"][places[n][1]] for n in chosen]
    rows = np.array([[face["probabilities"][label] for label in labels] for face in faces], np.float32)
    kept = None if features is None else features[chosen].astype(np.float32)
    times = np.array([records[places[n][0]]["time"] for n in chosen])
    at = int(np.abs(times - time).argmin())
    profile = Profile(classifier.model, [Take(NEUTRAL, rows[at], None if kept is None else kept[at])])
    corrected, answers = profile.apply(rows, kept), EmotionFilter()
    changed = [dict(record, faces=list(record["faces"])) if record["faces"] else record for record in records]
    for number, row, when in zip(chosen, corrected, times, strict=True):
        mean, best, is_uncertain = answers.update(row, float(when), HALF_LIFE, classifier.uncertain_below)
        r, f = places[number]
        changed[r]["faces"][f] = {
            **records[r]["faces"][f],
            "emotion": labels[best],
            "confidence": round(float(mean[best]), 4),
            "uncertain": is_uncertain,
            "probabilities": {label: round(float(value), 4) for label, value in zip(labels, row, strict=True)},
            "profile": True,
        }
    return tuple(changed)
