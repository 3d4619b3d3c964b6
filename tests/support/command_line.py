"""The command line in this process: a new one takes two seconds to import what it needs."""

from pathlib import Path

from typer.testing import CliRunner, Result

from emotion_core.cli import app


def command(*arguments: object, models: Path | None = None) -> Result:
    """What a command answers. models: the folder it finds models in."""
    environment = {"EMOTION_MODELS": str(models)} if models else {}
    return CliRunner().invoke(app, [str(word) for word in arguments], env=environment, catch_exceptions=False)
