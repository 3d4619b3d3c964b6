"""The example picture, one click away for people who have none at hand."""

from emotion_core.vision.assets import EXAMPLE_PICTURE

EXAMPLE_NAME = EXAMPLE_PICTURE.name
EXAMPLE_CREDIT = "Eileen Collins, photographed by NASA (public domain)."


def read_example() -> bytes:
    """The picture's file content."""
    return EXAMPLE_PICTURE.read_bytes()
