"""`python -m emotion_core`: analyze, profile, train, evaluate, models, promote, rollback, export."""

import typer

from emotion_core.cli import analyze, evaluate, export, models, profile, train
from emotion_core.cli.analyze_command import AnalyzeCommand

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help=__doc__)
app.command(cls=AnalyzeCommand)(analyze.analyze)
for _command in (
    profile.profile,
    train.train,
    evaluate.evaluate,
    models.models,
    models.promote,
    models.rollback,
    export.export,
):
    app.command()(_command)
