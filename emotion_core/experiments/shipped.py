"""The shipped models as runs to look at: their curves, reports and files, for people who have trained nothing yet."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from emotion_core.experiments.config import ConfigError, RunConfig
from emotion_core.experiments.run import Run
from emotion_core.experiments.run_schemas import RunState, RunStatus
from emotion_core.registry.active import SHIPPED_MODELS
from emotion_core.registry.model_folder import ModelError, ModelFolder, models_root, open_model


@dataclass(frozen=True)
class ShippedRun(Run):
    """A model folder that came with the program, read as the run that made it. It cannot be changed or deleted."""

    model: ModelFolder

    @property
    def status(self) -> RunStatus:
        epochs = len(self.history)
        message = f"Ships with the program. Best epoch: {self.model.card.best_epoch}."
        return RunStatus(state=RunState.finished, epoch=epochs, of=epochs, message=message, begun=self._created)

    @property
    def _created(self) -> float:
        """Seconds since 1970; 0 where the card does not say."""
        try:
            return datetime.fromisoformat(self.model.card.created).timestamp()
        except ValueError:
            return 0.0

    @property
    def config(self) -> RunConfig | None:
        try:
            return RunConfig.from_dict({**self.model.card.recipe, "data": self.model.card.data.name})
        except ConfigError:
            return None

    @property
    def model_path(self) -> Path:
        return self.path


def shipped_runs() -> list[Run]:
    """The shipped models that are whole, the one that is used by default first."""
    found: list[Run] = []
    for name in reversed(SHIPPED_MODELS):
        try:
            model = open_model(models_root() / name)
        except ModelError:
            continue
        found.append(ShippedRun(model.path, model))
    return found
