"""Files that a stranger may bring, by name: what is wrong with each, and how it is made.

Nothing here is downloaded and nothing is stored: the modules `hostile_*` and `playlists` build the bytes.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

PICTURE, VIDEO, DATASET, PROFILE = "picture", "video", "dataset", "profile"
REFUSED, READ, EITHER = "refused", "read", "either"


@dataclass(frozen=True)
class Canary:
    """What no upload may touch.

    file: a video that a file may name; beside: another in the server's working folder, by its relative name; trace: a
    file that must never come to be; port: of a socket that nobody may connect to.
    """

    file: Path
    beside: str
    trace: Path
    port: int

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}/canary"


@dataclass(frozen=True)
class BadInput:
    """One of them.

    file_name: as the visitor names it; wrong: what is wrong, in words; make: its bytes; outcome: what a careful reader
    does with it, where that is certain; slow: it takes seconds to make, to send or to refuse; forged: no browser would
    send it, so the page need not say why it is refused.
    """

    name: str
    kind: str
    file_name: str
    wrong: str
    make: Callable[[Canary], bytes]
    outcome: str = EITHER
    slow: bool = False
    forged: bool = False

    def __str__(self) -> str:
        return self.name


def all_bad_inputs() -> list[BadInput]:
    """Every one of them; names are unique."""
    from tests.support import bad_datasets, bad_names, bad_pictures, bad_videos  # they need the class above

    found = [*bad_pictures.PICTURES, *bad_videos.VIDEOS, *bad_names.NAMES, *bad_datasets.DATASETS]
    assert len({bad.name for bad in found}) == len(found)
    return found
