"""What processes that died have left half written, swept up at the start of a server."""

from emotion_core.datasets.corrections import sweep_own_faces
from emotion_core.datasets.storage import data_home
from emotion_core.exchange import sweep
from emotion_core.experiments.jobs import sweep_runs
from emotion_core.registry.active import sweep_models


def sweep_leftovers() -> None:
    """Delete half-written files and folders among runs, models and data, and bring back folders that were set aside;
    what a living process writes stays. Never raises `OSError`."""
    sweep(data_home())
    sweep_own_faces()
    sweep_models()
    sweep_runs()
