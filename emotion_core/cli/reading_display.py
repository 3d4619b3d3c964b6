"""What a terminal shows while many inputs are read, here or on a cluster."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from emotion_core.wording import counted

STOPPED = "Stopped. {out} has what was read so far; the same command goes on."
_COLUMNS = (BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[rate]}"), TimeRemainingColumn())


def new_console() -> Console:
    """On the standard error."""
    return Console(stderr=True, soft_wrap=True)


@contextmanager
def showing_progress(console: Console, inputs: int, left: int) -> Iterator[Callable[[int], None]]:
    """Inside, a bar; what it gives is told how many more inputs are done. left: those of them not read before."""
    console.print(f"{counted(inputs, 'input')}, {inputs - left} read before.", highlight=False)
    with Progress(*_COLUMNS, console=console) as progress:
        task = progress.add_task("read", total=left, rate="")

        def advance(count: int) -> None:
            speed = progress.tasks[0].speed
            progress.update(task, advance=count, rate=f"{speed:.1f} a second" if speed else "")

        yield advance


def tell_failed(console: Console, failed: int) -> None:
    """How many inputs could not be read; nothing where all could."""
    if failed:
        console.print(f"{counted(failed, 'input')} could not be read; the column error says why.", highlight=False)
