"""What a person's profile is worth, on posed faces of people by person and emotion.

    python -m benchmarks.personal --data PEOPLE [--write]

PEOPLE has `<person>/<emotion>/*`. Of each person some pictures are given, drawn at random ten times (each neutral
picture in turn where neutral alone is given), and the others are read. "Nothing" is told for the same people and
pictures; the control gets the neutral face of somebody else. Figures are means over people. The settings of profiles
were chosen on the faces that they are measured on; `benchmarks.profile_settings` tells what that is worth.
"""

import itertools
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from benchmarks._model_card import keep_measured
from benchmarks._people import Faces, read_people
from emotion_core.cli.shared import ModelOption, open_chosen_model
from emotion_core.emotions import EMOTIONS, NEUTRAL
from emotion_core.evaluation import model_card
from emotion_core.evaluation.metrics import measure as measure_answers
from emotion_core.registry.measured_schemas import Personal, PersonalRow
from emotion_core.registry.model_schemas import Emotion, Figures
from emotion_core.vision.faces.classifier import Classifier
from emotion_core.vision.faces.profile import SETTINGS, Profile, ProfileSettings

DRAWS = 10
_SET_DRAWS = 4  # for each of the 63 sets of other emotions
OTHERS = tuple(emotion for emotion in EMOTIONS if emotion != NEUTRAL)


@dataclass(frozen=True)
class Draw:
    """One person's pictures: those that are given, and those that are read."""

    person: str
    given: list[int]
    read: np.ndarray


@dataclass(frozen=True)
class Outcome:
    """accuracy: a mean over people; figures: of all readings together."""

    accuracy: float
    figures: Figures

    def recall(self, emotion: Emotion) -> str:
        """Of one emotion, in words."""
        of_class = self.figures.per_class[emotion]
        return f"{of_class.recall:.0%}" if of_class.support else "-"


def draws(
    faces: Faces, of_each: int, neutrals: int, emotions: Sequence[str] = OTHERS, count: int = DRAWS
) -> list[Draw]:
    """Of everybody who has the pictures and one more of each emotion to read. of_each: given of each of `emotions`."""
    random = np.random.default_rng(0)
    found = []
    for person in sorted(set(faces.person)):
        neutral = faces.rows(person, NEUTRAL)
        own = [faces.rows(person, emotion) for emotion in emotions]
        if len(neutral) < neutrals or (of_each and min(map(len, own)) <= of_each):
            continue
        everything = np.flatnonzero(faces.person == person)
        turns = [[row] for row in neutral] if not of_each else [None] * count
        for turn in turns:
            given = turn or list(random.permutation(neutral)[:neutrals])
            given += [row for rows in own for row in random.permutation(rows)[:of_each]]
            found.append(Draw(person, given, np.setdiff1d(everything, given)))
    return found


Reader = Callable[[Draw], np.ndarray]


def measure(faces: Faces, drawn: Sequence[Draw], read: Reader) -> Outcome:
    """read: probabilities float [M, 7] for the rows that a draw reads."""
    labels = faces.classifier.labels
    shares: dict[str, list[float]] = {}
    truths, answers = [], []
    for draw in drawn:
        truth = np.array([labels.index(emotion) for emotion in faces.emotion[draw.read]])
        probabilities = read(draw)
        shares.setdefault(draw.person, []).append(float((probabilities.argmax(axis=1) == truth).mean()))
        truths.append(truth)
        answers.append(probabilities)
    accuracy = float(np.mean([np.mean(of_person) for of_person in shares.values()]))
    return Outcome(accuracy, measure_answers(np.concatenate(truths), np.concatenate(answers), labels))


def nothing(faces: Faces) -> Reader:
    return lambda draw: faces.probabilities[draw.read]


def personal(faces: Faces, emotions: Sequence[str] = EMOTIONS, settings: ProfileSettings = SETTINGS) -> Reader:
    """With a profile of those given pictures that show one of these emotions."""

    def read(draw: Draw) -> np.ndarray:
        given = [row for row in draw.given if faces.emotion[row] in emotions]
        return _apply(faces, Profile(faces.classifier.model, faces.takes(given), settings), draw.read)

    return read


def somebody_elses(faces: Faces) -> Reader:
    """With the neutral faces of everybody else."""

    def read(draw: Draw) -> np.ndarray:
        others = sorted(set(faces.person) - {draw.person})
        random = np.random.default_rng(len(draw.read))
        known = [rows for person in random.permutation(others) if len(rows := faces.rows(person, NEUTRAL))]
        return _apply(faces, Profile(faces.classifier.model, faces.takes([known[0][0]])), draw.read)

    return read


def worst_sets(faces: Faces) -> list[tuple[float, tuple[str, ...]]]:
    """Accuracy above that of neutral alone, for each set of other emotions of which one picture is given, lowest first;
    the same pictures are read for all of them."""
    drawn = draws(faces, 1, 1, count=_SET_DRAWS)
    alone = measure(faces, drawn, personal(faces, [NEUTRAL])).accuracy
    sets = itertools.chain.from_iterable(itertools.combinations(OTHERS, size) for size in range(1, 7))
    gains = [(measure(faces, drawn, personal(faces, [NEUTRAL, *chosen])).accuracy - alone, chosen) for chosen in sets]
    return sorted(gains)


def cost(faces: Faces) -> tuple[float, float]:
    """Milliseconds of a face's correction, one of each emotion given, and its ratio to the network's own time."""
    (draw,) = draws(faces, 1, 1, count=1)[:1]
    profile = Profile(faces.classifier.model, faces.takes(draw.given))
    crop = np.zeros((1, 48, 48), np.uint8)
    features = None if faces.features is None else faces.features[:1]

    def took(call: Callable[[], object]) -> float:
        times = []
        for _ in range(200):
            began = time.perf_counter()
            call()
            times.append(time.perf_counter() - began)
        return float(np.median(times))

    own = took(lambda: profile.apply(faces.probabilities[:1], features))
    return 1000 * own, own / took(lambda: faces.classifier.read(crop))


def _apply(faces: Faces, profile: Profile, rows: np.ndarray) -> np.ndarray:
    return profile.apply(faces.probabilities[rows], None if faces.features is None else faces.features[rows])


def measure_profiles(faces: Faces) -> Personal:
    """Everything that the card tells of profiles."""
    neutral, one, three = draws(faces, 0, 1), draws(faces, 1, 1), draws(faces, 3, 3)
    own = personal(faces)
    rows = [
        _row(faces, "a neutral face of somebody else", neutral, somebody_elses(faces)),
        _row(faces, "one neutral face", neutral, own),
        _row(faces, "one of each emotion", one, own),
        _row(faces, "three of each emotion", three, own),
    ]
    return Personal(
        people=len(set(faces.person)),
        pictures=len(faces.person),
        rows=[row for row in rows if row],
        worst_set=worst_sets(faces)[0][0],
    )


def _row(faces: Faces, given: str, drawn: Sequence[Draw], read: Reader) -> PersonalRow | None:
    if not drawn:
        print(f"Nobody has the pictures for: {given}.")
        return None
    before, after = measure(faces, drawn, nothing(faces)), measure(faces, drawn, read)
    return PersonalRow(
        given=given,
        people=len({draw.person for draw in drawn}),
        nothing=before.accuracy,
        accuracy=after.accuracy,
        ece=after.figures.ece,
        recall={emotion: its.recall for emotion, its in after.figures.per_class.items() if its.support},
    )


def main(
    data: Annotated[Path, typer.Option(help="Folder of <person>/<emotion>/*.")],
    model: ModelOption = None,
    write: Annotated[bool, typer.Option(help="Keep the figures in the model's folder and write the card.")] = False,
) -> None:
    """Measure what profiles are worth."""
    folder = open_chosen_model(model)
    faces = read_people(data, Classifier(folder))
    bare = measure(faces, [Draw("everybody", [], np.arange(len(faces.person)))], nothing(faces))
    recall = ", ".join(f"{emotion} {bare.recall(emotion)}" for emotion in faces.classifier.labels)
    print(f"Nothing given: {bare.accuracy:.1%} of all faces, ECE {bare.figures.ece:.3f}; {recall}.\n")
    measured = measure_profiles(faces)
    print(model_card.profile_table(measured))
    print(f"\nWorst set of other emotions, against neutral alone: {100 * measured.worst_set:+.1f} points.")
    milliseconds, ratio = cost(faces)
    print(f"A face's correction takes {milliseconds:.3f} ms, {ratio:.3f} of the network's own time.")
    if write:
        keep_measured(folder, folder.measured.model_copy(update={"personal": measured}))


if __name__ == "__main__":
    typer.run(main)
