"""How to train the shipped model again from nothing, and how long it took.

    python -m benchmarks.reproduce [--data FER2013] [--run]

Prints the command of each round, one after the other; with `--run` runs them all. Afterwards
`python -m benchmarks.accuracy --model RUN/model` measures the result. It will not be the same to the last digit: the
order of additions in a threaded processor is not fixed.
"""

import shlex
import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer

from emotion_core.store.active import active_model
from emotion_core.store.again import again
from emotion_core.store.models import open_model
from emotion_core.store.progress import in_words


def main(
    data: Annotated[str, typer.Option()] = "FER2013",
    model: Annotated[Path | None, typer.Option()] = None,
    run: Annotated[bool, typer.Option(help="Start the training now.")] = False,
) -> None:
    folder = open_model(model) if model else active_model()
    for number, part in enumerate(folder.rounds, start=1):
        config = again(folder, part, data, f"runs/{folder.name}-{{number}}/model")
        command = f"{config.command} --run-dir runs/{folder.name}-{number}"
        report = part.report
        print(command)
        print(
            f"{len(part.history)} epochs took {in_words(report['seconds'])}; "
            f"{report['splits']['validation']['accuracy']:.2%} of the validation faces right",
            flush=True,
        )
        if run and (status := subprocess.call([sys.executable, *shlex.split(command)[1:]])):
            raise SystemExit(status)


if __name__ == "__main__":
    typer.run(main)
