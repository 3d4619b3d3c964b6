"""What the tests of training share."""

from emotion_core.experiments.run import Run
from emotion_core.experiments.run_schemas import RunState
from emotion_core.training.failures import report_failures
from emotion_core.training.finalize import finish
from emotion_core.training.run_data import load_run_data
from emotion_core.training.trainer import learn

QUICK = {"data": "sample", "batch_size": 32, "learning_rate": 2e-3}
RATES = [1e-3, 0]  # along a cosine, at the ends of two epochs


def train(run: Run) -> bool:
    """`launch` in this process, TensorFlow and all."""
    config = run.config
    assert config is not None
    run.update_status(state=RunState.starting, message="Reading the data.")
    return report_failures(run, lambda: learn(run, config, load_run_data(run, config), finish))
