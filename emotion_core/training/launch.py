"""A run as the only thing that a process does, in as little memory as it takes."""

from emotion_core.experiments.run import Run
from emotion_core.experiments.run_schemas import RunState
from emotion_core.training import memory_saving
from emotion_core.training.failures import report_failures
from emotion_core.training.fresh_process import finish_in_fresh_process
from emotion_core.training.run_data import load_run_data


def launch(run: Run) -> bool:
    """Do what the run's config says, or what is left of it, and leave everything in its folder; True at its end.

    TensorFlow is loaded once the data are read, as their readers need room too, and the memory is empty again before
    the network is measured: `finish_in_fresh_process`, which does not return. What can go wrong with data or training
    is a sentence in the run's status, with the rest in its log. Raises `ValueError` for a run without settings that can
    be read.
    """
    config = run.config
    if config is None:
        raise ValueError(f"{run.path} has no config.json that can be read.")

    def work() -> None:
        data = load_run_data(run, config)
        memory_saving.give_freed_memory_back()
        memory_saving.load_tensorflow()
        from emotion_core.training.trainer import learn  # imports TensorFlow

        learn(run, config, data, finish_in_fresh_process)

    run.update_status(state=RunState.starting, message="Reading the data.")
    return report_failures(run, work)
