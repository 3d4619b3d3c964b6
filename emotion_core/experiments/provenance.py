"""How to repeat the runs that made a model."""

from emotion_core.experiments.config import RunConfig
from emotion_core.registry.model_folder import ModelFolder


def reproduce(model: ModelFolder, part: ModelFolder, data: str, path: str) -> RunConfig:
    """The config of one of a model's `runs`, for these data.

    path: where the model of each run will lie, with `{number}` for the number of the run, from 1 on; what the part
    builds on is taken from there. Raises `ConfigError` for settings of another version of this program.
    """
    places = {earlier.fingerprint: path.format(number=number) for number, earlier in enumerate(model.runs, start=1)}
    return RunConfig.from_dict(
        {
            **part.card.recipe,
            "data": data,
            "start_from": places[part.start.fingerprint] if part.start else "",
            "teachers": ",".join(places[teacher.fingerprint] for teacher in part.teachers),
        }
    )
