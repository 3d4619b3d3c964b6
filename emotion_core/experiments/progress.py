"""How far a run is, and how long it will still take."""

from dataclasses import dataclass

from emotion_core.experiments.run import Run
from emotion_core.images import FACE_SIZE
from emotion_core.wording import counted


@dataclass(frozen=True)
class Progress:
    """fraction: 0 to 1; epoch: the one going on, from 1; seconds_left: None before the first epoch is over."""

    fraction: float
    epoch: int
    epochs: int
    seconds_left: float | None


def progress(run: Run) -> Progress:
    """Read a run's progress. The rest is estimated from the median epoch so far, as the first one starts slowly; an
    epoch takes longer with larger faces, about in proportion to their side (docs/measurements.md, "Recipes")."""
    status, history = run.status, run.history
    epochs = max(1, status.of)
    begun = status.epoch + status.step / max(1, status.steps)
    done = min(float(epochs), begun)
    seconds = None
    if len(history):
        sides = _sides(run, epochs)
        per_pixel = (history["seconds"] / [sides[min(epoch, epochs) - 1] for epoch in history["epoch"]]).median()
        whole = int(done)
        seconds = float(per_pixel) * (sum(sides[whole:]) - (done - whole) * sides[min(whole, epochs - 1)])
    return Progress(done / epochs, min(epochs, int(done) + 1), epochs, seconds)


def _sides(run: Run, epochs: int) -> list[int]:
    """Of the faces in each epoch, pixels; equal ones where the settings cannot be read."""
    stages = run.config.stages if run.config else []
    return [next((size for size, end in stages if epoch < end), FACE_SIZE) for epoch in range(epochs)]


def duration_in_words(seconds: float) -> str:
    """A length of time for people.

    >>> duration_in_words(40), duration_in_words(200), duration_in_words(9000)
    ('40 seconds', '3 minutes', '2 h 30 min')
    """
    if seconds < 90:
        return counted(max(1, round(seconds)), "second")
    minutes = round(seconds / 60)
    return f"{minutes} minutes" if minutes < 90 else f"{minutes // 60} h {minutes % 60} min"
