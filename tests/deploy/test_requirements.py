"""Pinned requirements: every file has its hash, nothing points elsewhere, and their licences are listed."""

import re
from pathlib import Path

import pytest

from deploy.licences import DOCUMENT, PROJECT, Pin, licence, pins, render

FILES = ["requirements.txt", "requirements-scale.txt", "requirements-dev.txt", "requirements-install.txt"]


def text(name: str) -> str:
    return (PROJECT / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", FILES)
def test_every_package_has_a_version_and_hashes(name: str) -> None:
    blocks = re.split(r"\n(?=[A-Za-z0-9])", re.sub(r"(?m)^ *#.*\n", "", text(name)).strip())
    assert len(blocks) == len(pins(text(name))) > 0
    for block in blocks:
        assert re.match(r"\S+==\S+", block), block
        assert re.search(r"--hash=sha256:[0-9a-f]{64}", block), block


@pytest.mark.parametrize("name", FILES)
def test_no_registry_nor_folder_is_named(name: str) -> None:
    assert not re.search(r"://|^--?(i|f|index|extra|find|e|editable)\b", text(name), re.MULTILINE)


@pytest.mark.parametrize("name", FILES[1:])
def test_additions_use_the_versions_of_the_app(name: str) -> None:
    app = {(pin.name, pin.version) for pin in pins(text("requirements.txt"))}
    shared = {name for name, _ in app}
    assert {(pin.name, pin.version) for pin in pins(text(name)) if pin.name in shared} <= app


def test_every_package_of_the_app_is_listed_with_its_licence() -> None:
    rows = re.findall(r"(?m)^\| ([a-z0-9-]+) \| ([0-9][^|]*) \| ([^|]+) \|$", DOCUMENT.read_text(encoding="utf-8"))
    listed = {(name, version) for name, versions, _ in rows for version in versions.split(", ")}
    assert listed == {(pin.name, pin.version) for pin in pins(text("requirements.txt"))}, "run `make licences`"
    assert all(words.strip() for *_, words in rows)


def test_the_list_of_licences_is_what_the_packages_state() -> None:
    installed = (
        "numpy==2.4.6 ; python_full_version < '3.12' \\\nnumpy==2.5.5\nstreamlit==1.67.0 \\\n    --hash=sha256:0"
    )
    assert render(installed).endswith(
        f"| numpy | 2.4.6, 2.5.5 | {licence('numpy')} |\n| streamlit | 1.67.0 | Apache-2.0 |\n"
    )


def test_a_package_without_a_stated_licence_is_not_passed_over() -> None:
    with pytest.raises(LookupError, match="not installed"):
        licence("no-such-package")


def test_pins_are_read_with_their_conditions() -> None:
    lines = "# comment\ncolorama==0.4.6 ; sys_platform == 'win32' \\\n    --hash=sha256:00\n    # via tqdm\nsix==1.17.0"
    assert pins(lines) == [Pin("colorama", "0.4.6", "sys_platform == 'win32'"), Pin("six", "1.17.0")]


@pytest.mark.parametrize("path", [Path("docs/licences.md"), Path("LICENSE"), Path("requirements.txt")])
def test_the_image_carries_what_it_needs(path: Path) -> None:
    """`.dockerignore` leaves out everything that it does not name."""
    assert f"!{path}" in text(".dockerignore").splitlines()
