"""`analyze --ray` on this computer: pictures a second with one core and with two, and a node lost in the middle.

    python -m benchmarks.cluster --pictures FOLDER [--count 2000]

The pictures of FOLDER are linked again and again until there are so many. Times count from the first part that is done
to the last, so that starting Ray does not. Then two nodes of one core each read the same pictures, one node is removed
when half are done, and the data set must be that of the run that nothing disturbed.
"""

import tempfile
import time
from pathlib import Path
from typing import Annotated

import pandas as pd
import ray
import typer
from ray.cluster_utils import Cluster

from benchmarks.batch import link_pictures
from emotion_core.registry.active import active_model
from emotion_core.vision.detection.available import PICTURE_DETECTOR
from emotion_core.vision.media.input_reader import ReadingOptions
from emotion_core.vision.media.places import expand_places
from emotion_core.vision.media.ray_batch import LOCAL, RayBatch
from emotion_core.vision.media.video_sampling import SAMPLES_PER_SECOND

_OPTIONS = ReadingOptions(PICTURE_DETECTOR, SAMPLES_PER_SECOND, float("inf"))


def rate(folder: Path, out: Path, cores: int) -> float:
    """Pictures a second."""
    began, done = 0.0, 0
    for outcome in RayBatch(str(out), active_model(), _OPTIONS).read(list(expand_places([str(folder)])), LOCAL, cores):
        if not began:
            began = time.monotonic()
        else:
            done += outcome.inputs
    return done / (time.monotonic() - began)


def lose_a_node(folder: Path, out: Path) -> int:
    """Two nodes, of which one goes when half is done; the number of pictures that were done then."""
    cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 1})
    other = cluster.add_node(num_cpus=1)
    inputs, done, lost_at = list(expand_places([str(folder)])), 0, 0
    try:
        for outcome in RayBatch(str(out), active_model(), _OPTIONS).read(inputs, cluster.address, workers=2):
            done += outcome.inputs
            if not lost_at and done >= len(inputs) // 2:
                lost_at = done
                cluster.remove_node(other, allow_graceful=False)
    finally:
        cluster.shutdown()  # type: ignore[no-untyped-call]
    return lost_at


def read(out: Path) -> pd.DataFrame:
    return pd.read_parquet(out).sort_values(["path", "face"]).reset_index(drop=True)


def main(
    pictures: Annotated[Path, typer.Option(help="Folder of pictures.")],
    count: Annotated[int, typer.Option(min=200)] = 2000,
) -> None:
    """Measure the batch command on Ray."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "pictures"
        link_pictures(pictures, folder, count)
        rates = {cores: rate(folder, Path(place) / f"with-{cores}", cores) for cores in (1, 2)}
        for cores, speed in rates.items():
            print(f"{cores} core{'s' if cores > 1 else ''}: {speed:.1f} pictures a second", flush=True)
        print(f"2 cores are {rates[2] / rates[1]:.2f} times as fast as one (Ray {ray.__version__}).", flush=True)
        lost_at = lose_a_node(folder, Path(place) / "lost")
        is_same = read(Path(place) / "with-2").equals(read(Path(place) / "lost"))
        print(
            f"A node was lost after {lost_at} of {count} pictures; the table is {'exactly' if is_same else 'NOT'} that "
            "of the undisturbed run."
        )
        raise SystemExit(0 if is_same else 1)


if __name__ == "__main__":
    typer.run(main)
