"""The catalogue's names: a harmless picture each, or a file that belongs to no page."""

from tests.support.bad_inputs import EITHER, PICTURE, PROFILE, READ, BadInput
from tests.support.hostile_pictures import face, saved


def _named(name: str, file_name: str, wrong: str, outcome: str = READ, forged: bool = False) -> BadInput:
    return BadInput(name, PICTURE, file_name, wrong, lambda canary: saved(face(), "JPEG"), outcome, forged=forged)


def _profile(name: str, wrong: str, content: bytes) -> BadInput:
    return BadInput(name, PROFILE, "profile.json", wrong, lambda canary: content, forged=True)


NAMES = [
    _named("name_traversal", "../../../../../../tmp/emotion-escaped.jpg", "leads out of a folder"),
    _named("name_backslashes", "..\\..\\..\\emotion-escaped.jpg", "the same for Windows"),
    _named("name_absolute", "/etc/emotion-escaped.jpg", "a path from the root"),
    _named("name_markup", "<img src=x onerror=\"document.title='taken'\"><script>alert(1)</script>.jpg", "HTML"),
    _named("name_markdown", "![x](http://127.0.0.1:9/beacon) [y](javascript:alert(1)) :red[z] $x$.jpg", "Markdown"),
    _named("name_long", "n" * 300 + ".jpg", "longer than a file system takes"),
    _named("name_zero", "a\0b.jpg", "a zero character", EITHER, forged=True),
    _named("name_lines", "a\r\nSet-Cookie: x=1\r\n\r\nb.jpg", "lines of a header", READ),
    _named("name_right_to_left", "photo\u202egpj.exe.jpg", "shown from right to left"),
    _named("name_device", "CON.jpg", "a device on Windows"),
    _named("name_stream", "photo.jpg:hidden.jpg", "an alternate stream on NTFS"),
    _named("name_formula", "=cmd|'/C calc'!A0.jpg", "a formula in a spreadsheet"),
    _named("name_only_suffix", ".jpg", "nothing before the suffix"),
    _profile("profile_numbers", "numbers of no size", b'{"faces": 1e999, "mean": [NaN]}'),
    _profile("profile_deep", "100,000 lists in each other", b"[" * 100_000),
]
