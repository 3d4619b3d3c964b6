"""A training on a real disk that is too small."""

from emotion_core.experiments.config import RunConfig
from emotion_core.experiments.run import create_run
from emotion_core.registry.model_folder import open_model
from tests.conftest import SmallDisk
from tests.training.runs import train


def test_a_disk_that_fills_ends_the_run_with_a_sentence_and_with_more_room_it_goes_on(small_disk: SmallDisk) -> None:
    run = create_run(RunConfig(data="sample", epochs=2), small_disk.path / "run")
    assert not train(run), "a checkpoint takes 4 MiB"
    assert run.status.state == "failed" and "No space left on device" in run.status.message
    assert run.problems == []
    small_disk.change("size=64m")
    assert train(run)
    assert run.status.state == "finished" and run.history["epoch"].tolist() == [1, 2]
    assert open_model(run.model_path)
