"""Words that several parts use."""

from collections.abc import Sequence

UNCERTAIN = "uncertain"

# What `training.calibration.uncertain_threshold` chooses.
UNCERTAIN_RULE = (
    "lowest confidence at which three in four of the answers given are right or, where that is never so, the one with "
    "the most right answers"
)


def counted(count: int, thing: str) -> str:
    """A number and what it counts.

    >>> counted(1, "face"), counted(2000, "face")
    ('1 face', '2,000 faces')
    """
    return f"{count:,} {thing}" if count == 1 else f"{count:,} {thing}s"


def listed(names: Sequence[str]) -> str:
    """Names as a sentence has them.

    >>> listed(["a"]), listed(["a", "b"]), listed(["a", "b", "c"])
    ('a', 'a and b', 'a, b and c')
    """
    return " and ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))
