"""Words that several parts use."""

import re
from collections.abc import Sequence

UNCERTAIN = "uncertain"

# What `evaluation.calibration.uncertain_threshold` chooses.
UNCERTAIN_RULE = (
    "lowest threshold at which at least 75% of the remaining answers are right (or, if none reaches 75%, the threshold "
    "with the highest accuracy)"
)

_MAX_NAME_LENGTH = 80
_ACTIVE = re.compile(r"[\\`*_\[\]<>~$&:|]")
_LINE_STARTS = re.compile(r"^(\d*)([-+#=.)])")
# Streamlit turns "www.x.org", "x@y.org", ":smile:" and "->" into something else wherever they stand.
_JOINED = re.compile(r"(?<=:)(?=[\w/])|(?<=@)|(?<=www)(?=\.)|(?<=[-<>=])(?=\\?[-<>=])", re.IGNORECASE)


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


def literal(text: str) -> str:
    """A text from a stranger so that Markdown, as Streamlit has it, shows it as it stands: no picture, link or colour.

    >>> literal("![x](http://evil/x.png)")
    '!\\\\[x\\\\](http\\\\:\\u200b//evil/x.png)'
    """
    text = _ACTIVE.sub(r"\\\g<0>", " ".join(text.split()))
    text = _LINE_STARTS.sub(r"\g<1>\\\g<2>", text)
    return _JOINED.sub("\u200b", text)  # the invisible space keeps apart what is only replaced after Markdown is read


def plain_name(name: str) -> str:
    """A file's name as it came from a stranger, fit to be shown and to name other files by.

    Folders and characters that are not printed go, and of more than 80 characters the middle.

    >>> plain_name("..\\\\..\\\\holi\\nday.jpg")
    'holiday.jpg'
    """
    name = re.split(r"[/\\]", name)[-1]
    name = "".join(character for character in name if character.isprintable()).strip() or "unnamed"
    return name if len(name) <= _MAX_NAME_LENGTH else f"{name[:50]}…{name[-(_MAX_NAME_LENGTH - 51) :]}"
