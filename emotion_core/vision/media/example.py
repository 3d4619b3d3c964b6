"""Pictures and a clip of people in the public domain, for visitors who have none at hand."""

from dataclasses import dataclass
from pathlib import Path

from emotion_core.vision.assets import EXAMPLE_PICTURE, SAMPLE_CLIP, TWO_FACES

EXAMPLE_CREDIT = (
    "Grace Hopper, photographed by James S. Davis (United States Navy), and Eileen Collins, photographed by NASA; "
    "both in the public domain."
)


@dataclass(frozen=True)
class Example:
    """One file to try. title: what it shows, in two words."""

    title: str
    path: Path

    def read(self) -> bytes:
        """The file's content."""
        return self.path.read_bytes()


EXAMPLES = {
    "one": Example("One face", EXAMPLE_PICTURE),
    "two": Example("Two faces", TWO_FACES),
    "clip": Example("A clip", SAMPLE_CLIP),
}


EXAMPLE_NAME = EXAMPLES["one"].path.name


def read_example() -> bytes:
    """The picture with one face."""
    return EXAMPLES["one"].read()
