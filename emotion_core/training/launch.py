"""A run as the only thing that a process does, in as little memory as it takes."""

from emotion_core.experiments.run import Run
from emotion_core.training import frugal
from emotion_core.training.afresh import finish_afresh
from emotion_core.training.guard import guarded
from emotion_core.training.run_data import load_material


def launch(run: Run, resume: bool) -> bool:
    """`fit.train` with TensorFlow loaded once the data are read, as their readers need room too, and with the memory
    empty again before the network is measured: `finish_afresh`, which does not return.

    True when the run came to its end. Raises `ValueError` for a run without settings that can be read.
    """
    config = run.config
    if config is None:
        raise ValueError(f"{run.path} has no config.json that can be read.")

    def work() -> None:
        material = load_material(run, config)
        frugal.give_freed_memory_back()
        frugal.load_tensorflow()
        from emotion_core.training.trainer import learn  # imports TensorFlow

        learn(run, config, material, resume, finish_afresh)

    run.update_status(state="starting", message="Reading the data.")
    return guarded(run, work)
