"""What the JSON files of a run folder hold besides its settings and its report."""

from enum import StrEnum

from emotion_core.validation import Count, Epoch, Stored, Text, Timestamp


class RunState(StrEnum):
    """Where a run stands. interrupted: its process is gone and did not say how it ended. unknown: its files cannot be
    read."""

    starting = "starting"
    running = "running"
    evaluating = "evaluating"
    finished = "finished"
    stopped = "stopped"
    failed = "failed"
    interrupted = "interrupted"
    unknown = "unknown"

    @property
    def is_active(self) -> bool:
        """Whether a process is at work."""
        return self in (RunState.starting, RunState.running, RunState.evaluating)

    @property
    def is_over(self) -> bool:
        """Whether the process has said how it ended."""
        return self in (RunState.finished, RunState.stopped, RunState.failed, RunState.interrupted)


class RunStatus(Stored):
    """`status.json`.

    epoch: whole ones so far; of: how many were asked for; step, steps: of the epoch going on; training, validation:
    numbers of faces; begun: when it was made, started: when it was last started, heartbeat: when this was written.
    """

    state: RunState = RunState.unknown
    message: Text = ""
    epoch: Epoch = 0
    of: Epoch = 0
    step: Count = 0
    steps: Count = 0
    pid: Count | None = None
    training: Count = 0
    validation: Count = 0
    begun: Timestamp = 0.0
    started: Timestamp = 0.0
    heartbeat: Timestamp = 0.0


class FrozenData(Stored):
    """`run_data.json`: what was settled about the data when the run first started.

    digest, votes_digest: of the data set (`FaceDataset`); exclusions: references of the rows a person excluded;
    corrections: number of the faces that people corrected, among those it learns from.
    """

    digest: Text
    exclusions: list[Text]
    votes_digest: Text | None = None
    corrections: Count = 0
