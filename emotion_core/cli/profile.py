"""A person's profile from pictures."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from emotion_core.cli.analyze import DetectorName
from emotion_core.cli.shared import ModelOption, fail, open_chosen_model
from emotion_core.images import ImageError, read_rgb

if TYPE_CHECKING:
    from emotion_core.registry.model_schemas import Emotion
    from emotion_core.vision.faces.analyzer import FaceAnalyzer
    from emotion_core.vision.faces.profile import Take

Pictures = Annotated[
    list[Path],
    typer.Option(default_factory=list, help="Pictures of this person, one face each."),
]


def profile(
    out: Annotated[Path, typer.Option(help="File to write, a .json of numbers without any picture.")],
    neutral: Pictures,
    angry: Pictures,
    disgust: Pictures,
    fear: Pictures,
    happy: Pictures,
    sad: Pictures,
    surprise: Pictures,
    model: ModelOption = None,
    detector: Annotated[DetectorName, typer.Option(help="As for analyze.")] = DetectorName.blazeface,
) -> None:
    """Make a person's profile, for `analyze --profile`: answers relative to that person's own faces.

    It needs a neutral face at least. Each option may be given several times.
    """
    from emotion_core.vision.detection.haar import scan_without_helpers
    from emotion_core.vision.faces.analyzer import new_analyzer
    from emotion_core.vision.faces.classifier import Classifier
    from emotion_core.vision.faces.profile import Profile, ProfileError

    pictures: dict[Emotion, list[Path]] = {
        "neutral": neutral, "angry": angry, "disgust": disgust, "fear": fear, "happy": happy, "sad": sad,
        "surprise": surprise,
    }  # fmt: skip
    folder = open_chosen_model(model)
    scan_without_helpers()
    analyzer = new_analyzer(detector, Classifier(folder))
    takes = [_take(emotion, path, analyzer) for emotion, paths in pictures.items() for path in paths]
    try:
        out.write_text(Profile(folder, takes).to_json(), encoding="utf-8")
    except ProfileError as error:
        fail(str(error))
    except OSError as error:
        fail(f"{out} cannot be written ({error.strerror}).")
    print(f"{out}: {len(takes)} pictures, for the model {folder.name}.")


def _take(emotion: "Emotion", path: Path, analyzer: "FaceAnalyzer") -> "Take":
    from emotion_core.vision.faces.profile import take_of

    try:
        faces = analyzer.analyze(read_rgb(path))
    except ImageError as error:
        fail(f"{path}: {error}" if str(path) not in str(error) else str(error))
    if len(faces) != 1:
        fail(f"{path} shows {len(faces) or 'no'} faces; a profile needs pictures with one.")
    return take_of(emotion, faces, analyzer.classifier.labels)
