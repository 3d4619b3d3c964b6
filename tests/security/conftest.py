"""Apps served for strangers, one for all tests of a session."""

import sys
from collections.abc import Iterator

import pytest

from tests.security.guarded import Guarded, guarded

PASSWORD = "correct horse battery staple"
# Each test comes as a new visitor, several a second; that many at once are the matter of test_crowds.py alone.
_FORGETFUL = ["--server.disconnectedSessionTTL", "2"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/security/" in str(item.path) and not sys.platform.startswith("linux"):
            item.add_marker(pytest.mark.skip(reason="Memory and files are watched as Linux lets them be watched."))


@pytest.fixture(scope="session")
def public(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Guarded]:
    """In public mode, with an operator's password."""
    with guarded(tmp_path_factory.mktemp("public"), "public", _FORGETFUL, OPERATOR_PASSWORD=PASSWORD) as served:
        yield served


@pytest.fixture(scope="session")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Guarded]:
    """In own mode: for data sets, which only the owner brings, and which may be a stranger's all the same."""
    options = [*_FORGETFUL, "--server.maxUploadSize", "1024"]  # as `make run` starts it
    with guarded(tmp_path_factory.mktemp("own"), "own", options) as served:
        yield served
