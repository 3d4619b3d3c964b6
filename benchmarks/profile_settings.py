"""The settings of profiles, chosen by leaving one person out at a time, and what that choice is worth for whom it left.

    python -m benchmarks.profile_settings --data PEOPLE

PEOPLE has `<person>/<emotion>/*`. For each person the settings are those that read the other people best, a mean of
what `benchmarks.personal` measures with one neutral picture, one of each emotion and three of each; the person is then
read with them. The shipped settings were chosen on everybody, so their figure is a little too good, and by how much is
what this tells.
"""

import itertools
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from benchmarks._people import Faces, read_people
from benchmarks.personal import Draw, draws, personal
from emotion_core.cli.shared import ModelOption, open_chosen_model
from emotion_core.vision.faces.classifier import Classifier
from emotion_core.vision.faces.profile import SETTINGS, ProfileSettings

_TRIED: Mapping[str, Sequence[float]] = {
    "neutral_weight": (0.3, 0.4, 0.5),
    "difference_share": (0.35, 0.5, 0.7),
    "answer_weight": (0.25, 0.4, 0.6),
    "distance_weight": (0.05, 0.08, 0.12),
    "rest_weight": (1.5, 3.0),
}


def accuracies(faces: Faces, drawn: Mapping[str, list[Draw]], settings: ProfileSettings) -> dict[str, dict[str, float]]:
    """Of each person, by what is given."""
    read, labels = personal(faces, settings=settings), np.array(faces.classifier.labels)
    found = {}
    for given, of_all in drawn.items():
        shares: dict[str, list[float]] = {}
        for draw in of_all:
            right = labels[read(draw).argmax(axis=1)] == faces.emotion[draw.read]
            shares.setdefault(draw.person, []).append(float(right.mean()))
        found[given] = {person: float(np.mean(own)) for person, own in shares.items()}
    return found


def score(measured: Mapping[str, Mapping[str, float]], without: str) -> float:
    """The mean over what is given of the mean over people, one of them left out."""
    return float(np.mean([np.mean([of[person] for person in of if person != without]) for of in measured.values()]))


def main(
    data: Annotated[Path, typer.Option(help="Folder of <person>/<emotion>/*.")], model: ModelOption = None
) -> None:
    """Choose the settings without each person, and measure that person."""
    faces = read_people(data, Classifier(open_chosen_model(model)))
    drawn = {
        "one neutral face": draws(faces, 0, 1),
        "one of each emotion": draws(faces, 1, 1),
        "three of each emotion": draws(faces, 3, 3),
    }
    grid = [
        replace(SETTINGS, **dict(zip(_TRIED, values, strict=True))) for values in itertools.product(*_TRIED.values())
    ]
    measured = {settings: accuracies(faces, drawn, settings) for settings in grid}
    people = sorted(set(faces.person))
    chosen = {person: max(grid, key=lambda settings: score(measured[settings], person)) for person in people}
    shipped = measured[SETTINGS]
    print("| given | people | shipped settings | chosen without the person |\n|---|---|---|---|")
    for given, own in shipped.items():
        left_out = [measured[chosen[person]][given][person] for person in own]
        print(f"| {given} | {len(own)} | {np.mean(list(own.values())):.1%} | {np.mean(left_out):.1%} |")
    print(f"\n{len(grid)} settings. Chosen without one person:")
    for settings, count in Counter(chosen.values()).most_common():
        print(f"{count} times " + ", ".join(f"{name} {getattr(settings, name):g}" for name in _TRIED))


if __name__ == "__main__":
    typer.run(main)
