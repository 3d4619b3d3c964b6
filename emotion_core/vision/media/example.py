"""The example picture, from the installed scikit-image."""

from importlib.util import find_spec
from pathlib import Path

EXAMPLE_NAME = "astronaut.png"
EXAMPLE_CREDIT = "Eileen Collins, photographed by NASA (public domain); the file comes with scikit-image."


def read_example() -> bytes:
    """The picture's file content. Raises `FileNotFoundError` when scikit-image is not installed."""
    # Found without importing: scikit-image's import would cost the server 60 MiB for one file.
    spec = find_spec("skimage")
    if spec is None or spec.origin is None:
        raise FileNotFoundError("The example picture comes with scikit-image, which is not installed.")
    return (Path(spec.origin).parent / "data" / EXAMPLE_NAME).read_bytes()
