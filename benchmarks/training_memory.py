"""What memory a training takes at its peak, stage by stage, and what each step to make it less has given.

    python -m benchmarks.training_memory --steps
    python -m benchmarks.training_memory --preset baseline --preset quick --batch-size 32 --batch-size 128

MiB that are resident in the training process, looked at every 5 ms while it does what a person's training does: one
epoch, export and measuring. "own" is what of that is no part of a file, which the system could not take back. The last
column is the highest figure over what `import keras` alone takes on this computer. `experiments.resources.NEEDS` rests
on these.
"""

import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import psutil
import typer

from emotion_core.experiments.config import RunConfig
from emotion_core.experiments.presets import PRESETS
from emotion_core.experiments.run import Run

STAGES = {"starting": "loading", "running": "fit", "evaluating": "end", "finished": "end"}
_EVERY = 0.005  # seconds between two looks
_MIB = 2**20

# Each step, and what undoes it; the steps add up from one line of the table to the next.
STEPS = {
    "scikit-learn is not loaded": "import sklearn.metrics",
    "unused parts of libraries are given back": "memory_saving.give_library_pages_back = lambda: None",
    "data are read first, what they leave is given back": """
memory_saving.give_freed_memory_back = lambda: None
memory_saving.load_tensorflow()
""",
    "validation in batches of 64, not 256": """
load = memory_saving.load_tensorflow
def load_and_change():
    load()
    from emotion_core.training import input_pipeline
    input_pipeline.VALIDATION_BATCH = 256
memory_saving.load_tensorflow = load_and_change
""",
    "the end of the run with its memory empty": """
def finish(*run):
    from emotion_core.training import finalize
    finalize.finish(*run)
from emotion_core.training import launch
launch.finish_in_fresh_process = finish
""",
}
_TRAIN = "from emotion_core.cli import app; app()"


@dataclass
class Peak:
    """MiB: resident, and of that what is no part of a file."""

    resident: float = 0.0
    own: float = 0.0

    def look(self, process: psutil.Process) -> None:
        memory = process.memory_info()
        self.resident = max(self.resident, memory.rss / _MIB)
        self.own = max(self.own, (memory.rss - getattr(memory, "shared", 0)) / _MIB)


def measure(options: list[str], undone: list[str] | None = None) -> dict[str, Peak]:
    """The peak of each stage of a run. options: of `train`; undone: some of `STEPS`.

    Raises `SystemExit` when the run does not come to its end.
    """
    peaks = {stage: Peak() for stage in STAGES.values()}
    with tempfile.TemporaryDirectory() as folder:
        run = Run(Path(folder) / "run")
        code = ["from emotion_core.training import memory_saving", *(STEPS[name] for name in undone or [])]
        command = [sys.executable, "-c", "\n".join([*code, _TRAIN]), "train", "--run-dir", str(run.path), *options]
        with (Path(folder) / "log").open("w+b") as log:
            child = subprocess.Popen(command, stdout=log, stderr=log)
            watch(psutil.Process(child.pid), child, run, peaks)
            if child.returncode:
                log.seek(0)
                raise SystemExit(f"{log.read().decode(errors='replace')}\nIt ended with {child.returncode}.")
    return peaks


def watch(process: psutil.Process, child: "subprocess.Popen[bytes]", run: Run, peaks: dict[str, Peak]) -> None:
    """Look at a process until it ends."""
    stage, looked = "loading", 0.0
    while child.poll() is None:
        if time.monotonic() - looked > 0.05:
            stage, looked = STAGES.get(run.status.state, stage), time.monotonic()
        try:
            peaks[stage].look(process)
        except psutil.Error:  # it has just ended
            break
        time.sleep(_EVERY)
    child.wait()


def keras_alone() -> float:
    """MiB that are resident when `import keras` is over."""
    code = "import keras, psutil; print(psutil.Process().memory_info().rss)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return int(done.stdout) / _MIB


def row(name: str, peaks: dict[str, Peak], alone: float) -> str:
    cells = [f"{peak.resident:.0f} ({peak.own:.0f})" for peak in peaks.values()]
    highest = max(peak.resident for peak in peaks.values())
    return f"| {name} | {' | '.join(cells)} | **{highest:.0f}** | {highest / alone:.2f} |"


def main(
    data: Annotated[str, typer.Option()] = "sample",
    preset: Annotated[list[str] | None, typer.Option(help="Several times for several. Default: baseline.")] = None,
    batch_size: Annotated[list[int] | None, typer.Option(help="Default: the recipe's.")] = None,
    steps: Annotated[bool, typer.Option(help="What each step has given.")] = False,
) -> None:
    alone = keras_alone()
    print(f"`import keras` alone: {alone:.0f} MiB\n")
    print(f"| {'step' if steps else 'preset, batch'} | loading (own) | fit (own) | end (own) | peak | ratio |")
    print("|---|---|---|---|---|---|")
    for name in preset or ["baseline"]:
        usual = RunConfig.from_settings({"data": data, **PRESETS[name].settings}).batch_size
        for faces in batch_size or [usual]:
            options = ["--data", data, "--preset", name, "--epochs", "1", "--batch-size", str(faces)]
            for number in range(0 if steps else len(STEPS), len(STEPS) + 1):
                done = list(STEPS)[number - 1] if number else "as it was"
                peaks = measure(options, list(STEPS)[number:])
                print(row(done if steps else f"{name}, {faces}", peaks, alone), flush=True)


if __name__ == "__main__":
    typer.run(main)
