"""A served app that the benchmarks' tests share."""

from collections.abc import Iterator

import pytest

from tests.browser.serving import Server, end, serve


@pytest.fixture(scope="package")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("served")
    server, child = serve(folder / "runs", folder / "server.log")
    yield server
    end(child)
