"""A served app that the visitors' own tests share."""

from collections.abc import Iterator

import pytest

from tests.browser.serving import Server, served


@pytest.fixture(scope="package")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with served(tmp_path_factory.mktemp("served")) as server:
        yield server
