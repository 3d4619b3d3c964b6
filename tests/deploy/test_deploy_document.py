"""docs/deploy.md against what the program reads and what the other files say."""

import re
from pathlib import Path

import pytest

from deploy.start import PORT
from emotion_core.limits import VISITOR

PROJECT = Path(__file__).resolve().parents[2]
DOCUMENT = (PROJECT / "docs" / "deploy.md").read_text(encoding="utf-8")
NGINX = (PROJECT / "deploy" / "nginx.conf").read_text(encoding="utf-8")
CONTAINER = (PROJECT / "Containerfile").read_text(encoding="utf-8")


def variables() -> set[str]:
    """Names of this program's environment variables, as its source spells them."""
    sources = [*(PROJECT / "pages").rglob("*.py"), *(PROJECT / "emotion_core").rglob("*.py")]
    words = (re.findall(r'"((?:EMOTION|OPERATOR|TURN)_[A-Z]+)"', file.read_text(encoding="utf-8")) for file in sources)
    return {word for found in words for word in found}


@pytest.mark.parametrize("name", sorted(variables()))
def test_each_setting_is_explained(name: str) -> None:
    assert re.search(rf"(?m)^\| .*`{name}`.* \|", DOCUMENT)


def test_the_settings_of_the_container_are_known_to_the_program() -> None:
    assert set(re.findall(r"EMOTION_[A-Z]+", CONTAINER)) <= variables()


def test_visitors_of_a_container_have_no_rights_of_the_owner() -> None:
    assert "EMOTION_MODE=public" in CONTAINER
    assert re.search(r"(?m)^USER [1-9]\d*:[1-9]\d*$", CONTAINER)


def test_the_health_check_asks_where_the_app_listens() -> None:
    assert f"http://127.0.0.1:{PORT}/_stcore/health" in CONTAINER


def test_nginx_takes_the_largest_upload_of_a_visitor_and_hardly_more() -> None:
    largest = max(int(size) for size in re.findall(r"client_max_body_size (\d+)m;", NGINX))
    assert VISITOR.file_mib < largest <= VISITOR.file_mib + 2


@pytest.mark.parametrize("path", re.findall(r"\]\(\.\./([^)#]+)\)", DOCUMENT))
def test_files_that_are_linked_exist(path: str) -> None:
    assert (PROJECT / path).exists()
