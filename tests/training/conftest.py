import pytest

from emotion_core.experiments.config import RunConfig
from emotion_core.experiments.run import Run, create_run
from tests.training.runs import QUICK, train


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Run:
    run = create_run(RunConfig(epochs=4, **QUICK), tmp_path_factory.mktemp("runs") / "finished")
    assert train(run)
    return run
