"""What processes that died have left half written, swept up at the start of a server."""

from emotion_core.datasets.corrections import clean_up_corrections
from emotion_core.datasets.storage import data_home
from emotion_core.experiments.jobs import clean_up_runs
from emotion_core.folder_replacement import delete_unfinished
from emotion_core.registry.active import clean_up_models


def clean_up() -> None:
    """Delete half-written files and folders among runs, models and data, and bring back folders that were set aside;
    what a living process writes stays. Never raises `OSError`."""
    delete_unfinished(data_home())
    clean_up_corrections()
    clean_up_models()
    clean_up_runs()
