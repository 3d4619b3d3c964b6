"""How the words after `analyze` are read."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from typer.core import TyperCommand

_THIS_COMPUTER = "local"


class AnalyzeCommand(TyperCommand):
    """Takes `--ray` without an address, which Typer has no way to say."""

    def parse_args(self, ctx, args: list[str]) -> list[str]:  # type: ignore[no-untyped-def]
        """An option or nothing after `--ray` stands for this computer."""
        return super().parse_args(ctx, list(_with_address(args)))


def _with_address(arguments: Sequence[str]) -> Iterator[str]:
    for argument, following in pairwise([*arguments, "-"]):
        yield argument
        if argument == "--ray" and following.startswith("-"):
            yield _THIS_COMPUTER
