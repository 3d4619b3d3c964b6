"""The command that starts a run in a terminal."""

import shlex
from collections.abc import Iterator

from emotion_core.experiments.config import RunConfig, settings_of
from emotion_core.experiments.presets import PRESETS


def run_command(config: RunConfig, with_precision: bool = True) -> str:
    """The shortest one: a preset, or none, and every setting that differs from it.

    with_precision: False leaves it to the computer where the preset chooses the fastest one.
    """
    options = [list(_options(config, preset, with_precision)) for preset in (None, *PRESETS)]
    return shlex.join(["python", "-m", "emotion_core", "train", "--data", config.data, *min(options, key=len)])


def _options(config: RunConfig, preset: str | None, with_precision: bool) -> Iterator[str]:
    if preset:
        yield from ("--preset", preset)
    recipe = PRESETS[preset].settings if preset else {}
    usual = RunConfig.from_settings({"data": config.data, **recipe})
    for part, before in ((config, usual), (config.augmentation, usual.augmentation)):
        for name in settings_of(type(part)):
            value, option = getattr(part, name), name.replace("_", "-")
            if value == getattr(before, name) or (name == "precision" in recipe and not with_precision):
                continue
            if isinstance(value, bool):
                yield f"--{option}" if value else f"--no-{option}"
            else:
                yield from (f"--{option}", str(value))
