"""Posed faces of people, `<person>/<emotion>/*`, as a model reads them."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import typer

from emotion_core.emotions import EMOTIONS
from emotion_core.images import ImageError, read_rgb
from emotion_core.vision.detection.available import PICTURE_DETECTOR
from emotion_core.vision.faces.analyzer import new_analyzer
from emotion_core.vision.faces.classifier import Classifier
from emotion_core.vision.faces.profile import Take


@dataclass(frozen=True)
class Faces:
    """What the model says of every picture: probabilities float32 [N, 7], features float32 [N, F] or None, both as the
    model's labels; person and emotion: str [N]."""

    classifier: Classifier
    probabilities: np.ndarray
    features: np.ndarray | None
    person: np.ndarray
    emotion: np.ndarray

    def rows(self, person: str, emotion: str) -> np.ndarray:
        return np.flatnonzero((self.person == person) & (self.emotion == emotion))

    def takes(self, rows: Sequence[int]) -> list[Take]:
        features = self.features
        return [
            Take(self.emotion[row], self.probabilities[row], None if features is None else features[row])
            for row in rows
        ]


def read_people(root: Path, classifier: Classifier, of_each: int | None = None) -> Faces:
    """Every picture's largest face; those without one are left out. of_each: so many pictures of each emotion only."""
    analyzer = new_analyzer(PICTURE_DETECTOR, classifier)
    crops, people, emotions, missed = [], [], [], 0
    folders = [folder for folder in sorted(root.glob("*/*")) if folder.name in EMOTIONS]
    for path in itertools.chain.from_iterable(sorted(folder.iterdir())[:of_each] for folder in folders):
        try:
            faces = analyzer.analyze(read_rgb(path))
        except ImageError:
            faces = []
        if not faces:
            missed += 1
            continue
        crops.append(faces[0].crop)
        people.append(path.parts[-3])
        emotions.append(path.parent.name)
    if not crops:
        raise typer.BadParameter(f"{root} has no pictures under <person>/<emotion>/ in which a face is found.")
    print(f"{len(crops)} faces of {len(set(people))} people; in {missed} pictures none was found.")
    return Faces(classifier, *classifier.read(np.array(crops)), np.array(people), np.array(emotions))
