"""A run as the only thing that a process does, in as little memory as it takes."""

from emotion_core.experiments.run import Run
from emotion_core.experiments.run_schemas import RunState
from emotion_core.training import memory_saving
from emotion_core.training.failures import report_failures
from emotion_core.training.fresh_process import finish_in_fresh_process
from emotion_core.training.run_data import load_run_data


def launch(run: Run, resume: bool) -> bool:
    """`trainer.train` with TensorFlow loaded once the data are read, as their readers need room too, and with the
    memory empty again before the network is measured: `finish_in_fresh_process`, which does not return.

    True when the run came to its end. Raises `ValueError` for a run without settings that can be read.
    """
    config = run.config
    if config is None:
        raise ValueError(f"{run.path} has no config.json that can be read.")

    def work() -> None:
        data = load_run_data(run, config)
        memory_saving.give_freed_memory_back()
        memory_saving.load_tensorflow()
        from emotion_core.training.trainer import learn  # imports TensorFlow

        learn(run, config, data, resume, finish_in_fresh_process)

    run.update_status(state=RunState.starting, message="Reading the data.")
    return report_failures(run, work)
