"""How a training process ended that could not say it itself."""

import signal

from emotion_core import control_groups

UNKNOWN_EXIT = (
    "The training process is gone. What ended it is not known, because this server did not start it or was itself "
    "started again meanwhile; the log may say more."
)
_CRASHES = ("SIGSEGV", "SIGBUS", "SIGILL", "SIGABRT", "SIGFPE")


def describe_exit(status: int, oom_kills: int | None) -> str:
    """One sentence.

    status: the exit status of the process, or minus the number of the signal that ended it. oom_kills: what
    `control_groups.oom_kills` said when it began.
    """
    if status >= 0:
        return "The training process ended before it could say why; its log may say more."
    name = _signal_name(-status)
    if name == "SIGKILL":
        now = control_groups.oom_kills()
        surely = oom_kills is not None and now is not None and now > oom_kills
        cause = "it ran out of memory" if surely else "it probably ran out of memory"
        return f"The system ended the training; {cause}. A smaller network, or a smaller batch, needs less."
    if name in _CRASHES:
        return f"The training process crashed ({name}); its log may say more."
    return f"The training was ended from outside ({name})."


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
