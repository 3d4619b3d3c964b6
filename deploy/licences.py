"""The licences of everything that is installed with the app: `python -m deploy.licences` writes docs/licences.md."""

import re
import sys
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
REQUIREMENTS = PROJECT / "requirements.txt"
DOCUMENT = PROJECT / "docs" / "licences.md"

_PIN = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)==(?P<version>[^\s;\\]+)(?: ; (?P<where>[^\\]+?))?\s*\\?$")
# SPDX identifiers (https://spdx.org/licenses/) for what packages write in the old field License.
_SPDX = {
    "3-Clause BSD License": "BSD-3-Clause",
    "Apache 2.0": "Apache-2.0",
    "Apache License 2.0": "Apache-2.0",
    "Apache License, Version 2.0": "Apache-2.0",
    "Apache Software License": "Apache-2.0",
    "BSD 3-Clause": "BSD-3-Clause",
    "ISC License": "ISC",
    "MIT License": "MIT",
}
# Read in the packages' licence files, where their metadata are silent, vague or the whole text, or where a package is
# for another system than the one that writes the list.
_READ_BY_HAND = {
    "altair": "BSD-3-Clause",
    "astunparse": "BSD-3-Clause AND PSF-2.0",
    "cleanlab": "Apache-2.0",
    "colorama": "BSD-3-Clause",
    "itsdangerous": "BSD-3-Clause",
    "jinja2": "BSD-3-Clause",
    "kagglehub": "Apache-2.0",
    "kagglesdk": "Apache-2.0",
    "namex": "Apache-2.0",
    "scipy": "BSD-3-Clause",
}
_HEAD = """\
# Licences

This program is under the MIT licence ([LICENSE](../LICENSE)). What it needs is listed here, with the licence that each
package states of itself. `make licences` writes the list from requirements.txt and the installed packages.

## Models and pictures of others

| what | where from | licence |
|---|---|---|
| `face_landmark.tflite`, `face_detection_back.tflite`: face mesh and BlazeFace | MediaPipe, by Google; in \
`emotion_core/vision/assets` | Apache-2.0 |
| `haarcascade_frontalface_alt2.xml` (Rainer Lienhart), `haarcascade_profileface.xml` (David Bradley) | carried by \
opencv-python-headless | Intel License Agreement For Open Source Computer Vision Library, in the files' heads |
| the example picture: Eileen Collins, by NASA | in `emotion_core/vision/assets` | public domain |

The weights under `models/` were trained for this project, and are under its licence. They learnt from FER2013, which is
not part of it.

## Inside the packages

Wheels carry libraries of others under their own licences; two matter to whoever passes a container image on:

- **av** (PyAV) carries FFmpeg built with x264 and x265, which are under the GNU General Public License (version 2 or
  later). The app writes its videos with x264. An image that holds this wheel can be passed on under the terms of the
  GPL, source offer included; running it for visitors passes nothing on.
- **opencv-python-headless** carries FFmpeg under the GNU Lesser General Public License 2.1 (`LICENSE-3RD-PARTY.txt` in
  the package lists it with the others).

## Packages

Where two versions of a package are listed, one is for Python 3.11, the other for later ones.

| package | version | licence |
|---|---|---|
"""


@dataclass(frozen=True)
class Pin:
    """One line of a requirements file: name, version and, where it has one, the condition under which it holds."""

    name: str
    version: str
    where: str = ""


def pins(requirements: str) -> list[Pin]:
    """The pinned packages of a requirements file, in its order; hashes and comments left out."""
    found = (_PIN.match(line.strip()) for line in requirements.splitlines())
    return [Pin(match["name"], match["version"], match["where"] or "") for match in found if match]


def licence(name: str) -> str:
    """SPDX expression of an installed package's licence. Raises `LookupError` where nothing says what it is."""
    if name in _READ_BY_HAND:
        return _READ_BY_HAND[name]
    try:
        stated = metadata(name).json
    except PackageNotFoundError as error:
        raise LookupError(f"{name} is not installed: read its licence and add it by hand.") from error
    classifiers = [entry.split(" :: ")[-1] for entry in stated.get("classifier", []) if entry.startswith("License ::")]
    for words in (stated.get("license_expression"), stated.get("license"), *classifiers):
        if isinstance(words, str) and words and "\n" not in words:
            return _SPDX.get(words, words)
    raise LookupError(f"{name} does not state its licence in one line: read it and add it by hand.")


def render(requirements: str) -> str:
    """The whole document for the text of a requirements file."""
    versions: dict[str, list[str]] = {}
    for pin in pins(requirements):
        versions.setdefault(pin.name, []).append(pin.version)
    rows = [f"| {name} | {', '.join(of)} | {licence(name)} |" for name, of in versions.items()]
    return _HEAD + "\n".join(rows) + "\n"


def main() -> int:
    try:
        DOCUMENT.write_text(render(REQUIREMENTS.read_text(encoding="utf-8")), encoding="utf-8")
    except LookupError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
