"""Names of files that are read, and of those that are made of them."""

from pathlib import Path


def storable(words: Path | str) -> str:
    """A path, or a sentence with one, as tables hold it: bytes that are no text, which some names have, as escapes."""
    return str(words).encode("utf-8", "backslashreplace").decode("utf-8")


def unique_name(stem: str, suffix: str, taken: set[str]) -> str:
    """The stem with the suffix, and a number where that name is taken without regard to case. taken: gets it too."""
    number, name = 1, f"{stem}{suffix}"
    while name.lower() in taken:
        number += 1
        name = f"{stem}-{number}{suffix}"
    taken.add(name.lower())
    return name
